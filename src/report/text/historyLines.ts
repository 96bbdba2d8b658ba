import type { Iteration, Run } from '../../model/run.ts';
import { duration, moment } from './duration.ts';
import { CAUSES, iterationText, oneLine, outcomeLines, paintOutcome } from './runText.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';

/** Each run with its iterations; `all` comes newest first. */
export function historyLines(all: readonly Run[], style: Style, now: number): string[] {
  return [...all].reverse().flatMap((run, i) => [
    ...(i === 0 ? [] : ['']),
    style.colors.bold(
      oneLine(`run ${run.run}, ${run.target}: ${CAUSES[run.cause]} ${moment(run.startedAt, now)}`, style),
    ),
    ...table(
      [{ align: 'right' }, { align: 'right' }, { shrink: 'wrap' }],
      run.iterations.map((iteration) => iterationRow(iteration, style)),
      style.width - 2,
    ).map((line) => `  ${line}`),
    ...outcomeLines(run, { ...style, width: style.width - 2 }).map((line) => `  ${line}`),
  ]);
}

function iterationRow(iteration: Iteration, style: Style): { text: string; paint?: (text: string) => string }[] {
  return [
    { text: String(iteration.iteration) },
    { text: duration(iteration.durationMs) },
    { text: iterationText(iteration), paint: paintOutcome(iteration.outcome, style) },
  ];
}
