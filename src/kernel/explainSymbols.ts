/** What there is to say of single symbols of the kernel that a target comes to. */
import { effectiveSaid, type Said } from '../fallout/intents.ts';
import { explain, NO, type Configuration, type Kconfig, type ReverseDependency } from '../kconfig/index.ts';
import type { ManagedEntry } from '../model/entry.ts';
import type { ExplainedSymbol, UnknownName } from '../model/why.ts';
import { isHonoured, isOff } from '../script/dotConfig.ts';
import { causesIn, holdersIn, type HoldersOf } from './causes.ts';
import { unknownCause, type KernelNames } from './kernelNames.ts';
import { madeBy } from './modules/moduleQueries.ts';
import type { ModuleIndex } from './modules/moduleIndex.ts';
import type { Prediction, PredictionInput } from './prediction.ts';
import { rootFinder } from './roots.ts';
import { finished } from './finished.ts';
import { NOTHING_SEEN } from './unreached.ts';

export type SymbolsInput = { asking: PredictionInput; symbols: string[] };

export type ExplainedSymbols =
  /** `unknown`: the names that this kernel does not define. */
  | { kind: 'explained'; symbols: ExplainedSymbol[]; unknown: UnknownName[]; entries: ManagedEntry[] }
  /** The target comes to no .config in which they could be looked up. */
  | { kind: 'no-config' };

/** What it takes: the kernel's tree and names, who predicts, and its modules (null: they cannot be had). */
export type Explaining = {
  kconfig: Kconfig;
  names: KernelNames;
  predict: (input: PredictionInput) => Prediction;
  modules: () => ModuleIndex | null;
};

export function explainSymbols({ asking, symbols }: SymbolsInput, explaining: Explaining): ExplainedSymbols {
  const { kconfig, names } = explaining;
  const unknown = symbols
    .filter((symbol) => !names.defined.has(symbol))
    .map((symbol) => ({ symbol, cause: unknownCause(symbol, names, []) }));
  const known = symbols.filter((symbol) => names.defined.has(symbol));
  if (known.length === 0) return { kind: 'explained', symbols: [], unknown, entries: [] };
  const prediction = explaining.predict(asking);
  const { dotConfig, entries } = prediction;
  if (dotConfig === null) return { kind: 'no-config' };
  const { configuration } = finished(kconfig, dotConfig);
  const asked = effectiveSaid(asking.intents, asking.managedName, asking.legacy);
  const modules = explaining.modules();
  const reasons = reasonsIn(configuration, prediction, { names, asked });
  const holdersOf = holdersIn(configuration, asked);
  return {
    kind: 'explained',
    symbols: known.map((symbol) => ({
      ...describe(configuration, symbol, holdersOf),
      ...reasons(symbol),
      ...(modules === null ? { modules: [], role: null } : madeBy(modules, symbol)),
    })),
    unknown,
    entries,
  };
}

/** Why symbols are not what is wanted of them, or what somebody could want who does not. */
function reasonsIn(
  configuration: Configuration,
  { lost }: Prediction,
  { names, asked }: { names: KernelNames; asked: ReadonlyMap<string, Said> },
): (symbol: string) => Pick<ExplainedSymbol, 'cause' | 'roots'> {
  const causeOf = causesIn(configuration, { names, asked, observation: NOTHING_SEEN });
  const rootsOf = rootFinder(configuration, asked);
  const known = new Map(
    [...(lost.lostDefaults ?? []), ...lost.lost]
      .filter(({ kind }) => kind !== 'overridden')
      .map((wish) => [wish.symbol, wish]),
  );
  return (symbol) => {
    const value = valueIn(configuration, symbol);
    const wanted = asked.get(symbol)?.wanted ?? null;
    if (wanted !== null && isHonoured(value, wanted)) return { cause: null, roots: [] };
    const wish = known.get(symbol);
    const goal = wanted ?? (isOff(value) ? 'y' : 'n');
    const { cause = causeOf(symbol, goal), roots = rootsOf(symbol, goal) } = wish ?? {};
    return { cause, roots };
  };
}

function describe(
  configuration: Configuration,
  symbol: string,
  holdersOf: HoldersOf,
): Omit<ExplainedSymbol, 'cause' | 'roots' | 'modules' | 'role'> {
  const { type, possible, selectedBy, impliedBy, mentionedBy, definitions } = explain(configuration, symbol);
  const menus = configuration.symbol(symbol)?.menus ?? [];
  const holding = (by: readonly ReverseDependency[]): ExplainedSymbol['selectedBy'] => {
    const on = by.filter(({ forces }) => forces !== NO);
    return {
      on: holdersOf(on.map((each) => ({ symbol: each.symbol, level: each.forces === 2 ? 'y' : 'm' }))),
      off: by.length - on.length,
    };
  };
  const on = mentionedBy.filter((other) => !isOff(valueIn(configuration, other)));
  return {
    symbol,
    type,
    definitions,
    help: menus.find(({ help }) => help !== null)?.help ?? null,
    predicted: valueIn(configuration, symbol),
    selectedBy: holding(selectedBy),
    impliedBy: holding(impliedBy),
    dependents: { on, off: mentionedBy.length - on.length },
    couldBe: possible,
  };
}

/** What a .config says of a symbol; null where it does not name it. */
function valueIn(configuration: Configuration, name: string): string | null {
  const symbol = configuration.symbol(name);
  return symbol === undefined || !configuration.isWritten(symbol) ? null : configuration.value(symbol);
}
