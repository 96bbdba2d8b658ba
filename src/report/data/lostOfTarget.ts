import type { History } from '../../state/historyDatabase.ts';
import { lost } from '../../state/recordedRuns.ts';
import type { LostOfTarget } from './documentSchemas.ts';

/** The lost wishes of each target that a config build has judged, or of the one named. */
export function lostOfTargets(db: History, target?: string): LostOfTarget[] {
  return lost(db, target).map(({ wishes, ...judged }) => ({ ...judged, lost: wishes }));
}
