import type { History } from '../state/history.ts';
import { runs } from '../state/query.ts';
import { duration, moment } from '../report/text/duration.ts';
import { render, type OutputOptions } from './output.ts';
import { CAUSES, iterationText, oneLine, outcomeLines, paintOutcome } from '../report/text/phrases.ts';
import type { Style } from '../report/text/style.ts';
import { table } from '../report/text/table.ts';
import type { Iteration, Run } from '../model/run.ts';

/**
 * `falloutd history`: the newest `limit` runs (20 without it), of one target or of all. For people the
 * newest stands last, as it happened; as JSON it comes first.
 */
export function history(
  db: History,
  options: OutputOptions & { limit?: number | undefined; target?: string | undefined } = {},
): string {
  return render(runs(db, { target: options.target, limit: options.limit ?? 20 }), options, (all, style, now) =>
    all.length === 0
      ? [`no run${options.target === undefined ? '' : ` of ${options.target}`} is recorded`]
      : historyLines(all, style, now),
  );
}

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
