import type { Command } from '@commander-js/extra-typings';
import { printFromHistory } from './commandLine.ts';
import { lostOfTargets } from '../report/data/lostOfTarget.ts';
import { lostLines } from '../report/text/lostLines.ts';
import type { History } from '../state/historyDatabase.ts';
import { render, type OutputOptions } from './output.ts';

/** `falloutd lost`. */
export function lost(db: History, options: OutputOptions = {}): string {
  const all = lostOfTargets(db, options.target);
  return render({ targets: all }, options, (_, style) =>
    all.length === 0
      ? [
          `no result${options.target === undefined ? '' : ` of ${options.target}`} yet: falloutd once or falloutd watch gives the first`,
        ]
      : lostLines(all, style),
  );
}

/** The arguments of `falloutd lost`. */
export function lostCommand(command: Command): void {
  command
    .description('the wishes that the resulting .config does not honour')
    .option('--json', 'print JSON')
    .action((_, self) => printFromHistory(self, lost));
}
