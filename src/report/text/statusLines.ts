import type { TargetStatus } from '../data/documentSchemas.ts';
import type { Standing } from '../data/standing.ts';
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
    ...line('held', hold === null ? '' : `${hold.kind} ${moment(hold.since, now)}`),
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
    ...line('next', nextStep(each)),
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

const WORDS = {
  new: 'dim',
  running: 'cyan',
  held: 'yellow',
  stable: 'green',
  changed: 'yellow',
  blocked: 'red',
  stalled: 'yellow',
  waiting: 'red',
  interrupted: 'yellow',
} as const satisfies Record<Standing, string>;

/** `BLOCKED, last stable 13:05:11 (4 m ago)`. */
function headline({ standing, stable, hold, changedFiles = [] }: TargetStatus, style: Style, now: number): string {
  const word = style.colors[WORDS[standing]](standing.toUpperCase());
  if (standing === 'stable') return parts(' since ', word, stable === null ? '' : moment(stable.since, now));
  const why =
    hold?.kind === 'undone'
      ? 'a run was undone'
      : hold?.kind === 'paused'
        ? 'paused'
        : parts(
            ' ',
            changedFiles.map((file) => shortPath(file)).join(', '),
            changedFiles.length === 0 ? '' : 'changed',
          );
  const before =
    standing === 'new' ? '' : stable === null ? 'not stable yet' : `last stable ${moment(stable.since, now)}`;
  return parts(', ', word, clean(why), before);
}

/** What the user can do about where a target stands. */
function nextStep({ standing, live, lost }: TargetStatus): string {
  const run = live === null ? '`falloutd once` runs it, `falloutd watch` after each save' : 'save, or `falloutd retry`';
  switch (standing) {
    case 'stable':
      return parts(
        ', ',
        'build it with nixos-rebuild or `falloutd build`',
        lost?.length ? '`falloutd lost` says why wishes miss' : '',
      );
    case 'held':
      return '`falloutd resume` lets it run again';
    case 'running':
      return '`falloutd status --follow` shows how it goes on';
    case 'blocked':
      return live === null ? 'mend that, then `falloutd once`' : 'mend that, and save';
    case 'stalled':
      return 'change or take out the wishes that it names';
    case 'waiting':
      return live === null ? run : 'it is tried again by itself; `falloutd retry` does it now';
    case 'new':
    case 'changed':
    case 'interrupted':
      return run;
  }
}
