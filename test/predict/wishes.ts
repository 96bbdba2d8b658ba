/** Wish sets as people write them, and as nobody would, made from a kernel's own symbols by a seed. */
import { printExpr, type Kconfig, type KSymbol } from '../../src/kconfig/index.ts';
import { attributeName, nixString } from '../../src/nixfile/strings.ts';
import { sha256 } from '../../src/system/contentHash.ts';
import { listText, MANAGED, patchText } from '../helpers/patchesText.ts';
import { generator } from '../helpers/plannedFiles.ts';

/** `count` wishes, and the patches.nix that asks for them. `value` is an expression in Nix. */
export type WishSet = { count: number; text: string; wishes: readonly { symbol: string; value: string }[] };

const PATCHES = ['hardware', 'desktop', 'tuning'];
const FEWEST = 5;
const MOST = 300;

type Wish = { symbol: string; value: string; isForced: boolean; patch: number };

/** The symbols of a tree by what can be asked of them. */
export class Wishables {
  readonly #asked: KSymbol[];
  readonly #hidden: KSymbol[];
  readonly #numbers: KSymbol[];
  readonly #strings: KSymbol[];
  readonly #choices: KSymbol[][];
  readonly #parents: { parent: KSymbol; children: KSymbol[] }[];

  constructor({ symbols, choices, byName }: Kconfig) {
    const defined = symbols.filter(({ name, constant, menus }) => name !== null && !constant && menus.length > 0);
    const hasPrompt = ({ menus }: KSymbol): boolean => menus.some(({ prompt }) => prompt !== null);
    const asked = defined.filter(hasPrompt);
    this.#asked = asked.filter(isLogic);
    this.#hidden = defined.filter((symbol) => !hasPrompt(symbol));
    this.#numbers = asked.filter(({ type }) => type === 'int' || type === 'hex');
    this.#strings = asked.filter(({ type }) => type === 'string');
    this.#choices = choices.map(({ members }) => members).filter(({ length }) => length > 1);
    const below = new Map<KSymbol, KSymbol[]>();
    for (const child of this.#asked)
      for (const word of new Set(printExpr(child.dependency).match(/\w+/g))) {
        const parent = byName.get(word);
        if (parent === undefined || !isLogic(parent) || !hasPrompt(parent)) continue;
        below.set(parent, [...(below.get(parent) ?? []), child]);
      }
    this.#parents = [...below].map(([parent, children]) => ({ parent, children }));
  }

  /** The wish set of a seed. */
  draw(seed: number): WishSet {
    // Numbers of neighbouring seeds would be alike.
    const random = generator(Number.parseInt(sha256(String(seed)).slice(0, 8), 16));
    const count = Math.round(FEWEST * (MOST / FEWEST) ** random());
    const draw = new Draw(random);
    const wishes: Wish[] = [];
    const wish = (symbol: string, value: string, force = 0.6): void => {
      const optional = value !== 'unset' && draw.chance(0.05) ? `option (${value})` : value;
      wishes.push({ symbol, value: optional, isForced: draw.chance(force), patch: draw.below(PATCHES.length) });
    };
    if (draw.chance(0.1)) wish('MODULES', 'no', 0.8);
    while (wishes.length < count) this.#add(draw, wish);
    return { count: wishes.length, text: textOf(wishes, draw), wishes };
  }

  #add(draw: Draw, wish: (symbol: string, value: string) => void): void {
    const tristate = (): string => draw.of(['yes', 'no', 'module']);
    const kind = draw.below(100);
    if (kind < 30) {
      const { parent, children } = draw.of(this.#parents);
      wish(parent.name ?? '', draw.chance(0.85) ? 'no' : tristate());
      const wanted = draw.below(4);
      for (let i = 0; i < wanted; i++) wish(draw.of(children).name ?? '', draw.of(['yes', 'module', 'module', 'no']));
    } else if (kind < 60) wish(draw.of(this.#asked).name ?? '', tristate());
    else if (kind < 68) wish(draw.of(this.#hidden).name ?? '', tristate());
    else if (kind < 80) {
      const symbol = draw.of(this.#numbers);
      wish(symbol.name ?? '', `freeform ${nixString(numberFor(symbol, draw))}`);
    } else if (kind < 85) wish(draw.of(this.#strings).name ?? '', `freeform ${nixString(draw.of(TEXTS))}`);
    else if (kind < 92) {
      const members = draw.of(this.#choices);
      const wanted = draw.chance(0.3) ? 2 : 1;
      for (let i = 0; i < wanted; i++) wish(draw.of(members).name ?? '', draw.chance(0.85) ? 'yes' : 'no');
    } else if (kind < 97) {
      const name = draw.of(this.#asked).name ?? '';
      wish(draw.of([`${name}S`, name.slice(1), name.toLowerCase(), `CONFIG_${name}`]) || 'X', tristate());
    } else wish(draw.of(this.#asked).name ?? '', 'unset');
  }
}

const isLogic = ({ type }: KSymbol): boolean => type === 'bool' || type === 'tristate';

const TEXTS = [
  '',
  'plain',
  'of several words',
  'with "quotes"',
  'back\\slash',
  'a # comment',
  '-mine',
  ' blanks ',
  'y',
  '5',
];

/** Within the range, at its ends, past them, in other spellings, or no number at all. */
function numberFor({ type, properties }: KSymbol, draw: Draw): string {
  const ends = properties
    .flatMap(({ range }) => range?.map(({ name }) => name ?? '') ?? [])
    .filter((end) => /^\d/.test(end));
  const near = ends.length > 0 ? Number(draw.of(ends)) : draw.of([0, 1, 8, 64, 4096]);
  const value = Math.max(0, near + draw.of([-1, 0, 0, 1, 5, 1000]));
  const spelling = draw.below(10);
  if (spelling === 0) return draw.of(['many', '-1', '0x', '99999999999999999999']);
  if (type === 'int') return spelling === 1 ? `0${value}` : String(value);
  return spelling === 1 ? value.toString(16) : `0x${value.toString(16)}`;
}

function textOf(wishes: readonly Wish[], draw: Draw): string {
  const patches = PATCHES.map((name, i) => {
    const own = new Map(wishes.filter(({ patch }) => patch === i).map((wish) => [wish.symbol, wish]));
    const lines = [...own.values()].map(
      ({ symbol, value, isForced }) =>
        `${attributeName(symbol)} = ${isForced ? `lib.mkForce (${value})` : `(${value})`};`,
    );
    return patchText(name, lines.join('\n'));
  });
  // The managed patch need not be the last one.
  const managedAt = draw.chance(0.8) ? patches.length : draw.below(patches.length);
  return listText([...patches.slice(0, managedAt), MANAGED, ...patches.slice(managedAt)]);
}

/** What a seed decides. */
class Draw {
  constructor(private readonly random: () => number) {}

  below(n: number): number {
    return Math.floor(this.random() * n);
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  of<T>(all: readonly T[]): T {
    const drawn = all[this.below(all.length)];
    if (drawn === undefined) throw new Error('there is nothing to draw from');
    return drawn;
  }
}
