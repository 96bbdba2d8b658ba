import { symbolsIn } from '../tree/expressions.ts';
import type { Kconfig, KSymbol } from '../tree/model.ts';

const known = new WeakMap<Kconfig, ReadonlyMap<KSymbol, number>>();

/** How many symbols depend on this one by name: what is turned off with it. */
export function dependentsCount(kconfig: Kconfig, symbol: KSymbol): number {
  const counts = known.get(kconfig) ?? counted(kconfig);
  known.set(kconfig, counts);
  return counts.get(symbol) ?? 0;
}

function counted(kconfig: Kconfig): Map<KSymbol, number> {
  const counts = new Map<KSymbol, number>();
  for (const { dependency, menus } of kconfig.symbols)
    if (menus.length > 0)
      for (const symbol of new Set(symbolsIn(dependency))) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
  return counts;
}
