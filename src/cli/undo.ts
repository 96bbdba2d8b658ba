import type { Command } from '@commander-js/extra-typings';
import { configAndTarget, count } from './commandLine.ts';
import { interruption } from './interruption.ts';
import { printProblem, printTrouble } from './output.ts';
import { lateProblem } from '../report/text/problemLines.ts';
import type { Config, Target } from '../config/config.ts';
import { setHold } from '../state/targets.ts';
import { askDaemon } from '../daemon/client.ts';
import { openState } from '../state/stateDirectory.ts';
import { shortPath } from '../system/shortPath.ts';
import { LateWrites } from '../run/lateWrites.ts';
import { undoRun, type Undone } from '../run/undo.ts';

/** `falloutd undo [RUN]`: the managed patch as it was before a run; the target is held so that it stays so. */
async function undo(config: Config, target: Target, run: number | null): Promise<string> {
  const answer = await askDaemon(
    config.stateDir,
    (daemon) => daemon.targets[':target'].undo.$post({ param: { target: target.name }, json: { run } }),
    interruption,
  );
  for (const late of answer?.late ?? []) printProblem(lateProblem(late));
  return undoneText(answer ?? (await undoHere(config, target, run)));
}

async function undoHere(config: Config, target: Target, run: number | null): Promise<Undone> {
  const { history, close } = await openState(config);
  const late = new LateWrites(history, printTrouble);
  try {
    const undone = await undoRun(target, history, run, { onDisplaced: late.take });
    setHold(history, target.name, { kind: 'undone', since: new Date().toISOString() });
    return undone;
  } finally {
    await late.end(interruption);
    close();
  }
}

/** What was undone, and that the target is held. */
export function undoneText({ target, run, path, changed, files = [] }: Undone): string {
  const own = files.map((file) => `${shortPath(file)} is again as it was before run ${run}`);
  const managed = changed
    ? `${shortPath(path)}: the managed patch is again as it was before run ${run}`
    : `${shortPath(path)}: nothing to undo, the managed patch is the same as before run ${run}`;
  const isTold = own.length === 0 || (changed && !files.includes(path));
  return `${[...own, ...(isTold ? [managed] : [])].join('\n')}\n${target} is held, so that nothing changes it. \`falloutd resume\` lets it converge again, which absorbs the same fallout again unless you change your wishes\n`;
}

/** The arguments of `falloutd undo`. */
export function undoCommand(command: Command): void {
  command
    .description('put the managed patch back as it was before a run, and hold the target')
    .argument('[run]', 'its number in `history`; default: the last one that wrote', count)
    .action(async (run, _, self) => {
      process.stdout.write(await undo(...(await configAndTarget(self)), run ?? null));
    });
}
