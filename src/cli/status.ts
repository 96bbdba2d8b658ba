import type { LiveStatus } from '../model/liveStatus.ts';
import { kernelBuilds } from '../state/kernelBuilds.ts';
import type { History } from '../state/history.ts';
import { lost, run, targets } from '../state/query.ts';
import { holdOf, managedEntries, stableOf, type Hold, type Stable } from '../state/targets.ts';
import { liveKernelText, paintBuild, sizesText } from '../report/text/kernelBuilds.ts';
import { duration, moment } from '../report/text/duration.ts';
import { render, type OutputOptions } from './output.ts';
import { CAUSES, lostText, outcomeLines, parts, plural, restoredText } from '../report/text/phrases.ts';
import type { Style } from '../report/text/style.ts';
import { clean, hanging } from '../report/text/table.ts';
import type { KernelBuild } from '../model/kernelBuild.ts';
import type { Run } from '../model/run.ts';
import type { Wish } from '../model/fallout.ts';

/** What the database knows of a target, and `live` where a daemon runs. */
export type TargetStatus = {
  target: string;
  lastRun: Run | null;
  /** For what it was last found stable; `isStable` tells whether that was the last run. */
  stable: Stable | null;
  isStable: boolean;
  /** What the newest judged result does not honour; null while none is judged. */
  lost: Wish[] | null;
  /** How many entries stand in the managed patch. */
  entries: number;
  hold: Hold | null;
  /** The newest kernel build, under way or ended. */
  build: KernelBuild | null;
  live: LiveStatus | null;
};

/**
 * `falloutd status`: each target that ever ran, or the one named. `live` maps a target to what its
 * daemon tells; a target that only the daemon knows is listed too.
 */
export function status(
  db: History,
  options: OutputOptions & {
    target?: string | undefined;
    live?: Readonly<Record<string, LiveStatus>> | undefined;
  } = {},
): string {
  return render(statusOf(db, options), options, (all, style, now) =>
    all.length === 0
      ? [`${options.target ?? 'no target'} has ${options.target === undefined ? '' : 'not '}run yet`]
      : statusLines(all, style, now),
  );
}

/** The data of `status`. */
export function statusOf(
  db: History,
  options: { target?: string | undefined; live?: Readonly<Record<string, LiveStatus>> | undefined },
): TargetStatus[] {
  const known = new Map(targets(db).map((row) => [row.target, row]));
  const names = [...new Set([...known.keys(), ...Object.keys(options.live ?? {})])].sort();
  return names
    .filter((name) => options.target === undefined || name === options.target)
    .map((target) => {
      const row = known.get(target);
      const lastRun = row === undefined ? null : run(db, row.lastRun);
      return {
        target,
        lastRun,
        stable: stableOf(db, target),
        isStable: lastRun?.outcome?.kind === 'stable',
        lost: lost(db, target)[0]?.wishes ?? null,
        entries: managedEntries(db, target).length,
        hold: holdOf(db, target),
        build: kernelBuilds(db, { target, limit: 1 })[0] ?? null,
        live: options.live?.[target] ?? null,
      };
    });
}

/** Each target in a few lines, for a person. */
export function statusLines(all: readonly TargetStatus[], style: Style, now: number): string[] {
  return all.flatMap((each, i) => [...(i === 0 ? [] : ['']), ...targetLines(each, style, now)]);
}

function targetLines(each: TargetStatus, style: Style, now: number): string[] {
  const line = (name: string, text: string): string[] => hanging(`  ${name.padEnd(9)} `, text, style.width);
  const { lastRun } = each;
  return [
    `${style.colors.bold(clean(each.target))}: ${headline(each, style, now)}`,
    ...(each.live === null
      ? []
      : line('daemon', each.live.doing === undefined ? each.live.state : `${each.live.state}: ${each.live.doing}`)),
    ...(each.hold === null
      ? []
      : line('held', `${each.hold.kind} ${moment(each.hold.since, now)}; falloutd resume goes on`)),
    ...(lastRun === null
      ? []
      : line('last run', `${lastRun.run}, ${CAUSES[lastRun.cause]} ${moment(lastRun.startedAt, now)}`)),
    ...(lastRun === null
      ? []
      : outcomeLines(lastRun, { ...style, width: style.width - 12 }).map((text) => ' '.repeat(12) + text)),
    ...line(
      'patch',
      parts(
        '; ',
        plural(each.entries, 'entry', 'entries'),
        restoredText(lastRun?.iterations.find(({ restored }) => restored !== undefined)?.restored),
      ),
    ),
    ...kernelLines(each, style, now).flatMap((text) => line('kernel', text)),
    ...(each.live?.changedByHand ?? []).flatMap((text) => line('by hand', text)),
    // The line of a stable run has said it already.
    ...(each.lost === null || each.isStable ? [] : line('wishes', lostText(each.lost))),
  ];
}

function kernelLines({ build, live }: TargetStatus, style: Style, now: number): string[] {
  if (live?.kernel != null) return [liveKernelText(live.kernel)];
  if (build === null) return [];
  const took = build.durationMs === null ? '' : `in ${duration(build.durationMs)}`;
  const outcome = paintBuild(build.outcome, style)(build.outcome ?? 'under way');
  return [
    parts(
      '; ',
      parts(' ', `build ${build.build},`, outcome, took, `begun ${moment(build.startedAt, now)}`),
      build.problem?.message.split('\n')[0] ?? sizesText(build),
    ),
  ];
}

function headline({ isStable, stable, lastRun }: TargetStatus, style: Style, now: number): string {
  if (isStable) return style.colors.green(stable === null ? 'stable' : `stable since ${moment(stable.since, now)}`);
  if (lastRun === null) return 'no run yet';
  const before = stable === null ? 'never yet stable' : `last stable ${moment(stable.since, now)}`;
  return `${lastRun.outcome === null ? style.colors.cyan('running') : style.colors.yellow('not stable')}, ${before}`;
}
