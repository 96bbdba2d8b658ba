import { summed } from '../../kernel/valueChanges.ts';
import { UsageError } from '../../model/errors.ts';
import type { History } from '../../state/historyDatabase.ts';
import { latestWithSideEffects, run, sideEffects } from '../../state/recordedRuns.ts';
import type { Documents } from './documentSchemas.ts';
import { recordedIteration } from './recordedIteration.ts';

/**
 * What the wishes changed beyond what they ask for; without a number, in the latest iteration of a target where that is known.
 * @throws UsageError for a number that is not recorded, or where it is not known.
 */
export function baselineDifference(
  db: History,
  n: number | undefined,
  target: string | undefined,
): Documents['diff-baseline'] {
  const iteration = n ?? latestWithSideEffects(db, target);
  const recorded = iteration === null ? null : recordedIteration(db, iteration);
  const all = recorded === null ? null : sideEffects(db, recorded.iteration);
  if (recorded === null || all === null)
    throw new UsageError({
      message: `no baseline is known${n === undefined ? ' yet' : ` for iteration ${n}`}`,
      hint: 'a stable iteration of a kernel that can be predicted has one: falloutd once makes it',
    });
  return {
    iteration: recorded.iteration,
    target: run(db, recorded.run)?.target ?? '',
    sideEffects: { ...summed(all), all },
  };
}
