/** The wishes that changes follow from: between two results every step is a symbol that changed, so the walk needs no wanted value as that of `roots.ts` does. */
import { changedBy, type Configuration, type KSymbol } from '../kconfig/index.ts';
import type { Said } from '../fallout/intents.ts';
import { isHonoured } from '../script/dotConfig.ts';

/** A wish that a change follows from, and how many steps it is away. */
export type Follows = { wish: Said; steps: number };

/** More than these would be read by nobody. */
const MOST_WISHES = 8;

/**
 * For each of these symbols the wishes that its change from `before` to `after` follows from, the nearest first. A chain ends
 * at the first wish that got what it asks for. What follows from none has an empty list.
 */
export function rootsOfChanges(
  symbols: readonly KSymbol[],
  before: Configuration,
  after: Configuration,
  wishes: ReadonlyMap<string, Said>,
): Map<KSymbol, Follows[]> {
  const follows = new Map<KSymbol, KSymbol[]>();
  const found = new Map<KSymbol, Follows[]>();
  const reached: { symbol: KSymbol; wish: Said; steps: number }[] = [];
  // A set goes on with what is added to it.
  const seen = new Set(symbols);
  for (const symbol of seen) {
    const wish = wishes.get(symbol.name ?? '');
    const sources = wish !== undefined && isHonouredIn(wish, after, symbol) ? [] : changedBy(before, after, symbol);
    if (wish !== undefined && sources.length === 0) reached.push({ symbol, wish, steps: 0 });
    for (const source of sources) {
      follows.set(source, [...(follows.get(source) ?? []), symbol]);
      seen.add(source);
    }
  }
  // Breadth first from all wishes at once, so that the nearest comes first.
  for (let at = 0; at < reached.length; at++) {
    const { symbol, wish, steps } = reached[at] as (typeof reached)[number];
    const known = found.get(symbol) ?? [];
    if (known.length >= MOST_WISHES || known.some((each) => each.wish === wish)) continue;
    found.set(symbol, [...known, { wish, steps }]);
    for (const next of follows.get(symbol) ?? []) reached.push({ symbol: next, wish, steps: steps + 1 });
  }
  return found;
}

function isHonouredIn({ wanted }: Said, after: Configuration, symbol: KSymbol): boolean {
  const got = after.isWritten(symbol) ? after.value(symbol) : null;
  return wanted === null || isHonoured(got, wanted);
}
