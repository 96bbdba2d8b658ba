import type { TargetStatus } from '../data/documentSchemas.ts';
import type { LateWrite } from '../../model/lateWrite.ts';
import { duration, moment } from './duration.ts';
import { liveKernelText, sizesText } from './kernelBuildLines.ts';
import { CAUSES, outcomeLines, restoredText } from './runText.ts';
import { lostText } from './falloutText.ts';
import { hookProblem, lateProblem } from './problemLines.ts';
import { shortPath } from '../../system/shortPath.ts';
import { parts, plural } from './sentenceParts.ts';
import { clean, hanging, type Style } from './style.ts';

/** Each target in a few lines, for a person. */
export function statusLines(all: readonly TargetStatus[], style: Style, now: number): string[] {
  return all.flatMap((each, i) => [...(i === 0 ? [] : ['']), ...targetLines(each, style, now)]);
}

function targetLines(each: TargetStatus, style: Style, now: number): string[] {
  const line = (name: string, text: string): string[] =>
    text === '' ? [] : hanging(`  ${name.padEnd(9)} `, text, style.width);
  const { live, hold, lastRun } = each;
  const restored = lastRun?.iterations.find((iteration) => iteration.restored !== undefined)?.restored;
  return [
    `${style.colors.bold(clean(each.target))}: ${headline(each, style, now)}`,
    ...line('daemon', parts(': ', live?.state, live?.doing)),
    ...line('held', hold === null ? '' : `${hold.kind} ${moment(hold.since, now)}; falloutd resume ends it`),
    ...(lastRun === null
      ? []
      : [
          ...line('last run', `${lastRun.run}, ${CAUSES[lastRun.cause]} ${moment(lastRun.startedAt, now)}`),
          ...outcomeLines(lastRun, { ...style, width: style.width - 12 }).map((text) => ' '.repeat(12) + text),
        ]),
    ...line('patch', parts('; ', plural(each.entries, 'entry', 'entries'), restoredText(restored))),
    ...line('engine', lastRun?.iterations.findLast((each) => each.unpredicted)?.unpredicted?.message ?? ''),
    ...line('kernel', kernelText(each, now)),
    ...line('hook', each.failedHook === undefined ? '' : hookProblem(each.failedHook).message),
    ...(each.lateWrites ?? []).flatMap((late) => line('late', lateText(late, now))),
    ...each.changedByHand.flatMap((text) => line('by hand', text)),
    // The line of a stable run already says it.
    ...(each.lost === null || lastRun?.outcome?.kind === 'stable'
      ? []
      : line('wishes', lostText({ ...each, lost: each.lost }))),
  ];
}

function lateText(late: LateWrite, now: number): string {
  const { message, hint } = lateProblem(late);
  return `${shortPath(late.path)} ${moment(late.foundAt, now)}: ${message}; ${hint ?? ''}`;
}

function kernelText({ build, live }: TargetStatus, now: number): string {
  if (live?.kernel != null) return liveKernelText(live.kernel);
  if (build === null) return '';
  const took = build.durationMs === null ? '' : `in ${duration(build.durationMs)}`;
  const begun = `begun ${moment(build.startedAt, now)}`;
  const how = parts(' ', `build ${build.build},`, build.outcome ?? 'under way', took, begun);
  return parts('; ', how, build.problem?.message.split('\n')[0] ?? sizesText(build));
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
