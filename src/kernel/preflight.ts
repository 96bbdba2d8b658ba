/** What a .config has of what a host needs: each need mapped to symbols, and looked up. */
import type { Configuration } from '../kconfig/index.ts';
import type { Root } from '../model/cause.ts';
import type { Miss, Need, Preflight } from '../model/preflight.ts';
import { moduleValues, rulesFor } from './modules/moduleQueries.ts';
import type { ModuleIndex } from './modules/moduleIndex.ts';
import type { Asking } from './baseline.ts';
import type { Wanted } from './needs.ts';
import type { AskedBy } from './causes.ts';
import type { RootsOf } from './roots.ts';

/** What a host needs, and the .config in which it is looked up. */
export type PreflightInput = {
  asking: Asking;
  dotConfig: string;
  wanted: Wanted[];
  /** Modules that come from outside of the kernel. */
  foreign: string[];
  /** What the requirements that only they can judge come to, by their line. */
  judged: [string, boolean][];
};

/** The finished configuration, and what explains it. */
export type Examined = {
  configuration: Configuration;
  /** null: it cannot be had. */
  modules: ModuleIndex | null;
  rootsOf: RootsOf;
  asked: AskedBy;
  /** Modules that come from outside of the kernel. */
  foreign: ReadonlySet<string>;
  /** What the requirements that only they can judge come to, by their line. */
  judged: ReadonlyMap<string, boolean>;
};

/** Looks up every need. What maps to no option of this kernel is unknown, never missing. */
export function preflight(wanted: readonly Wanted[], examined: Examined): Preflight {
  const { modules, configuration } = examined;
  const index = modules && { modules, valueUnder: moduleValues(modules, (symbol) => valueOf(configuration, symbol)) };
  const found = wanted.map((each) => ({ each, result: lookUp(each, examined, index) }));
  return {
    misses: found.flatMap(({ each: { need, isFatal }, result }): Miss[] =>
      result.kind === 'missing'
        ? [{ need, severity: isFatal ? 'error' : 'warning', ...explained(result.symbols, examined) }]
        : [],
    ),
    unknown: found.flatMap(({ each: { need }, result }): Need[] => (result.kind === 'unknown' ? [need] : [])),
    met: found.filter(({ result }) => result.kind === 'met').length,
  };
}

/** The modules of the kernel, and what the .config makes of each. */
type Index = { modules: ModuleIndex; valueUnder: ReturnType<typeof moduleValues> };

type Found = { kind: 'met' } | { kind: 'unknown' } | { kind: 'missing'; symbols: string[] };

function lookUp(wanted: Wanted, examined: Examined, index: Index | null): Found {
  switch (wanted.by) {
    case 'module':
      return index === null ? { kind: 'unknown' } : foundModule(wanted.names, examined, index);
    case 'option': {
      const value = valueOf(examined.configuration, wanted.symbol);
      if (value === null) return { kind: 'unknown' };
      const letter = value === 'y' || value === 'm' ? value : 'n';
      if (wanted.holds.includes(letter)) return { kind: 'met' };
      return { kind: 'missing', symbols: [wanted.symbol] };
    }
    case 'assertion': {
      const holds = examined.judged.get(wanted.requirement.line);
      if (holds === undefined) return { kind: 'unknown' };
      const { symbol } = wanted.requirement;
      return holds ? { kind: 'met' } : { kind: 'missing', symbols: symbol === null ? [] : [symbol] };
    }
  }
}

/** A module is there where one of the names is built in, a module, or an alias of one. */
function foundModule(
  names: readonly string[],
  { configuration, foreign }: Examined,
  { modules, valueUnder }: Index,
): Found {
  const known = names.flatMap((name) => {
    const rules = rulesFor(modules, name);
    return rules.kind === 'unknown' ? [] : [...rules.named, ...rules.aliased];
  });
  if (known.length === 0) return { kind: 'unknown' };
  if (known.some((rule) => valueUnder(rule) !== 'n')) return { kind: 'met' };
  if (known.some(({ module }) => foreign.has(module))) return { kind: 'unknown' };
  const symbols = [...new Set(known.flatMap((rule) => rule.symbols))];
  const off = symbols.filter((symbol) => (valueOf(configuration, symbol) ?? 'n') === 'n');
  return { kind: 'missing', symbols: off.length > 0 ? off : symbols };
}

/** Enough symbols to see what is missing. */
const MOST_SYMBOLS = 4;

function explained(symbols: readonly string[], examined: Examined): Pick<Miss, 'symbols' | 'roots'> {
  const shown = symbols.slice(0, MOST_SYMBOLS);
  const [first] = shown;
  return {
    symbols: shown.map((symbol) => ({ symbol, value: valueOf(examined.configuration, symbol) ?? 'n' })),
    roots: first === undefined ? [] : rootsFor(first, examined),
  };
}

/** The setting that gives a symbol its value: its own where there is one, else those that the chain of causes leads to. */
function rootsFor(symbol: string, { configuration, asked, rootsOf }: Examined): Root[] {
  const value = valueOf(configuration, symbol) ?? 'n';
  const said = asked.get(symbol);
  if (said?.wanted === value) return [{ symbol, value, by: said.by, position: said.position }];
  const other = value !== 'n' ? 'n' : configuration.symbol(symbol)?.type === 'tristate' ? 'm' : 'y';
  return rootsOf(symbol, other);
}

/** null: no Kconfig file of this kernel defines it. */
function valueOf(configuration: Configuration, name: string): string | null {
  const symbol = configuration.symbol(name);
  if (symbol === undefined || symbol.menus.length === 0) return null;
  return configuration.isWritten(symbol) ? configuration.value(symbol) : 'n';
}
