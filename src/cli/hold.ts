import type { Config, Target } from '../config/config.ts';
import { RefusedError } from '../model/errors.ts';
import { openHistory } from '../state/history.ts';
import { setHold } from '../state/targets.ts';
import { askDaemon, tellDaemon } from '../daemon/client.ts';
import { openState } from '../state/stateDirectory.ts';
import { shortPath } from '../system/shortPath.ts';
import { undoRun, type Undone } from '../run/undo.ts';

/** `falloutd pause`: what runs is cancelled, and saves start nothing until `resume`. Works with and without a daemon. */
export async function pause(config: Config, target: Target): Promise<string> {
  if ((await tellDaemon(config, target, 'pause')) === null) {
    const history = openHistory(config.stateDir);
    setHold(history, target.name, { kind: 'paused', since: new Date().toISOString() });
    history.close();
  }
  return `${target.name} is paused; \`falloutd resume\` goes on\n`;
}

/** `falloutd resume`: ends a hold; a running daemon converges at once. */
export async function resume(config: Config, target: Target): Promise<string> {
  if ((await tellDaemon(config, target, 'resume')) !== null) return `${target.name} goes on\n`;
  const history = openHistory(config.stateDir);
  setHold(history, target.name, null);
  history.close();
  return `${target.name} is no longer held; no daemon runs: \`falloutd watch\` or \`falloutd once\` converges\n`;
}

/** `falloutd retry`: asks the daemon for a run now. @throws RefusedError when none runs. */
export async function retry(config: Config, target: Target): Promise<string> {
  if ((await tellDaemon(config, target, 'retry')) === null) {
    throw new RefusedError({ message: 'no daemon runs', hint: '`falloutd once` does one run' });
  }
  return `${target.name} is tried again\n`;
}

/** `falloutd undo [RUN]`: the managed patch as it was before a run; the target is held so that it stays so. */
export async function undo(config: Config, target: Target, run: number | null): Promise<string> {
  const answer = await askDaemon(config.stateDir, (daemon) =>
    daemon.targets[':target'].undo.$post({ param: { target: target.name }, json: { run } }),
  );
  return undoneText(answer ?? (await undoHere(config, target, run)));
}

async function undoHere(config: Config, target: Target, run: number | null): Promise<Undone> {
  const { history, close } = await openState(config);
  try {
    const undone = await undoRun(target, history, run);
    setHold(history, target.name, { kind: 'undone', since: new Date().toISOString() });
    return undone;
  } finally {
    close();
  }
}

function undoneText({ target, run, path, changed }: Undone): string {
  const what = changed
    ? `the managed patch in ${shortPath(path)} is as it was before run ${run}`
    : `the managed patch in ${shortPath(path)} already is as before run ${run}`;
  return `${what}\n${target} is held so that it stays so; \`falloutd resume\` goes on\n`;
}
