import type { Command, CommandUnknownOpts } from '@commander-js/extra-typings';
import { askDaemon, followDaemon, NoAnswer } from '../daemon/client.ts';
import { RefusedError, UsageError } from '../model/errors.ts';
import type { RunEvent } from '../model/event.ts';
import { configInFile, printFromHistory, sharedOptions, stateDirOf } from './commandLine.ts';
import { interruption } from './interruption.ts';
import { INTERRUPTED } from './runExitCode.ts';
import type { Target } from '../config/config.ts';
import { documentText } from '../report/data/documents.ts';
import type { TargetStatus } from '../report/data/documentSchemas.ts';
import { targetStatuses } from '../report/data/targetStatus.ts';
import { statusLines } from '../report/text/statusLines.ts';
import { style as styleOf } from '../report/text/style.ts';
import { reporter } from '../report/text/terminalReporter.ts';
import type { LiveStatus } from '../model/liveStatus.ts';
import { HistoryError } from '../state/historyError.ts';
import type { History } from '../state/historyDatabase.ts';
import { printProblem, printText, render, type OutputOptions } from './output.ts';

/** `falloutd status`. */
export function status(
  db: History,
  options: OutputOptions & {
    live?: Readonly<Record<string, LiveStatus>> | undefined;
    configured?: readonly Target[] | undefined;
  } = {},
): string {
  return statusText(targetStatuses(db, options), options);
}

function statusText(all: TargetStatus[], options: OutputOptions): string {
  return render({ targets: all }, options, (_, style, now) =>
    all.length === 0
      ? [`${options.target ?? 'no target'} has ${options.target === undefined ? '' : 'not '}run yet`]
      : statusLines(all, style, now),
  );
}

/**
 * The targets of the configuration file. With `--state` alone none is needed, so a broken file that happens to stand here is no
 * error; while a daemon runs, it goes on with the configuration it has read.
 */
async function configuredTargets(command: CommandUnknownOpts, isServed: boolean): Promise<Target[]> {
  try {
    return (await configInFile(command))?.targets ?? [];
  } catch (error) {
    const { config, state } = sharedOptions(command);
    const isTheConfig = error instanceof UsageError || error instanceof RefusedError;
    if (!isTheConfig || !(isServed || (state !== undefined && config === undefined))) throw error;
    if (isServed)
      printProblem({ ...error.problem, message: `${error.message}; the daemon goes on with what it has read before` });
    return [];
  }
}

/** What a running daemon says of its targets; null where none runs. One that does not answer is no error: the database knows most. */
async function askLive(stateDir: string): Promise<Record<string, LiveStatus> | NoAnswer | null> {
  try {
    return await askDaemon(stateDir, (daemon) => daemon.live.$get(), interruption);
  } catch (error) {
    if (error instanceof NoAnswer) return error;
    throw error;
  }
}

/** The same, as a daemon tells it to who may ask it but not read its database. */
async function printFromDaemon(command: CommandUnknownOpts, stateDir: string, oneLine: boolean): Promise<void> {
  const answer = await askDaemon(stateDir, (daemon) => daemon.status.$get(), interruption);
  const { json, target } = sharedOptions(command);
  const all = answer?.targets ?? [];
  const names = all.map((each) => each.target);
  if (target !== undefined && !names.includes(target))
    throw new UsageError({ message: `there is no target \`${target}\``, hint: `there are: ${names.join(', ')}` });
  const shown = all.filter((each) => target === undefined || each.target === target);
  printText((style) => statusText(shown, { json, style, target, oneLine }));
}

/**
 * `falloutd status --follow`: shows what the daemon does, as `watch` itself would, until Ctrl-C. Where none runs, it waits
 * for one. As JSON, every event is a document on a line of its own.
 */
async function followEvents(stateDir: string, json: boolean, signal: AbortSignal): Promise<void> {
  const screen = reporter(process.stdout, styleOf(process.stdout));
  let isWaiting = false;
  const onLine = (event: RunEvent): void => {
    isWaiting = false;
    if (json) process.stdout.write(documentText({ event }));
    else screen.handle(event);
  };
  const onAway = (wasThere: boolean): void => {
    if (!json && (wasThere || !isWaiting))
      screen.print([wasThere ? 'the daemon has ended; waiting for the next one' : 'no daemon runs; waiting for one']);
    isWaiting = true;
  };
  try {
    await followDaemon(stateDir, (daemon) => daemon.events.$get(), { onLine, onAway }, signal);
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
      const asked = await askLive(stateDir);
      const live = asked instanceof NoAnswer ? {} : (asked ?? {});
      const configured = await configuredTargets(self, asked !== null);
      try {
        await printFromHistory(self, (db, output) => status(db, { ...output, oneLine: follow, live, configured }));
        if (asked instanceof NoAnswer)
          printProblem({ ...asked.problem, message: `${asked.problem.message}; this is what the database says` });
      } catch (error) {
        const isForeign = error instanceof HistoryError && error.code === 'foreign';
        if (isForeign && asked !== null && !(asked instanceof NoAnswer)) {
          await printFromDaemon(self, stateDir, follow);
          if (!follow) return;
        }
        // Whoever follows waits for the first run, and need not read what was before.
        if (!follow || !(error instanceof HistoryError) || !['missing', 'foreign'].includes(error.code)) throw error;
      }
      if (!follow) return;
      await followEvents(stateDir, json, interruption);
      if (interruption.reason === 'SIGINT') process.exitCode = INTERRUPTED;
    });
}
