/** Several targets can read one file: what one of them needs stays. */
import type { Target } from '../config/config.ts';
import { BlockedError, RefusedError } from '../model/errors.ts';
import type { History } from '../state/historyDatabase.ts';
import type { Looking } from './evaluatedUnwritten.ts';
import { needlessFinder, type FindOptions, type FoundTidy, type NeedlessFinder } from './findNeedless.ts';
import { writeRoot } from './patchWriter.ts';

/**
 * Finds the needless settings of a target that none of the others needs. null after an interruption.
 * @throws as `needlessFinder` does; RefusedError where another target that may read the same files does not evaluate.
 */
export async function findSharedNeedless(
  target: Target,
  others: readonly Target[],
  history: History,
  options: FindOptions,
  looking: Looking,
): Promise<FoundTidy | null> {
  const finder = await needlessFinder(target, history, looking);
  let found = finder && (await finder.find(options));
  if (finder === null || found === null || found.needless.length === 0) return found;
  const sharing: NeedlessFinder[] = [];
  for (const other of others.filter((each) => writeRoot(each) === writeRoot(target))) {
    const seen = await finderOf(other, history, looking);
    if (seen === null) return null;
    sharing.push(seen);
  }
  // What is left out together was confirmed together: each time something stays, the rest is looked at anew.
  for (;;) {
    const only = await spared(found, sharing, options);
    if (only === null || only.length === found.fates.size) return only && found;
    found = await finder.find({ ...options, only });
    if (found === null) return null;
  }
}

/** The places of what can go for all of them. null after an interruption. */
async function spared(
  { fates }: FoundTidy,
  sharing: readonly NeedlessFinder[],
  options: FindOptions,
): Promise<string[] | null> {
  let left = [...fates.keys()];
  for (const { reads, find } of sharing) {
    const only = left.filter((place) => reads.has(place));
    if (only.length === 0) continue;
    const found = await find({ ...options, only });
    if (found === null) return null;
    left = left.filter((place) => !reads.has(place) || found.fates.get(place) === fates.get(place));
  }
  return left;
}

async function finderOf(target: Target, history: History, looking: Looking): Promise<NeedlessFinder | null> {
  try {
    return await needlessFinder(target, history, looking);
  } catch (error) {
    if (!(error instanceof BlockedError)) throw error;
    const { message, ...rest } = error.problem;
    throw new RefusedError({
      ...rest,
      message: `${target.name} may need the same settings, and is blocked: ${message}`,
    });
  }
}
