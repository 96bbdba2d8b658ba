import type { Command } from '@commander-js/extra-typings';
import { UsageError } from '../model/errors.ts';
import { lastStableIterations } from '../state/recordedRuns.ts';
import { count, printFromHistory } from './commandLine.ts';
import { iterationDifference } from '../report/data/iterationDifference.ts';
import { differenceLines } from '../report/text/differenceLines.ts';
import type { History } from '../state/historyDatabase.ts';
import { render, type OutputOptions } from './output.ts';

/** `falloutd diff A B`; by default from the last stable iteration but one to the last. @throws UsageError for a number that is not recorded. */
export function diff(db: History, a?: number, b?: number, options: OutputOptions = {}): string {
  const [from, to] = a !== undefined && b !== undefined ? [a, b] : lastStable(db, options.target, a);
  return render(iterationDifference(db, from, to), options, differenceLines);
}

/** What is compared when fewer than two iterations are named. @throws UsageError when too few have been stable. */
function lastStable(db: History, target: string | undefined, from: number | undefined): readonly [number, number] {
  const stable = lastStableIterations(db, target);
  const [a, b] = from === undefined ? stable : [from, stable.at(-1)];
  if (b !== undefined) return [a, b];
  throw new UsageError({
    message: 'there are not two stable iterations to compare yet',
    hint: 'name two: falloutd diff A B; falloutd history lists them',
  });
}

/** The arguments of `falloutd diff`. */
export function diffCommand(command: Command): void {
  command
    .description('what changed between two iterations: symbols and patches')
    .option('--json', 'print JSON')
    .argument('[a]', 'an iteration; default: the last stable one but one', count)
    .argument('[b]', 'another; default: the last stable one', count)
    .action((a, b, _, self) => printFromHistory(self, (db, output) => diff(db, a, b, output)));
}
