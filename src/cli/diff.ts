import type { Command } from '@commander-js/extra-typings';
import { UsageError } from '../model/errors.ts';
import { lastStableIterations } from '../state/recordedRuns.ts';
import { count, printFromHistory } from './commandLine.ts';
import { baselineDifference } from '../report/data/baselineDifference.ts';
import { iterationDifference } from '../report/data/iterationDifference.ts';
import { baselineLines } from '../report/text/sideEffectLines.ts';
import { differenceLines } from '../report/text/differenceLines.ts';
import type { History } from '../state/historyDatabase.ts';
import { render, type OutputOptions } from './output.ts';

/** `falloutd diff A B`; by default from the last stable iteration but one to the last. @throws UsageError for a number that is not recorded. */
export function diff(db: History, a?: number, b?: number, options: OutputOptions = {}): string {
  const [from, to] = a !== undefined && b !== undefined ? [a, b] : lastStable(db, options.target, a);
  return render(iterationDifference(db, from, to), options, differenceLines);
}

/**
 * `falloutd diff --baseline [N]`: the host beside itself without the user's settings; by default in the latest iteration.
 * @throws UsageError where no baseline is known.
 */
export function diffBaseline(db: History, n: number | undefined, options: OutputOptions = {}): string {
  return render(baselineDifference(db, n, options.target), options, baselineLines);
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
    .option('--baseline [iteration]', 'what your settings changed beyond what they ask for; default: the latest', count)
    .argument('[a]', 'an iteration; default: the last stable one but one', count)
    .argument('[b]', 'another; default: the last stable one', count)
    .action(async (a, b, { baseline }, self) => {
      if (baseline !== undefined && a !== undefined)
        throw new UsageError({ message: 'name two iterations, or one with `--baseline N`' });
      await printFromHistory(self, (db, output) =>
        baseline === undefined
          ? diff(db, a, b, output)
          : diffBaseline(db, baseline === true ? undefined : baseline, output),
      );
    });
}
