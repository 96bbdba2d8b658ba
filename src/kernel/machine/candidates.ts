/** The symbols of a .config that make modules, each with its modules. */
import type { Configuration, KSymbol } from '../../kconfig/index.ts';
import type { Role } from '../../model/keptModule.ts';
import type { ModuleRule } from '../modules/folderRules.ts';
import type { ModuleIndex } from '../modules/moduleIndex.ts';
import { moduleValuesIn, roleBy } from '../modules/moduleQueries.ts';
import { isOption } from '../wantedConfig.ts';

/** A module, with the buses that its devices sit on. */
export type Driver = { rule: ModuleRule; buses: readonly string[] };

/** A symbol that is m, and what it makes. */
export type Candidate = {
  symbol: KSymbol;
  name: string;
  modules: Driver[];
  role: Role;
  /** Whether one of its modules is loaded for something that is no device. */
  isOnDemand: boolean;
  /** Whether somebody can turn it off. */
  isOption: boolean;
};

/**
 * @param known the buses of modules that are known better than by their sources.
 */
export function candidatesIn(
  configuration: Configuration,
  index: ModuleIndex,
  known: ReadonlyMap<string, readonly string[]>,
): Candidate[] {
  const valueUnder = moduleValuesIn(index, configuration);
  const found = new Map<KSymbol, (Driver & { isOnDemand: boolean })[]>();
  for (const [number, rule] of index.rules.entries()) {
    if (valueUnder(rule) !== 'm') continue;
    const buses = known.get(rule.module) ?? index.buses.get(number) ?? [];
    for (const name of rule.symbols) {
      const symbol = configuration.symbol(name);
      if (symbol === undefined || configuration.value(symbol) !== 'm') continue;
      found.set(symbol, [...(found.get(symbol) ?? []), { rule, buses, isOnDemand: index.onDemand.has(number) }]);
    }
  }
  return Array.from(found, ([symbol, modules]) => ({
    symbol,
    name: symbol.name ?? '',
    modules,
    role: roleBy(modules.map(({ buses }) => buses)),
    isOnDemand: modules.some((module) => module.isOnDemand),
    isOption: isOption(symbol) && configuration.isChangeable(symbol),
  }));
}
