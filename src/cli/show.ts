import { UsageError } from '../model/errors.ts';
import type { History } from '../state/history.ts';
import {
  isCut,
  iteration as iterationNumber,
  iterationRange,
  questions,
  run as runNumber,
  transcriptFor,
} from '../state/query.ts';
import { size } from '../system/byteSize.ts';
import { duration, moment } from '../report/text/duration.ts';
import { listing, type Item } from '../report/text/listing.ts';
import { printable, render, type OutputOptions } from './output.ts';
import {
  askedBy,
  byKind,
  counts,
  iterationText,
  outcomeLines,
  paintOutcome,
  parts,
  plural,
  wantedGot,
  why,
} from '../report/text/phrases.ts';
import type { Style } from '../report/text/style.ts';
import { clean, hanging } from '../report/text/table.ts';
import type { Iteration, Run } from '../model/run.ts';

/** An iteration with what stands around it. */
export type Shown = {
  iteration: Iteration;
  run: Run;
  questions: number | null;
  /** Whether lines are left out of its transcript. */ cut: boolean;
};

/**
 * `falloutd show N`: one iteration, what failed, the entries with their reasons, where the time went.
 * With `log` its transcript instead, as it was kept.
 *
 * @throws UsageError for a number that is not recorded, or a transcript that is not kept.
 */
export function show(db: History, n: number, options: OutputOptions & { log?: boolean | undefined } = {}): string {
  const iteration = recorded(db, n);
  if (options.log === true) return printable(logOf(db, n), options);
  if (options.json === true) return render(iteration, options, () => []);
  const run = runNumber(db, iteration.run);
  if (run === null) throw new UsageError({ message: `run ${iteration.run} of iteration ${n} is not recorded` });
  return render({ iteration, run, questions: questions(db, n), cut: isCut(db, n) }, options, showLines);
}

/** Iteration `n`. @throws UsageError, with the numbers there are, when it is not recorded. */
export function recorded(db: History, n: number): Iteration {
  const found = iterationNumber(db, n);
  if (found !== null) return found;
  const range = iterationRange(db);
  throw new UsageError({
    message: `there is no finished iteration ${n}`,
    hint:
      range === null
        ? 'none is recorded yet'
        : `those recorded go from ${range.first} to ${range.last}; falloutd history lists them`,
  });
}

/** What happened in one iteration, for a person. */
export function showLines({ iteration, run, questions: asked, cut }: Shown, style: Style, now: number): string[] {
  const own = Math.max(0, iteration.durationMs - iteration.evaluateMs - iteration.buildMs);
  const where = `evaluation ${duration(iteration.evaluateMs)}, build ${duration(iteration.buildMs)}, falloutd ${duration(own)}`;
  const isLast = run.iterations.at(-1)?.iteration === iteration.iteration;
  return [
    ...hanging(
      '',
      `iteration ${iteration.iteration} of run ${iteration.run}, ${run.target}: ${iterationText(iteration)}`,
      style.width,
    ).map((line) => style.colors.bold(paintOutcome(iteration.outcome, style)(line))),
    ...hanging('  started  ', moment(iteration.startedAt, now), style.width),
    ...hanging(
      '  took     ',
      `${duration(iteration.durationMs)}: ${where}${asked === null ? '' : `; ${plural(asked, 'question')}`}`,
      style.width,
    ),
    ...(iteration.sourceBytes === null
      ? []
      : hanging('  copied   ', `${size(iteration.sourceBytes)} of the flake into the store`, style.width)),
    // Whole, whatever the width: these are there to be copied.
    ...(iteration.drvPath === null ? [] : [clean(`  built    ${iteration.drvPath}`)]),
    ...(iteration.patchesSha256 === null ? [] : [`  patches  ${iteration.patchesSha256}`]),
    ...(cut
      ? hanging('  log      ', 'cut: it outgrew transcript-size; a line in it says how much is left out', style.width)
      : []),
    ...(isLast
      ? outcomeLines(run, { ...style, width: style.width - 11 }).map(
          (line, i) => `${i === 0 ? '  the run  ' : ' '.repeat(11)}${line}`,
        )
      : []),
    ...falloutLines(iteration, style),
    ...entryLines(iteration, style),
  ];
}

function falloutLines({ fallout }: Iteration, style: Style): string[] {
  if (fallout.length === 0) return [];
  const items = byKind(fallout).map((each) => ({
    cells: [
      { text: each.kind, paint: style.colors.dim },
      { text: each.symbol, paint: style.colors.yellow },
      { text: wantedGot(each) },
    ],
    text: parts('; ', why(each), offered(each.offered), askedBy(each.by, each.position)),
  }));
  return ['', `fallout: ${counts(fallout)}`, ...indented(items, style)];
}

function offered(values: readonly string[] | undefined): string {
  return values === undefined || values.length === 0 ? '' : `offered ${values.join('/')}`;
}

function entryLines({ entries }: Iteration, style: Style): string[] {
  if (entries.length === 0) return [];
  const items = entries.map((entry) => ({
    cells: [
      { text: entry.symbol, paint: style.colors.yellow },
      { text: entry.to ?? 'released', paint: entry.to === null ? style.colors.dim : style.colors.green },
    ],
    text: parts('; ', entry.from !== null && entry.to !== null ? `was ${entry.from}` : '', entry.reason),
  }));
  return ['', 'entries of the managed patch', ...indented(items, style)];
}

function indented(items: readonly Item[], style: Style): string[] {
  return listing(items, style.width - 2).map((line) => `  ${line}`);
}

function logOf(db: History, n: number): string {
  const kept = transcriptFor(db, n);
  if (kept !== null) return kept.toString();
  throw new UsageError({
    message: `no transcript of iteration ${n} is kept`,
    hint: 'nothing was built in it, or retention has let the transcript go',
  });
}
