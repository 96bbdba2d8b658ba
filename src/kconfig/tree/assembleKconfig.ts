import type { Kconfig } from './model.ts';
import type { SymbolTable } from './symbolTable.ts';

/** The size of conf's hash table: SYMBOL_HASHSIZE in expr.h, since 6.12 in internal.h. */
const BUCKETS = { symbol: 9973, ranked: 1 << 14 } as const;

/** A tree of its parts: what follows from the table of symbols is added. */
export function assembleKconfig(
  table: SymbolTable,
  parts: Omit<Kconfig, 'symbols' | 'hashOrder' | 'byName' | 'constants'>,
): Kconfig {
  const hashOrder = table.inHashOrder(BUCKETS[parts.dialect.choices]);
  return { ...parts, symbols: table.all, hashOrder, byName: table.byName, constants: table };
}
