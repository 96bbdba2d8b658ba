import type { Wish } from '../../model/fallout.ts';
import type { History } from '../../state/historyDatabase.ts';
import { lost } from '../../state/recordedRuns.ts';
import type { LostOfTarget } from './documentSchemas.ts';
import { unmetParents } from './unmetParents.ts';

/** The lost wishes of each target that a config build has judged, or of the one named, in the order of the user's files. */
export function lostOfTargets(db: History, target?: string): LostOfTarget[] {
  return lost(db, target).map(({ wishes, unknownNames, ...judged }) => ({
    ...judged,
    lost: wishes.sort(byPlace),
    parents: unmetParents(wishes),
    ...(unknownNames === undefined ? {} : { unknownNames: unknownNames.sort(byPlace) }),
  }));
}

/** Orders wishes by file and line; what has no place comes last. */
export function byPlace({ position: a }: Wish, { position: b }: Wish): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1;
}
