import type { Wish } from '../../model/fallout.ts';
import type { History } from '../../state/history.ts';
import { lost } from '../../state/query.ts';

/** What the newest judged result of a target does not honour. */
export type LostOfTarget = { target: string; run: number; lost: Wish[] };

/** The lost wishes of each target that a config build has judged, or of the one named. */
export function lostOfTargets(db: History, target?: string): LostOfTarget[] {
  return lost(db, target).map(({ wishes, ...judged }) => ({ ...judged, lost: wishes }));
}
