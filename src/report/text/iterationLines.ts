import type { EntryChange } from '../../model/entry.ts';
import type { Fallout } from '../../model/fallout.ts';
import type { Iteration } from '../../model/run.ts';
import { size } from '../../system/byteSize.ts';
import type { IterationDetail } from '../data/recordedIteration.ts';
import { duration, moment } from './duration.ts';
import { clean, hanging, type Style } from './style.ts';
import { listing, type Item } from './table.ts';
import { askedBy, byKind, counts, kindText, wantedGot, why } from './falloutText.ts';
import { iterationText, outcomeLines, paintOutcome } from './runText.ts';
import { parts, plural } from './sentenceParts.ts';

/** What happened in one iteration, for a person. */
export function iterationLines(
  { iteration, run, questions: asked, cut }: IterationDetail,
  style: Style,
  now: number,
): string[] {
  const own = Math.max(0, iteration.durationMs - iteration.evaluateMs - iteration.buildMs);
  const where = `evaluation ${duration(iteration.evaluateMs)}, build ${duration(iteration.buildMs)}, falloutd ${duration(own)}`;
  const isLast = run.iterations.at(-1)?.iteration === iteration.iteration;
  const head = `iteration ${iteration.iteration} of run ${iteration.run}, ${run.target}: ${iterationText(iteration)}`;
  const took = `${duration(iteration.durationMs)}: ${where}`;
  const line = (name: string, text: string): string[] =>
    text === '' ? [] : hanging(`  ${name.padEnd(9)}`, text, style.width);
  return [
    ...hanging('', head, style.width).map((each) => style.colors.bold(paintOutcome(iteration.outcome, style)(each))),
    ...line('started', moment(iteration.startedAt, now)),
    ...line('engine', engineText(iteration)),
    ...line('took', parts('; ', took, asked === null ? '' : plural(asked, 'question'))),
    ...line(
      'copied',
      iteration.sourceBytes === null ? '' : `${size(iteration.sourceBytes)} of the flake into the store`,
    ),
    // Whole, whatever the width: these are there to be copied.
    ...(iteration.drvPath === null ? [] : [clean(`  built    ${iteration.drvPath}`)]),
    ...(iteration.patchesSha256 === null ? [] : [`  patches  ${iteration.patchesSha256}`]),
    ...line('log', cut ? 'cut: it outgrew transcript-size; a line in it says how much is left out' : ''),
    ...(isLast
      ? outcomeLines(run, { ...style, width: style.width - 11 }).map(
          (each, i) => `${i === 0 ? '  the run  ' : ' '.repeat(11)}${each}`,
        )
      : []),
    ...missedLines(iteration, style),
    ...falloutLines(iteration, style),
    ...entryLines(iteration, style),
  ];
}

function engineText({ prediction, unpredicted }: Iteration): string {
  if (prediction === undefined) return unpredicted?.message ?? '';
  const { predictMs, factsMs, missed } = prediction;
  const facts = factsMs === null ? '' : `the facts of this kernel took ${duration(factsMs)}`;
  const wrong = missed.length === 0 ? '' : `${plural(missed.length, 'symbol')} came out otherwise`;
  return parts('; ', `predicted in ${duration(predictMs)}`, facts, wrong);
}

/** What was predicted and did not come true. */
function missedLines({ prediction }: Iteration, style: Style): string[] {
  if (prediction === undefined || prediction.missed.length === 0) return [];
  const items = prediction.missed.map(({ symbol, predicted, built }) => ({
    cells: [
      { text: symbol, paint: style.colors.yellow },
      { text: `predicted ${predicted ?? 'nothing'}, came out ${built ?? 'nothing'}` },
    ],
    text: '',
  }));
  return ['', 'not as predicted', ...indented(items, style)];
}

function falloutLines({ fallout }: Iteration, style: Style): string[] {
  if (fallout.length === 0) return [];
  const items = byKind(fallout).map((each) => ({
    cells: [
      { text: kindText(each.kind), paint: style.colors.dim },
      { text: each.symbol, paint: style.colors.yellow },
      { text: wantedGot(each) },
    ],
    text: parts('; ', why(each), offered(each), askedBy(each.by, each.position)),
  }));
  return ['', `fallout: ${counts(fallout)}`, ...indented(items, style)];
}

const offered = ({ offered: values = [] }: Fallout): string =>
  values.length === 0 ? '' : `offered ${values.join('/')}`;

function entryLines({ entries }: Iteration, style: Style): string[] {
  if (entries.length === 0) return [];
  const items = netChanges(entries).map((entry) => ({
    cells: [
      { text: entry.symbol, paint: style.colors.yellow },
      { text: entry.to ?? 'released', paint: entry.to === null ? style.colors.dim : style.colors.green },
    ],
    text: parts('; ', entry.from !== null && entry.to !== null ? `was ${entry.from}` : '', entry.reason),
  }));
  return ['', 'entries of the managed patch', ...indented(items, style)];
}

/** Within one iteration an entry can change more than once: what it was before the first change, and what the last one made of it. */
function netChanges(entries: readonly EntryChange[]): EntryChange[] {
  const bySymbol = new Map<string, EntryChange>();
  for (const entry of entries)
    bySymbol.set(entry.symbol, { ...entry, from: (bySymbol.get(entry.symbol) ?? entry).from });
  return [...bySymbol.values()].filter(({ from, to }) => from !== to);
}

function indented(items: readonly Item[], style: Style): string[] {
  return listing(items, style.width - 2).map((line) => `  ${line}`);
}
