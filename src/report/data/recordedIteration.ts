import { UsageError } from '../../model/errors.ts';
import type { Iteration, Run } from '../../model/run.ts';
import type { Documents } from './documentSchemas.ts';
import type { History } from '../../state/historyDatabase.ts';
import { isCut } from '../../state/contents.ts';
import {
  iteration,
  iterationRange,
  latestIteration,
  questions,
  run,
  settings,
  transcriptFor,
} from '../../state/recordedRuns.ts';

/** An iteration with what stands around it. */
export type IterationDetail = {
  iteration: Iteration;
  run: Run;
  questions: number | null;
  /** Whether lines are left out of its transcript. */
  cut: boolean;
};

/** Iteration `n`. @throws UsageError, with the numbers there are, when it is not recorded. */
export function recordedIteration(db: History, n: number): Iteration {
  const found = iteration(db, n);
  if (found !== null) return found;
  const range = iterationRange(db);
  throw new UsageError({
    message: `there is no finished iteration ${n}`,
    hint:
      range === null
        ? 'none is recorded yet'
        : `those recorded go from ${range.first} to ${range.last}; falloutd history lists them`,
  });
}

/** Iteration `n` for a program; where a prediction did not come true, with all that it takes to repeat it. */
export function iterationDocument(db: History, n: number): Documents['iteration'] {
  const found = recordedIteration(db, n);
  const request = (found.prediction?.missed.length ?? 0) > 0 ? settings(db, n) : null;
  return { ...found, ...(request && { request }) };
}

/** The number of the latest iteration, of one target or of all. @throws UsageError when there is none. */
export function latestRecorded(db: History, target: string | undefined): number {
  const latest = latestIteration(db, target);
  if (latest !== null) return latest;
  throw new UsageError({
    message: `no iteration${target === undefined ? '' : ` of ${target}`} is recorded yet`,
    hint: 'falloutd once or falloutd watch makes the first',
  });
}

/** Iteration `n` with its run. @throws UsageError for a number that is not recorded. */
export function iterationDetail(db: History, n: number): IterationDetail {
  const found = recordedIteration(db, n);
  const its = run(db, found.run);
  if (its === null) throw new UsageError({ message: `run ${found.run} of iteration ${n} is not recorded` });
  return { iteration: found, run: its, questions: questions(db, n), cut: isCut(db, n) };
}

/** The transcript of iteration `n` as it was kept. @throws UsageError when iteration or transcript is not recorded. */
export function iterationLog(db: History, n: number): string {
  recordedIteration(db, n);
  const kept = transcriptFor(db, n);
  if (kept !== null) return kept.toString();
  throw new UsageError({
    message: `no transcript of iteration ${n} is kept`,
    hint: 'nothing was built in it, or retention has deleted its transcript',
  });
}
