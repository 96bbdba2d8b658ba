// Not by the index: whoever shows a cause need not load the engine.
import { needsText } from '../kconfig/explain/conditionText.ts';
import type { Cause, Holder } from '../model/cause.ts';
import { askerName } from '../model/asker.ts';
import { firstOf } from '../system/someOf.ts';

/** A cause in one line: `selected by RTL8192CE`, `depends on SND_SOC [=n]`. */
export function causeText(cause: Cause): string {
  switch (cause.kind) {
    case 'selected':
    case 'implied':
      return `${cause.kind} by ${holdersText(cause.by)}`;
    case 'needs':
      return needsText(cause.condition);
    case 'no-prompt':
      return [promptText(cause), setterText(cause.setBy), ...reachText(cause)].join('; ');
    case 'chosen':
      return cause.itself ? 'its choice needs a member, and no other took its place' : `its choice has ${cause.has}`;
    case 'range':
      return `out of range ${cause.low}..${cause.high}`;
    case 'out-of-range':
      return 'out of range';
    case 'malformed':
      return `it is ${cause.type === 'int' ? 'an' : 'a'} ${cause.type}${TAKES[cause.type] ?? ''}`;
    case 'empty-text':
      return 'an empty text cannot be asked for';
    case 'first-pass':
      return `was offered ${cause.offered.join('/')} only: ${cause.by.length === 0 ? 'what it depends on' : list(cause.by)} changes later in the tree`;
    case 'unknown':
      return unknownText(cause);
    case 'unmet':
    case 'invisible':
      return `${cause.kind === 'unmet' ? 'depends on' : 'visible if'} ${list(cause.unmet.map(({ symbol, value }) => `${symbol} [=${value}]`))}`;
    case 'dependencies-hold':
      return `depends on ${cause.expression}, which holds: the log does not say more`;
    case 'not-tristate': {
      const needs = cause.needs === undefined ? '' : `; y ${needsText(cause.needs)}`;
      return `it is a ${cause.type}: it cannot be m${needs}`;
    }
    case 'no-modules':
      return 'there are no modules: MODULES is off';
    case 'choice':
      return `one choice with ${cause.with.join(', ')}`;
    case 'two-yes':
      return `two of one choice are asked to be y: ${cause.members.join(', ')}`;
    case 'overridden': {
      const place = cause.position === null ? '' : ` (${cause.position.file}:${cause.position.line})`;
      return `${askerName(cause.by)} sets ${cause.value ?? 'unset'}${place}`;
    }
    case 'conflict':
      return cause.definitions.map(({ file, value }) => `${file ?? 'a patch'} says ${value}`).join(', ');
    case 'spelling':
      return 'the same value in another spelling';
    case 'recorded':
      return cause.text;
  }
}

const TAKES: Readonly<Record<string, string>> = {
  bool: ', which takes y or n',
  tristate: ', which takes y, m or n',
  int: ', which takes a decimal number, such as 64',
  hex: ', which takes a hexadecimal number, such as 0x40',
};

const list = (names: readonly string[]): string => firstOf(names, names.length <= 4 ? 4 : 3);

/** So many groups of holders are named that others hold. */
const MOST_GROUPS = 2;

/** `A, B and 3 more, and by C, which D selects`. */
function holdersText(by: readonly Holder[]): string {
  const free = by
    .filter(({ heldBy }) => heldBy === undefined)
    .map(({ symbol, isWish }) => (isWish ? `${symbol} (your wish)` : symbol));
  const groups = new Map<string, string[]>();
  for (const { symbol, heldBy } of by) {
    if (heldBy === undefined) continue;
    const holding = `${list(heldBy)} ${heldBy.length === 1 ? 'selects' : 'select'}`;
    groups.set(holding, [...(groups.get(holding) ?? []), symbol]);
  }
  const held = [...groups].map(([holding, symbols]) => `${list(symbols)}, which ${holding}`);
  const more = by.length - free.length - [...groups.values()].slice(0, MOST_GROUPS).flat().length;
  return [
    ...(free.length === 0 ? [] : [list(free)]),
    ...held.slice(0, MOST_GROUPS),
    ...(more > 0 ? [`${more} more`] : []),
  ].join(', and by ');
}

type NoPrompt = Extract<Cause, { kind: 'no-prompt' }>;

function promptText({ needs }: NoPrompt): string {
  if (needs === null) return 'it has no prompt';
  return needs.kind === 'symbol' && needs.value === 'n'
    ? `no prompt while ${needs.symbol} is n`
    : `no prompt: it ${needsText(needs)}`;
}

function setterText(setBy: NoPrompt['setBy']): string {
  switch (setBy.kind) {
    case 'default':
      return `its default is ${setBy.value === '' ? '""' : setBy.value} (${setBy.file}:${setBy.line})`;
    case 'select':
      return `selected by ${holdersText(setBy.by)}`;
    case 'imply':
      return `implied by ${holdersText(setBy.by)}`;
    case 'nothing':
      return 'nothing sets it';
  }
}

const reachText = ({ reach }: NoPrompt): string[] => (reach === undefined ? [] : [needsText(reach)]);

function unknownText({ same, now, elsewhere, near }: Extract<Cause, { kind: 'unknown' }>): string {
  const meant = same.length > 0 ? same : near;
  if (now.length > 0) return `now called ${now.join(' and ')}`;
  if (elsewhere.length > 0 && same.length === 0)
    return `only ${list(elsewhere)} ${elsewhere.length === 1 ? 'has' : 'have'} it`;
  return meant.length === 0 ? 'no such option' : `no such option; did you mean ${meant.join(' or ')}?`;
}

/** `data` as JSON. Every cause in it also has its text, for readers that do not know the kinds. */
export function jsonOf(data: unknown, indent?: number): string {
  const withText = (key: string, value: unknown): unknown =>
    key === 'cause' && typeof value === 'object' && value !== null
      ? { ...value, text: causeText(value as Cause) }
      : value;
  return JSON.stringify(data, withText, indent);
}
