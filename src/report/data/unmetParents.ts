import { isWish } from '../../model/asker.ts';
import type { Cause, Condition } from '../../model/cause.ts';
import type { Wish } from '../../model/fallout.ts';

/** A symbol that is off, and how many lost wishes wait for it. */
export type UnmetParent = { symbol: string; waiting: number };

/** The symbols that lost wishes need, directly or at the end of their chain, those first that most wait for; what one alone waits for is left out. */
export function unmetParents(lost: readonly Wish[]): UnmetParent[] {
  const waiting = new Map<string, number>();
  for (const wish of lost.filter(isWish))
    for (const symbol of needsOf(wish)) waiting.set(symbol, (waiting.get(symbol) ?? 0) + 1);
  return [...waiting]
    .filter(([, count]) => count > 1)
    .map(([symbol, count]) => ({ symbol, waiting: count }))
    .sort((a, b) => b.waiting - a.waiting || (a.symbol < b.symbol ? -1 : 1));
}

function needsOf({ cause, roots = [], wanted }: Wish): Set<string> {
  if (wanted === 'n') return new Set();
  const ends = roots.filter(({ value }) => value === 'n').map(({ symbol }) => symbol);
  return new Set([...needed(cause), ...ends]);
}

function needed(cause: Cause | undefined): string[] {
  if (cause?.kind === 'needs') return symbolsIn(cause.condition);
  return cause?.kind === 'no-prompt' && cause.needs !== null ? symbolsIn(cause.needs) : [];
}

function symbolsIn(condition: Condition): string[] {
  if (condition.kind === 'all' || condition.kind === 'any') return condition.of.flatMap(symbolsIn);
  return condition.kind === 'symbol' && !['n', 'm'].includes(condition.symbol) ? [condition.symbol] : [];
}
