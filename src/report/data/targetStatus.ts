import type { Target } from '../../config/config.ts';
import type { LiveStatus } from '../../model/liveStatus.ts';
import type { Lost } from '../../model/run.ts';
import type { History } from '../../state/historyDatabase.ts';
import type { TargetStatus } from './documentSchemas.ts';
import { lostOfTargets } from './lostOfTarget.ts';
import { standingOf } from './standing.ts';
import { changedByHand, entriesOnDisk } from './changedByHand.ts';
import { changedFiles } from '../../system/contentHash.ts';
import { hookRuns } from '../../state/hookRuns.ts';
import { lateWrites } from '../../state/lateWrites.ts';
import { takenBy } from '../../state/targetNames.ts';
import { kernelBuilds } from '../../state/kernelBuilds.ts';
import { run, targets } from '../../state/recordedRuns.ts';
import { holdOf, managedEntries, stableOf } from '../../state/targets.ts';

const WEEK_MS = 7 * 24 * 3600 * 1000;

/**
 * Where each target stands that ever ran, or the one named, by name. `live` maps a target to what its daemon reports;
 * a target that only the daemon knows is listed too. The managed patches of `configured` targets are read.
 */
export function targetStatuses(
  db: History,
  options: {
    target?: string | undefined;
    live?: Readonly<Record<string, LiveStatus>> | undefined;
    configured?: readonly Target[] | undefined;
  } = {},
): TargetStatus[] {
  const known = new Map(targets(db).map((row) => [row.target, row]));
  const names = [...new Set([...known.keys(), ...Object.keys(options.live ?? {})])].sort();
  return names
    .filter((name) => options.target === undefined || name === options.target)
    .map((target) => {
      const row = known.get(target);
      const configured = options.configured?.find(({ name }) => name === target);
      const lastRun = row === undefined ? null : run(db, row.lastRun);
      const [stable, hold] = [stableOf(db, target), holdOf(db, target)];
      const changed = configured === undefined || stable?.inputs == null ? [] : changedFiles(stable.inputs);
      const since = new Date(Date.now() - WEEK_MS).toISOString();
      const late = lateWrites(db, { target, since }).filter(({ lines }) => lines > 0);
      const hook = hookRuns(db, 1, target)[0];
      const live = options.live?.[target] ?? null;
      return {
        target,
        standing: standingOf({ lastRun, hold, live, hasChanged: changed.length > 0 }),
        lastRun,
        stable,
        isStable: lastRun?.outcome?.kind === 'stable' && hold?.kind !== 'undone' && changed.length === 0,
        ...(changed.length === 0 ? {} : { changedFiles: changed }),
        ...lostOf(db, target),
        entries: (configured === undefined ? null : entriesOnDisk(configured)) ?? managedEntries(db, target).length,
        changedByHand:
          configured === undefined || takenBy(db, configured) !== null ? [] : changedByHand(db, configured),
        ...(hook === undefined || hook.exitCode === 0
          ? {}
          : { failedHook: { hook: hook.hook, exitCode: hook.exitCode, output: hook.output } }),
        ...(late.length === 0 ? {} : { lateWrites: late }),
        hold,
        build: kernelBuilds(db, { target, limit: 1 })[0] ?? null,
        live,
      };
    });
}

function lostOf(db: History, target: string): Pick<TargetStatus, keyof Lost> {
  const [judged] = lostOfTargets(db, target);
  if (judged === undefined) return { lost: null };
  const { lost, lostDefaults, unknownNames } = judged;
  return {
    lost,
    ...(lostDefaults === undefined ? {} : { lostDefaults }),
    ...(unknownNames === undefined ? {} : { unknownNames }),
  };
}
