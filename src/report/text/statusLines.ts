import type { TargetStatus } from '../data/documentSchemas.ts';
import { duration, moment } from './duration.ts';
import { liveKernelText, sizesText } from './kernelBuildLines.ts';
import { CAUSES, outcomeLines, restoredText } from './runText.ts';
import { lostText } from './falloutText.ts';
import { hookProblem } from './problemLines.ts';
import { shortPath } from '../../system/shortPath.ts';
import { parts, plural } from './sentenceParts.ts';
import type { Style } from './style.ts';
import { clean, hanging } from './table.ts';

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
      : line('held', `${each.hold.kind} ${moment(each.hold.since, now)}; falloutd resume ends it`)),
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
    ...kernelLines(each, now).flatMap((text) => line('kernel', text)),
    ...(each.failedHook === undefined ? [] : line('hook', hookProblem(each.failedHook).message)),
    ...each.changedByHand.flatMap((text) => line('by hand', text)),
    // The line of a stable run already says it.
    ...(each.lost === null || lastRun?.outcome?.kind === 'stable'
      ? []
      : line('wishes', lostText({ ...each, lost: each.lost }))),
  ];
}

function kernelLines({ build, live }: TargetStatus, now: number): string[] {
  if (live?.kernel != null) return [liveKernelText(live.kernel)];
  if (build === null) return [];
  const took = build.durationMs === null ? '' : `in ${duration(build.durationMs)}`;
  return [
    parts(
      '; ',
      parts(' ', `build ${build.build},`, build.outcome ?? 'under way', took, `begun ${moment(build.startedAt, now)}`),
      build.problem?.message.split('\n')[0] ?? sizesText(build),
    ),
  ];
}

function headline(
  { isStable, stable, lastRun, hold, changedFiles = [] }: TargetStatus,
  style: Style,
  now: number,
): string {
  if (isStable) return style.colors.green(stable === null ? 'stable' : `stable since ${moment(stable.since, now)}`);
  if (lastRun === null) return 'no run yet';
  const isRunning = lastRun.outcome === null;
  const changed = changedFiles.map((file) => shortPath(file)).join(', ');
  const why = hold?.kind === 'undone' ? ': a run was undone' : changed === '' ? '' : `: ${changed} changed`;
  const state = isRunning ? style.colors.cyan('running') : style.colors.yellow(clean(`not stable${why}`));
  if (stable !== null) return `${state}, last stable ${moment(stable.since, now)}`;
  return isRunning ? `${state}, not stable yet` : `${state} yet`;
}
