/** What a machine names: on the command line, by its host, as loaded. */
import type { Configuration } from '../../kconfig/index.ts';
import type { KeptBecause } from '../../model/keptModule.ts';
import type { ModuleRule } from '../modules/folderRules.ts';
import type { ModuleIndex } from '../modules/moduleIndex.ts';
import { moduleValuesIn, rulesFor } from '../modules/moduleQueries.ts';
import type { Wanted as WantedOfHost } from '../needs.ts';
import type { Machine } from './machine.ts';

/** What is named, and by whom. */
export type Named = { because: KeptBecause } & (
  | { by: 'module'; rules: ModuleRule[] }
  /** `holds`: the values that are enough; none where only the host can judge. */
  | { by: 'option'; symbol: string; holds: readonly ('y' | 'm' | 'n')[] }
);

/** All that is named, and of what somebody names, what is nothing of this kernel, and what is off. */
export function namedBy(
  index: ModuleIndex,
  { keep, needs, ...machine }: Machine,
  configuration: Configuration,
): { named: Named[]; unknown: string[]; off: string[] } {
  const [unknown, off]: [string[], string[]] = [[], []];
  const valueUnder = moduleValuesIn(index, configuration);
  const ofModule = (name: string, because: KeptBecause): Named[] => {
    const rules = rulesNamed(index, name);
    if (rules.length === 0) unknown.push(name);
    else if (rules.every((rule) => valueUnder(rule) === 'n')) off.push(name);
    return rules.length === 0 ? [] : [{ because, by: 'module', rules }];
  };
  const asked = keep.flatMap((name) => {
    const symbol = configuration.symbol(name.replace(/^CONFIG_/, ''));
    const because = { kind: 'asked' } as const;
    if (symbol === undefined || symbol.menus.length === 0) return ofModule(name, because);
    if (configuration.value(symbol) === 'n') off.push(name);
    return [{ because, by: 'option', symbol: symbol.name ?? '', holds: ['y', 'm'] } satisfies Named];
  });
  const loaded = machine.kind === 'hardware' ? [] : machine.modules;
  const ofHost = needs.flatMap((each) => neededOf(each, index));
  const ofLoaded = loaded.flatMap((name) => ofModule(name, { kind: 'loaded' }));
  return { named: [...asked, ...ofHost, ...ofLoaded], unknown, off };
}

/** Of several names of a module one is enough for a host. */
function neededOf({ need, ...wanted }: WantedOfHost, index: ModuleIndex): Named[] {
  const because = { kind: 'host', need } as const;
  switch (wanted.by) {
    case 'module': {
      const rules = wanted.names.flatMap((name) => rulesNamed(index, name));
      return rules.length === 0 ? [] : [{ because, by: 'module', rules }];
    }
    case 'option':
      return [{ because, by: 'option', symbol: wanted.symbol, holds: wanted.holds }];
    case 'assertion': {
      const { symbol } = wanted.requirement;
      return symbol === null ? [] : [{ because, by: 'option', symbol, holds: [] }];
    }
  }
}

function rulesNamed(index: ModuleIndex, name: string): ModuleRule[] {
  const found = rulesFor(index, name);
  if (found.kind === 'unknown') return [];
  return found.named.length > 0 ? found.named : found.aliased;
}
