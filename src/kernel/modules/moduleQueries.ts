/** What the index of modules answers. */
import type { Configuration } from '../../kconfig/index.ts';
import type { MadeModules, Role } from '../../model/keptModule.ts';
import { judgeOf, NEVER, type ValueOf } from './conditions.ts';
import { moduleName, type ModuleRule } from './folderRules.ts';
import type { ModuleIndex } from './moduleIndex.ts';

type ModuleValue = 'y' | 'm' | 'n';

export type ListedModule = {
  module: string;
  symbols: string[];
  /** null: there is no `.config` to say it. */
  value: ModuleValue | null;
  file: string;
};

/** What can become a module, in the order of names, with what the values of a `.config` make of it. */
export function moduleList(index: ModuleIndex, valueOf: ValueOf | null): ListedModule[] {
  const valueUnder = valueOf === null ? () => null : moduleValues(index, valueOf);
  return index.rules
    .filter(({ modular }) => modular !== NEVER)
    .map((rule) => ({ module: rule.module, symbols: rule.symbols, value: valueUnder(rule), file: rule.file }))
    .sort((a, b) => before(a.module, b.module) || before(a.file, b.file));
}

const before = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The rules of the modules that a symbol makes, alone or with others, by number. */
export const rulesBy = ({ rules }: ModuleIndex, symbol: string): [number, ModuleRule][] =>
  [...rules.entries()].filter(([, { symbols, modular }]) => modular !== NEVER && symbols.includes(symbol));

/** What a symbol makes. */
export function madeBy(index: ModuleIndex, symbol: string): MadeModules {
  const own = rulesBy(index, symbol);
  return {
    modules: [...new Set(own.map(([, { module }]) => module))].sort(),
    role: own.length === 0 ? null : roleBy(own.map(([number]) => index.buses.get(number) ?? [])),
  };
}

/** The role of what binds to devices on these buses. */
export const roleBy = (buses: readonly (readonly string[])[]): Role =>
  buses.some((each) => each.length > 0) ? 'driver' : 'functionality';

/** The modules that bind to devices. */
export const driversIn = ({ rules, buses }: ModuleIndex): Set<string> =>
  new Set(rules.flatMap(({ module }, number) => ((buses.get(number) ?? []).length > 0 ? module : [])));

/** Says what the values of a `.config` make of a rule: built in, a module, or nothing. */
export function moduleValues({ conditions }: ModuleIndex, valueOf: ValueOf): (rule: ModuleRule) => ModuleValue {
  const holds = judgeOf(conditions, valueOf);
  return ({ builtIn, modular }) => (holds(builtIn) ? 'y' : holds(modular) ? 'm' : 'n');
}

/** The same of a configuration. */
export const moduleValuesIn = (index: ModuleIndex, configuration: Configuration): ReturnType<typeof moduleValues> =>
  moduleValues(index, (name) => {
    const symbol = configuration.symbol(name);
    return symbol === undefined ? null : configuration.value(symbol);
  });

/** How many object files a `.config` has compiled. */
export function objectsUnder({ conditions, objects }: ModuleIndex, valueOf: ValueOf): number {
  const holds = judgeOf(conditions, valueOf);
  let count = 0;
  for (const when of objects.values()) if (holds(when)) count++;
  return count;
}

export type RulesFor =
  /** `named`: of modules of this name; `aliased`: of those that have it as an alias. */
  { kind: 'rules'; named: ModuleRule[]; aliased: ModuleRule[] } | { kind: 'unknown' };

/**
 * What modprobe could load under a name: modules of that name, and those with such an alias. What can only be built in counts where
 * no module has the name.
 */
export function rulesFor(index: ModuleIndex, name: string): RulesFor {
  const asked = moduleName(name);
  const { byModule, patterns } = lookupOf(index);
  const sameName = byModule.get(asked) ?? [];
  const modules = sameName.filter(({ modular }) => modular !== NEVER);
  const named = modules.length > 0 ? modules : sameName;
  const numbers = new Set(index.aliases.get(asked));
  for (const [pattern, each] of patterns) if (pattern.test(asked)) for (const number of each) numbers.add(number);
  const aliased = [...numbers].flatMap((number) => index.rules[number] ?? []);
  return named.length + aliased.length === 0 ? { kind: 'unknown' } : { kind: 'rules', named, aliased };
}

/** The symbols that make the modules of these names or aliases. */
export function symbolsOf(index: ModuleIndex, names: readonly string[]): Set<string> {
  const rules = names.map((name) => rulesFor(index, name));
  return new Set(
    rules.flatMap((found) =>
      found.kind === 'rules' ? [...found.named, ...found.aliased].flatMap(({ symbols }) => symbols) : [],
    ),
  );
}

type Lookup = { byModule: Map<string, ModuleRule[]>; patterns: [RegExp, readonly number[]][] };

const lookups = new WeakMap<ModuleIndex, Lookup>();

/** What names are looked up in: many are asked for of one index. */
function lookupOf(index: ModuleIndex): Lookup {
  const known = lookups.get(index);
  if (known !== undefined) return known;
  const byModule = new Map<string, ModuleRule[]>();
  for (const rule of index.rules) {
    const same = byModule.get(rule.module);
    if (same === undefined) byModule.set(rule.module, [rule]);
    else same.push(rule);
  }
  const patterns = [...index.aliases]
    .filter(([alias]) => /[*?[]/.test(alias))
    .map(([alias, numbers]): Lookup['patterns'][number] => [patternOf(alias), numbers]);
  const lookup = { byModule, patterns };
  lookups.set(index, lookup);
  return lookup;
}

/** A shell's pattern, as aliases have them. */
function patternOf(alias: string): RegExp {
  const source = alias.replace(/[\\^$.*+?()[\]{}|]/g, (character) =>
    character === '*' ? '.*' : character === '?' ? '.' : `\\${character}`,
  );
  return new RegExp(`^${source}$`);
}
