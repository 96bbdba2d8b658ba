import type { Command } from '@commander-js/extra-typings';
import { count, printFromHistory } from './commandLine.ts';
import { iterationDifference } from '../report/data/iterationDifference.ts';
import { differenceLines } from '../report/text/differenceLines.ts';
import type { History } from '../state/history.ts';
import { render, type OutputOptions } from './output.ts';

/** `falloutd diff A B`. @throws UsageError for a number that is not recorded. */
export function diff(db: History, a: number, b: number, options: OutputOptions = {}): string {
  return render(iterationDifference(db, a, b), options, differenceLines);
}

/** The arguments of `falloutd diff`. */
export function diffCommand(command: Command): void {
  command
    .description('what changed between two iterations: symbols and patches')
    .option('--json', 'print JSON')
    .argument('<a>', 'an iteration', count)
    .argument('<b>', 'another', count)
    .action((a, b, _, self) => printFromHistory(self, (db, output) => diff(db, a, b, output)));
}
