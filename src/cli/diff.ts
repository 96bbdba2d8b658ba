import { iterationDifference } from '../report/data/iterationDifference.ts';
import { differenceLines } from '../report/text/differenceLines.ts';
import type { History } from '../state/history.ts';
import { render, type OutputOptions } from './output.ts';

/** `falloutd diff A B`. @throws UsageError for a number that is not recorded. */
export function diff(db: History, a: number, b: number, options: OutputOptions = {}): string {
  return render(iterationDifference(db, a, b), options, differenceLines);
}
