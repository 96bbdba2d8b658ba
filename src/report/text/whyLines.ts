/** All that is known of symbols of a target, for a person: a screen for each. */
import { causeText } from '../../fallout/causeText.ts';
import type { AskedValue, Why } from '../../model/why.ts';
import { askerName } from '../../model/asker.ts';
import { isOff } from '../../script/dotConfig.ts';
import type { Documents } from '../data/documentSchemas.ts';
import { placeText, rootText, shownValue } from './falloutText.ts';
import { parts } from './sentenceParts.ts';
import { clean, cut, hanging, type Style } from './style.ts';
import { definitionLines, madeLines, namedLines } from './symbolLines.ts';
import { table } from './table.ts';

export function whyLines({ symbols }: Documents['why'], style: Style): string[] {
  return symbols.flatMap((why, i) => [...(i === 0 ? [] : ['']), ...symbolLines(why, style)]);
}

function symbolLines(why: Why, style: Style): string[] {
  const { width, colors } = style;
  const { symbol, type, definitions, selectedBy, impliedBy, dependents } = why;
  const said = (text: string): string[] => (text === '' ? [] : hanging('  ', text, width));
  const held = ({ on, off }: Why['selectedBy']): { on: string[]; off: number } => ({
    on: on.map((holder) => `${holder.symbol} (${holder.level})`),
    off,
  });
  return [
    ...hanging('', `${symbol} = ${valuesText(why)}`, width).map(colors.bold),
    ...said(`${type}${definitions.some(({ prompt }) => prompt !== null) ? '' : ' without a prompt'}`),
    ...definitionLines(definitions, style),
    ...askedLines(why.asked, style),
    ...said(reasonText(why)),
    ...why.roots.flatMap((root) => hanging('    ', `because ${rootText(root)}`, width)),
    ...namedLines('selected by', held(selectedBy), style),
    ...namedLines('implied by', held(impliedBy), style),
    ...namedLines('what depends on it:', dependents, style),
    ...said(couldBeText(why)),
    ...said(entryText(why)),
    ...madeLines(why, style),
    ...helpLines(why.help, style),
  ];
}

const valueText = (value: string | null): string => (value === null ? 'not in .config' : shownValue(value));

/** `m in the predicted .config, n in the last stable one`. */
function valuesText({ predicted, lastStable }: Why): string {
  const now = valueText(predicted);
  if (lastStable === null) return `${now}, as predicted`;
  const before = valueText(lastStable.value);
  return now === before
    ? `${now}, as predicted and in the last stable run`
    : `${now} as predicted, ${before} in the last stable run`;
}

/** Who asks, the one that counts marked. */
function askedLines(asked: readonly AskedValue[], { width, colors }: Style): string[] {
  if (asked.length === 0) return ['  nobody asks for it'];
  const rows = asked.map(({ by, position, value, optional, priority, wins }) => [
    { text: wins ? '→' : ' ' },
    {
      text: `${optional ? 'option ' : ''}${value === null ? 'unset' : shownValue(value)}`,
      paint: wins ? colors.bold : undefined,
    },
    { text: parts(', ', askerName(by), placeText(position)) },
    { text: priority === null ? 'in a string' : priority === 100 ? '' : `priority ${priority}` },
  ]);
  const columns = [{}, {}, { shrink: 'wrap' as const }, {}];
  return ['  asked for by', ...table(columns, rows, width - 4).map((line) => `    ${line}`.trimEnd())];
}

/** Why it has the value. */
function reasonText({ asked, predicted, cause }: Why): string {
  const wanted = asked.find(({ wins }) => wins)?.value ?? null;
  if (wanted !== null) return cause === null ? 'honoured' : `not honoured: ${causeText(cause)}`;
  if (cause === null) return 'nothing keeps it from another value';
  return `${isOff(predicted) ? 'off' : 'on'}: ${causeText(cause)}`;
}

/** Of a text nobody knows what it could be. */
function couldBeText({ type, couldBe }: Why): string {
  if (couldBe.length > 0) return `could be ${couldBe.join(', ')}`;
  return type === 'bool' || type === 'tristate' ? 'could be nothing else now' : '';
}

function entryText({ entry }: Why): string {
  if (entry === null) return '';
  const since = entry.sinceRun === null ? 'not written yet' : `since run ${entry.sinceRun}`;
  return `in the managed patch, ${since}: ${entry.setting}  # ${entry.reason}`;
}

/** So many lines of a help text are shown. */
const MOST_HELP = 8;

function helpLines(help: string | null, { width, colors }: Style): string[] {
  const lines = (help ?? '')
    .replace(/^(?:[ \t]*\n)+/, '')
    .trimEnd()
    .split('\n');
  if (help === null || help.trim() === '') return [];
  const shown = lines.slice(0, MOST_HELP).map((line) => cut(clean(`    ${line}`), width).trimEnd());
  return ['', ...shown, ...(lines.length > MOST_HELP ? ['    …'] : [])].map((line) => colors.dim(line));
}
