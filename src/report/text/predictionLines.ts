import type { EntryChange } from '../../model/entry.ts';
import type { RunEvent } from '../../model/event.ts';
import type { SideEffects } from '../../model/sideEffects.ts';
import type { Documents } from '../data/documentSchemas.ts';
import { atBothEnds, clean, hanging, type Style } from './style.ts';
import { duration } from './duration.ts';
import type { Wish } from '../../model/fallout.ts';
import { byPlace } from '../data/lostOfTarget.ts';
import { byRoot } from '../data/byRoot.ts';
import { firstOf } from '../../system/someOf.ts';
import { placeText, rootText, shownValue, why } from './falloutText.ts';
import { missLines } from './lostLines.ts';
import { beyondText, groupLines } from './sideEffectLines.ts';
import { parts, plural } from './sentenceParts.ts';
import { problemLines } from './problemLines.ts';

type Predicted = Documents['predict'];

/** What a run would come to: the end, the entries that would change, and the wishes that would be lost. */
export function predictionLines(predicted: Predicted, target: string, style: Style): string[] {
  const { outcome, entries, predictMs } = predicted;
  const head = `${target}: predicted in ${duration(predictMs)}: ${ending(predicted)}`;
  return [
    ...hanging('', head, style.width).map((line) => style.colors.bold(line)),
    ...(outcome.kind === 'blocked' ? problemLines('  ', outcome.problem, style) : []),
    ...entries.flatMap(({ symbol, from, to, reason }) =>
      hanging(
        '  ',
        `${to === null ? `- ${symbol} = ${from ?? ''}` : `+ ${symbol} = ${to}`}  # ${clean(reason)}`,
        style.width,
      ),
    ),
    ...missLines(predicted, style),
    ...beyondLines(predicted.sideEffects, style),
    ...(predicted.sideEffects === undefined ? [] : groupLines(predicted.sideEffects, style).map((line) => `  ${line}`)),
  ];
}

function ending({ outcome, entries, lost }: Predicted): string {
  const changes =
    entries.length === 0
      ? 'the managed patch stays as it is'
      : `${plural(entries.length, 'entry', 'entries')} would change`;
  if (outcome.kind === 'stable') return `one config build would find it stable; ${changes}; ${wishesText(lost.length)}`;
  return outcome.kind === 'stalled'
    ? `no entry is left to try for ${outcome.symbols.join(', ')}`
    : 'a run would be blocked';
}

const wishesText = (lost: number): string =>
  lost === 0 ? 'every wish honoured' : `${plural(lost, 'wish', 'wishes')} not honoured`;

/** How many lost wishes a prediction shows with their reasons; the others are in `falloutd lost`. */
const MOST_SHOWN = 12;

/** A prediction that a build begins to verify: the wishes that will be lost, with why, and what was written. */
export function predictedLines(event: Extract<RunEvent, { kind: 'predicted' }>, style: Style): string[] {
  const { predictMs, managed, entries, lost } = event;
  const changes = entriesText(entries);
  const total = `${plural(managed, 'entry', 'entries')}${changes === '' ? '' : ` (${changes})`}`;
  return [
    ...missedLines(lost, style),
    ...hanging('  ', `predicted in ${duration(predictMs)}: ${missText(lost.length)}, ${total}`, style.width).map(
      style.colors.cyan,
    ),
    ...beyondLines(event.sideEffects, style).map(style.colors.cyan),
  ];
}

/** A line for each wish that will be lost: those that follow from one setting share one. */
function missedLines(lost: readonly Wish[], style: Style): string[] {
  const { groups, single } = byRoot(lost.toSorted(byPlace));
  const more = single.length - MOST_SHOWN;
  return [
    ...groups.flatMap(({ root, wishes }) => {
      const symbols = firstOf(wishes.map(({ symbol }) => symbol));
      return hanging('  ✗ ', `${wishes.length} because ${rootText(root)}: ${symbols}`, style.width);
    }),
    ...single.slice(0, MOST_SHOWN).flatMap((wish) => missedLine(wish, style)),
    ...(more > 0 ? [`    and ${more} more, once it is built, in \`falloutd lost\``] : []),
  ];
}

/** `✗ DEBUG_FSS: no such option` with its place; `!` where the symbol comes out with another value. */
function missedLine(wish: Wish, style: Style): string[] {
  const { symbol, wanted, got, kind, cause, position } = wish;
  const isThere = got !== null && got !== 'n';
  const isInRange = cause?.kind === 'range';
  const used = isThere && isInRange ? `using ${shownValue(got)}` : '';
  const other = isThere && !isInRange ? `got ${shownValue(got)}` : '';
  const what = kind === 'unknown' ? symbol : `${symbol} = ${shownValue(wanted)}`;
  const said = parts('; ', other, parts(', ', why(wish), used));
  const text = clean(`${what}: ${said === '' ? 'not in .config' : said}`);
  const mark = `  ${isThere ? '!' : '✗'} `;
  const place = placeText(position);
  const line = atBothEnds(mark + text, place, style);
  return line === null ? hanging(mark, parts(' ', text, place === '' ? '' : `(${place})`), style.width) : [line];
}

function beyondLines(effects: SideEffects | undefined, style: Style): string[] {
  const text = beyondText(effects);
  return text === '' ? [] : hanging('  ', text, style.width);
}

const missText = (lost: number): string =>
  lost === 0 ? 'every wish honoured' : `${lost} of your wishes ${lost === 1 ? 'misses' : 'miss'}`;

/** `+DRM_I915, SND and 3 more; −USB_SERIAL`: entries that were written, and taken out. */
function entriesText(entries: readonly EntryChange[]): string {
  const [gone, written] = [true, false].map((isGone) =>
    firstOf(entries.filter(({ to }) => (to === null) === isGone).map(({ symbol }) => symbol)),
  );
  return parts('; ', written === '' ? '' : `+${written}`, gone === '' ? '' : `−${gone}`);
}
