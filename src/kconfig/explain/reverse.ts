import { namedSymbol, type Kconfig, type KSymbol, type Property } from '../tree/model.ts';

/** A select or imply: the symbol that has it, and the property. */
export type Reverse = { source: KSymbol; property: Property };

type Index = ReadonlyMap<KSymbol, readonly Reverse[]>;

const known = new WeakMap<Kconfig, { select: Index; imply: Index }>();

/** What selects or implies a symbol, in the order of the tree. */
export function reversesOf(kconfig: Kconfig, symbol: KSymbol, kind: 'select' | 'imply'): readonly Reverse[] {
  const index = known.get(kconfig) ?? { select: indexOf(kconfig, 'select'), imply: indexOf(kconfig, 'imply') };
  known.set(kconfig, index);
  return index[kind].get(symbol) ?? [];
}

function indexOf(kconfig: Kconfig, kind: 'select' | 'imply'): Index {
  const index = new Map<KSymbol, Reverse[]>();
  for (const source of kconfig.symbols)
    for (const property of source.properties) {
      const target = property.kind === kind ? namedSymbol(property) : null;
      if (target === null) continue;
      const reverses = index.get(target);
      if (reverses === undefined) index.set(target, [{ source, property }]);
      else reverses.push({ source, property });
    }
  return index;
}
