import { INTERRUPTED } from './runExitCode.ts';
import type { Command } from '@commander-js/extra-typings';
import { configAndTarget } from './commandLine.ts';
import { interruption } from './interruption.ts';
import type { Config, Target } from '../config/config.ts';
import type { KernelAnswer } from '../build/queue.ts';
import { recordedBuild } from '../build/recordedBuild.ts';
import { stillStable } from '../build/stableKernel.ts';
import { readDaemon } from '../daemon/client.ts';
import { openState } from '../state/stateDirectory.ts';
import { documentText } from '../report/data/documents.ts';
import { reporter, type Reporter } from '../report/text/terminalReporter.ts';
import { style } from '../report/text/style.ts';
import type { RunEvent } from '../model/event.ts';
import type { KernelBuild } from '../model/kernelBuild.ts';
import { refuseUnfit } from './beforeBuild.ts';
import { once } from './once.ts';

export type BuildOptions = {
  whenStable: boolean;
  /** Builds also what its host could not use. */
  force: boolean;
  json: boolean;
  signal: AbortSignal;
};

/**
 * `falloutd build`: builds the kernel that a stable run recorded, by the daemon where one runs, else here. Before that, it looks up what the
 * host needs of it.
 * @returns the exit code of README's table.
 */
export async function build(config: Config, target: Target, options: BuildOptions): Promise<number> {
  const look = style(process.stderr);
  const screen = reporter(process.stderr, look);
  try {
    const print = (lines: readonly string[]): void => screen.print(lines);
    if (!options.force && !(await refuseUnfit(config, target, print, look))) return INTERRUPTED;
    const byDaemon = await buildByDaemon(config, target, options, screen);
    return byDaemon ?? (await buildHere(config, target, options, screen));
  } finally {
    screen.close();
  }
}

/** Asks the daemon and follows the build; null where no daemon runs. Interrupted, it leaves the build alone. */
async function buildByDaemon(
  { stateDir }: Config,
  target: Target,
  { whenStable, json, signal }: BuildOptions,
  screen: Reporter,
): Promise<number | null> {
  const ended: { build: KernelBuild | null }[] = [];
  const hear = (line: KernelAnswer): void => {
    if (line.kind === 'ended') ended.push(line);
    else if (line.kind !== 'accepted') screen.handle(line);
    else if (line.build !== null) screen.handle({ kind: 'build-started', build: line.build });
    else if (line.state === 'waiting') screen.print([`the daemon builds the kernel when ${target.name} is stable`]);
    else if (line.state === 'queued') screen.print(['the daemon builds it when the kernel build before it has ended']);
  };
  const wasThere = await readDaemon(
    stateDir,
    (daemon) => daemon.targets[':target'].build.$post({ param: { target: target.name }, json: { whenStable } }),
    hear,
    signal,
  );
  if (!wasThere) return null;
  const [end] = ended;
  if (end !== undefined) return finished(end.build, json);
  screen.print(
    signal.aborted
      ? ['the daemon continues it; `falloutd status --follow` shows it, `falloutd cancel` ends it']
      : ['the daemon no longer answers; `falloutd builds` tells what became of it'],
  );
  return INTERRUPTED;
}

async function buildHere(
  config: Config,
  target: Target,
  { whenStable, json, signal }: BuildOptions,
  screen: Reporter,
): Promise<number> {
  if (whenStable) {
    const code = await once(config, target, { fresh: false, strict: false, json: false, signal });
    if (code !== 0) return code;
  }
  const { history, close } = await openState(config);
  try {
    screen.print(history.notices);
    const kernel = await stillStable(target, history, { signal });
    if (kernel === null) return INTERRUPTED;
    const emit = (event: RunEvent): void => screen.handle(event);
    return finished(await recordedBuild(target, kernel, history, { signal, emit, logs: config.transcripts }), json);
  } finally {
    close();
  }
}

function finished(build: KernelBuild | null, json: boolean): number {
  if (json && build !== null) process.stdout.write(documentText(build, 2));
  const codes = { built: 0, failed: 1, infrastructure: 5, cancelled: INTERRUPTED };
  return codes[build?.outcome ?? 'cancelled'];
}

/** The arguments of `falloutd build`. */
export function buildCommand(command: Command): void {
  command
    .description('build the whole kernel that was found stable')
    .option('--json', 'print JSON')
    .option('--force', 'also a kernel that lacks what its host needs')
    .option('--when-stable', 'when it is not stable now: converge first')
    .action(async ({ json = false, whenStable = false, force = false }, self) => {
      const options = { json, whenStable, force, signal: interruption };
      process.exitCode = await build(...(await configAndTarget(self)), options);
    });
}
