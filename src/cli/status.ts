import type { Command, CommandUnknownOpts } from '@commander-js/extra-typings';
import { askDaemon } from '../daemon/client.ts';
import { UsageError } from '../model/errors.ts';
import { printFromHistory, sharedOptions, stateDirOf } from './commandLine.ts';
import { followEvents } from './followEvents.ts';
import { interruption } from './interruption.ts';
import { loadConfig, type Target } from '../config/config.ts';
import { findConfigFile } from '../config/findConfig.ts';
import { targetStatuses } from '../report/data/targetStatus.ts';
import { statusLines } from '../report/text/statusLines.ts';
import type { LiveStatus } from '../model/liveStatus.ts';
import type { History } from '../state/historyDatabase.ts';
import { render, type OutputOptions } from './output.ts';

/** `falloutd status`. */
export function status(
  db: History,
  options: OutputOptions & {
    target?: string | undefined;
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
function configuredTargets(command: CommandUnknownOpts): Target[] {
  const { config, state } = sharedOptions(command);
  const file = findConfigFile(config, process.cwd());
  try {
    return file === null ? [] : loadConfig(file, state).targets;
  } catch (error) {
    if (state !== undefined && config === undefined && error instanceof UsageError) return [];
    throw error;
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
      const configured = configuredTargets(self);
      const live = (await askDaemon(stateDir, (daemon) => daemon.live.$get())) ?? {};
      await printFromHistory(self, (db, output) => status(db, { ...output, oneLine: follow, live, configured }));
      if (follow) process.exitCode = await followEvents(stateDir, { json, signal: interruption });
    });
}
