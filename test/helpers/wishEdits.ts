/** What a user does to his wishes, as random edits, and the patches.nix that comes of them. */
import fc from 'fast-check';
import { printExpr, type Kconfig, type KSymbol } from '../../src/kconfig/index.ts';
import type { Ask, Value } from '../../src/model/value.ts';
import type { WishPatch } from './fakeNix.ts';
import { MANAGED } from './patchesText.ts';

export type Edit =
  | { kind: 'ask'; patch: number; symbol: string; ask: Ask; isForced: boolean }
  /** A line of the patch's `extraConfig` string. */
  | { kind: 'line'; patch: number; symbol: string; ask: Ask }
  /** The n-th wish goes, comes into the other patch, or is asked for with (or without) force. */
  | { kind: 'remove' | 'move' | 'force'; n: number }
  | { kind: 'swap' | 'clear' }
  /** No patch asks for the symbol any more. */
  | { kind: 'drop'; symbol: string }
  /** The n-th entry between the markers is deleted. */
  | { kind: 'delete-entry'; n: number }
  /** An editor with an older buffer: what stood between the markers n saves ago. */
  | { kind: 'old-entries'; n: number }
  /** The database is lost, the entries stay. */
  | { kind: 'forget' };

/** A symbol that may be asked for, the values it may be asked to be, and what it depends on, near and far. */
type Wishable = { symbol: string; values: readonly Value[]; parents: readonly string[] };

export type Wishes = [WishPatch, WishPatch];

export const noWishes = (): Wishes => [
  { name: 'hardware', wishes: new Map(), lines: new Map() },
  { name: 'desktop', wishes: new Map(), lines: new Map() },
];

const ON: Value = { kind: 'tristate', tristate: 'y' };
const TRISTATES: Value[] = [ON, { kind: 'tristate', tristate: 'm' }, { kind: 'tristate', tristate: 'n' }];
const UNSET: Value = { kind: 'unset' };
const texts = (...all: string[]): Value[] => all.map((text) => ({ kind: 'freeform', text }));

/** Every symbol of a tree, and one that it lacks. */
export function wishablesOf({ symbols }: Kconfig): Wishable[] {
  const named = new Map([...symbols].flatMap((symbol) => (symbol.name === null ? [] : [[symbol.name, symbol]])));
  const parentsOf = (name: string): string[] => {
    const found = new Set([name]);
    for (const each of found)
      for (const word of printExpr(named.get(each)?.dependency ?? null).match(/\w+/g) ?? [])
        if (TOGGLES.has(named.get(word)?.type ?? '')) found.add(word);
    return [...found].slice(1);
  };
  const wishables = [...named].map(([symbol, { type }]): Wishable => ({
    symbol,
    values: valuesOf(type),
    parents: parentsOf(symbol),
  }));
  return [
    ...wishables.filter(({ values }) => values.length > 0),
    { symbol: 'NO_SUCH_SYMBOL', values: TRISTATES, parents: [] },
  ];
}

const TOGGLES: ReadonlySet<string> = new Set(['bool', 'tristate']);

function valuesOf(type: KSymbol['type']): Value[] {
  switch (type) {
    case 'bool':
    case 'tristate':
      return [...TRISTATES, UNSET];
    case 'int':
      return [...texts('0', '1', '8', '17', '40', '300', '5000'), UNSET];
    case 'hex':
      return texts('0x200000', '0x00400000', '400000', '0x2');
    case 'string':
      return texts('plain', 'of words');
    case 'unknown':
      return [];
  }
}

/** Random saves, each of one edit or some; they mostly turn around a few of the symbols. */
export function savesOf(symbols: readonly Wishable[], maxLength: number): fc.Arbitrary<Edit[][]> {
  return fc
    .shuffledSubarray([...symbols], { minLength: Math.min(3, symbols.length), maxLength: Math.min(14, symbols.length) })
    .chain((pool) => {
      const asked = fc.constantFrom(...pool).chain(({ symbol, values }) =>
        fc.record({
          patch: fc.nat(1),
          symbol: fc.constant(symbol),
          ask: fc.record({ value: fc.constantFrom(...values), optional: seldom(6) }),
        }),
      );
      const nth = fc.nat(20);
      const edit = fc.oneof(
        {
          weight: 16,
          arbitrary: fc.tuple(asked, seldom(4)).map(([ask, isForced]): Edit => ({ kind: 'ask', ...ask, isForced })),
        },
        {
          weight: 1,
          arbitrary: asked
            .filter(({ ask }) => ask.value.kind !== 'unset')
            .map((line): Edit => ({ kind: 'line', ...line })),
        },
        { weight: 5, arbitrary: nth.map((n): Edit => ({ kind: 'remove', n })) },
        { weight: 2, arbitrary: nth.map((n): Edit => ({ kind: 'move', n })) },
        { weight: 1, arbitrary: nth.map((n): Edit => ({ kind: 'force', n })) },
        { weight: 1, arbitrary: fc.constantFrom<Edit>({ kind: 'swap' }, { kind: 'clear' }, { kind: 'forget' }) },
        { weight: 1, arbitrary: nth.map((n): Edit => ({ kind: 'delete-entry', n })) },
        { weight: 1, arbitrary: fc.nat(6).map((n): Edit => ({ kind: 'old-entries', n })) },
      );
      const saves = fc.oneof(
        { weight: 6, arbitrary: edit.map((one) => [[one]]) },
        { weight: 1, arbitrary: parentOffAndOn(symbols) },
      );
      return fc.array(saves, { minLength: 1, maxLength, size: 'max' }).map((all) => all.flat().slice(0, maxLength));
    });
}

/** A symbol is asked for, and something that it depends on is off; then that is no longer asked for. */
function parentOffAndOn(symbols: readonly Wishable[]): fc.Arbitrary<Edit[][]> {
  const ask = (patch: number, symbol: string, tristate: 'y' | 'n', isForced: boolean): Edit => {
    return { kind: 'ask', patch, symbol, ask: { value: { kind: 'tristate', tristate }, optional: false }, isForced };
  };
  const children = symbols.filter(({ parents, values }) => parents.length > 0 && values.includes(ON));
  return fc
    .constantFrom(...children)
    .chain(({ symbol, parents }) =>
      fc
        .constantFrom(...parents)
        .map((parent) => [[ask(0, symbol, 'y', false), ask(1, parent, 'n', true)], [{ kind: 'drop', symbol: parent }]]),
    );
}

const seldom = (n: number): fc.Arbitrary<boolean> => fc.nat(n).map((drawn) => drawn === n);

/** The wishes after an edit; the same where it changes none. */
export function edited(wishes: Wishes, edit: Edit): Wishes {
  const next = wishes.map((patch) => ({
    ...patch,
    wishes: new Map(patch.wishes),
    lines: new Map(patch.lines),
  })) as Wishes;
  const all = next.flatMap((patch) => [...patch.wishes].map(([symbol, wish]) => ({ patch, symbol, wish })));
  const nth = 'n' in edit ? all[edit.n % Math.max(1, all.length)] : undefined;
  switch (edit.kind) {
    case 'ask':
      next[edit.patch]?.wishes.set(edit.symbol, { ask: edit.ask, isForced: edit.isForced });
      break;
    case 'line':
      next[edit.patch]?.lines.set(edit.symbol, edit.ask);
      break;
    case 'remove':
      nth?.patch.wishes.delete(nth.symbol);
      // The strings go with the last of the wishes.
      if (all.length <= 1) for (const patch of next) patch.lines.clear();
      break;
    case 'move':
      if (nth === undefined) break;
      nth.patch.wishes.delete(nth.symbol);
      next.find((patch) => patch !== nth.patch)?.wishes.set(nth.symbol, nth.wish);
      break;
    case 'force':
      nth?.patch.wishes.set(nth.symbol, { ...nth.wish, isForced: !nth.wish.isForced });
      break;
    case 'drop':
      for (const patch of next) patch.wishes.delete(edit.symbol);
      break;
    case 'swap':
      next.reverse();
      break;
    case 'clear':
      return noWishes();
    case 'delete-entry':
    case 'old-entries':
    case 'forget':
  }
  return next;
}

/** patches.nix with these wishes, and the managed patch after them. */
export function wishesText(wishes: Wishes, managed = MANAGED): string {
  const patches = wishes.map(({ name, wishes: own, lines }) => {
    const settings = [...own].map(([symbol, { ask, isForced }]) => {
      const value = askText(ask);
      return `      ${symbol} = ${isForced ? `lib.mkForce (${value})` : value};\n`;
    });
    const text = [...lines].map(
      ([symbol, { value, optional }]) => `      ${symbol}${optional ? '?' : ''} ${valueWord(value)}\n`,
    );
    const legacy = text.length === 0 ? '' : `    extraConfig = ''\n${text.join('')}    '';\n`;
    return `  {\n    name = "${name}";\n    patch = null;\n    structuredExtraConfig = with lib.kernel; {\n${settings.join('')}    };\n${legacy}  }\n`;
  });
  return `{ lib, ... }:\n[\n${patches.join('')}${managed}]\n`;
}

function askText({ value, optional }: Ask): string {
  const plain =
    value.kind === 'unset'
      ? 'unset'
      : value.kind === 'freeform'
        ? `freeform ${JSON.stringify(value.text)}`
        : { y: 'yes', m: 'module', n: 'no' }[value.tristate];
  return optional ? `option (${plain})` : plain;
}

const valueWord = (value: Value): string =>
  value.kind === 'tristate' ? value.tristate : value.kind === 'freeform' ? value.text : '';
