import type { Command, CommandUnknownOpts } from '@commander-js/extra-typings';
import { askDaemon, readDaemon } from '../daemon/client.ts';
import { RefusedError, UsageError } from '../model/errors.ts';
import type { RunEvent } from '../model/event.ts';
import { configInFile, printFromHistory, sharedOptions, stateDirOf } from './commandLine.ts';
import { interruption } from './interruption.ts';
import type { Target } from '../config/config.ts';
import { documentText } from '../report/data/documents.ts';
import { targetStatuses } from '../report/data/targetStatus.ts';
import { statusLines } from '../report/text/statusLines.ts';
import { style as styleOf } from '../report/text/style.ts';
import { reporter } from '../report/text/terminalReporter.ts';
import type { LiveStatus } from '../model/liveStatus.ts';
import type { History } from '../state/historyDatabase.ts';
import { render, type OutputOptions } from './output.ts';

/** `falloutd status`. */
export function status(
  db: History,
  options: OutputOptions & {
    live?: Readonly<Record<string, LiveStatus>> | undefined;
    configured?: readonly Target[] | undefined;
  } = {},
): string {
  const all = targetStatuses(db, options);
  return render({ targets: all }, options, (_, style, now) =>
    all.length === 0
      ? [`${options.target ?? 'no target'} has ${options.target === undefined ? '' : 'not '}run yet`]
      : statusLines(all, style, now),
  );
}

/** The targets of the configuration file. With `--state` alone none is needed, so a broken file that happens to stand here is no error. */
async function configuredTargets(command: CommandUnknownOpts): Promise<Target[]> {
  try {
    return (await configInFile(command))?.targets ?? [];
  } catch (error) {
    const { config, state } = sharedOptions(command);
    if (state !== undefined && config === undefined && error instanceof UsageError) return [];
    throw error;
  }
}

/**
 * `falloutd status --follow`: shows what the daemon does, as `watch` itself would, until Ctrl-C or the daemon's end;
 * as JSON, every event is a document on a line of its own.
 */
async function followEvents(stateDir: string, json: boolean, signal: AbortSignal): Promise<void> {
  const screen = reporter(process.stdout, styleOf(process.stdout));
  const show = (event: RunEvent): void => {
    if (json) process.stdout.write(documentText({ event }));
    else screen.handle(event);
  };
  try {
    const wasThere = await readDaemon(stateDir, (daemon) => daemon.events.$get(), show, signal);
    if (!wasThere) throw new RefusedError({ message: 'no daemon runs', hint: '`falloutd watch` starts one' });
    if (!signal.aborted && !json) screen.print(['the daemon has ended']);
  } finally {
    screen.close();
  }
}

/** The arguments of `falloutd status`. */
export function statusCommand(command: Command): void {
  command
    .description('where each target stands')
    .option('--json', 'print JSON')
    .option('--follow', 'stay and show what the daemon does')
    .action(async ({ json = false, follow = false }, self) => {
      const stateDir = await stateDirOf(self);
      const configured = await configuredTargets(self);
      const live = (await askDaemon(stateDir, (daemon) => daemon.live.$get())) ?? {};
      await printFromHistory(self, (db, output) => status(db, { ...output, oneLine: follow, live, configured }));
      if (follow) await followEvents(stateDir, json, interruption);
    });
}
