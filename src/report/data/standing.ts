import { z } from 'zod';
import type { Hold } from '../../model/targetState.ts';
import type { LiveStatus } from '../../model/liveStatus.ts';
import type { Run } from '../../model/run.ts';

export const standingSchema = z
  .enum(['new', 'running', 'held', 'stable', 'changed', 'blocked', 'stalled', 'waiting', 'interrupted'])
  .meta({ id: 'standing', description: 'Where a target stands now, in one word.' });

/**
 * Where a target stands now. `held`: saves start nothing. `changed`: files changed since it was stable. `waiting`: the network, the
 * disk or Nix failed, and it is tried again.
 */
export type Standing = z.infer<typeof standingSchema>;

/** What decides where a target stands. */
export type Known = {
  lastRun: Pick<Run, 'outcome'> | null;
  hold: Hold | null;
  live: Pick<LiveStatus, 'state'> | null;
  hasChanged: boolean;
};

export function standingOf({ lastRun, hold, live, hasChanged }: Known): Standing {
  if (hold !== null) return 'held';
  if (live?.state === 'running' || live?.state === 'scheduled') return 'running';
  if (lastRun === null) return 'new';
  switch (lastRun.outcome?.kind) {
    case undefined:
      return 'running';
    case 'stable':
      return hasChanged ? 'changed' : 'stable';
    case 'infrastructure':
      return 'waiting';
    case 'blocked':
    case 'stalled':
      return lastRun.outcome.kind;
    case 'superseded':
    case 'interrupted':
      return 'interrupted';
  }
}
