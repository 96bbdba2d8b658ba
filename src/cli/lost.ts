import type { Command, CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Config } from '../config/config.ts';
import { lostOfTargets } from '../report/data/lostOfTarget.ts';
import type { LostOfTarget } from '../report/data/documentSchemas.ts';
import { lostLines } from '../report/text/lostLines.ts';
import type { History } from '../state/historyDatabase.ts';
import { configInFile, printFromHistory, withHistory } from './commandLine.ts';
import { printText, render, type OutputOptions } from './output.ts';
import { INTERRUPTED } from './runExitCode.ts';

/** `falloutd lost`, as far as it is recorded. */
export function lost(db: History, options: OutputOptions = {}): string {
  return lostText(lostOfTargets(db, options.target), options);
}

/** What is lost, as text or JSON. */
export function lostText(all: LostOfTarget[], options: OutputOptions): string {
  return render({ targets: all }, options, (_, style) =>
    all.length === 0
      ? [
          `no result${options.target === undefined ? '' : ` of ${options.target}`} yet: falloutd once or falloutd watch gives the first`,
        ]
      : lostLines(all, style),
  );
}

/** The same with a remedy for each wish that has one; null after an interruption. */
export async function toldWithRemedies(all: readonly LostOfTarget[], config: Config): Promise<LostOfTarget[] | null> {
  // What is recorded is told without what this loads.
  const { withRemedies } = await import('./withRemedies.ts');
  const told: LostOfTarget[] = [];
  for (const each of all) {
    const found = await withRemedies(each, config);
    if (found === null) return null;
    told.push(found);
  }
  return told;
}

/** @returns the exit code. */
async function lostWithRemedies(command: CommandUnknownOpts): Promise<number> {
  const { all, options } = await withHistory(command, (db, options) => ({
    all: lostOfTargets(db, options.target),
    options,
  }));
  const config = await configInFile(command);
  const told = config === null ? all : await toldWithRemedies(all, config);
  if (told === null) return INTERRUPTED;
  printText((style) => lostText(told, { ...options, style }));
  return 0;
}

/** The arguments of `falloutd lost`. */
export function lostCommand(command: Command): void {
  command
    .description('the wishes that the resulting .config does not honour, each with a remedy where it has one')
    .option('--no-remedies', 'only what is recorded, at once')
    .option('--json', 'print JSON')
    .action(async ({ remedies }, self) => {
      if (remedies) process.exitCode = await lostWithRemedies(self);
      else await printFromHistory(self, lost);
    });
}
