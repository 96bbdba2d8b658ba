/** What two .config files have differently, as the kernel's scripts/diffconfig shows it. */
import type { SymbolChange } from '../model/symbolChange.ts';

/** `-FOO y` gone, ` BAZ m -> y` changed, `+BAR m` new; each part by name. */
export function compareSymbols(from: ReadonlyMap<string, string>, to: ReadonlyMap<string, string>): SymbolChange[] {
  const changes = [...new Set([...from.keys(), ...to.keys()])].sort().flatMap((symbol): SymbolChange[] => {
    const [before, after] = [from.get(symbol) ?? null, to.get(symbol) ?? null];
    return before === after ? [] : [{ symbol, from: before, to: after }];
  });
  return [
    ...changes.filter((change) => change.to === null),
    ...changes.filter((change) => change.from !== null && change.to !== null),
    ...changes.filter((change) => change.from === null),
  ];
}
