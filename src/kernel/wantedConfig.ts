/** A configuration that somebody wants a kernel to have: a .config, or changes of one, read as `make olddefconfig` reads it. */
import { Configuration, isLogic, readConfig, writeConfig, type Kconfig, type KSymbol } from '../kconfig/index.ts';
import { parseDotConfig, sameValue, writtenValues } from '../script/dotConfig.ts';

/** A value of a .config as it is written there, with its quotes; null: the symbol is not there. */
export type ConfigChange = { symbol: string; from: string | null; to: string | null };

export type Wanted =
  | { kind: 'config'; text: string }
  /** `inVain`: what was looked for before, and nothing gives. */
  | { kind: 'changes'; changes: readonly ConfigChange[]; inVain?: readonly ConfigChange[] };

/** The values of a .config by symbol; what is off is not there. */
export type Values = ReadonlyMap<string, string>;

export type WantedConfig = {
  configuration: Configuration;
  values: Values;
  /** What was given and did not come to be. */
  misses: { symbol: string; wanted: string }[];
  /** Options that were given no value. */
  fresh: KSymbol[];
};

/** What is wanted, in this tree. `base` is the .config that changes begin from. */
export function wantedConfig(kconfig: Kconfig, wanted: Wanted, base: string): WantedConfig {
  const text = wanted.kind === 'config' ? wanted.text : withChanges(base, wanted.changes);
  const configuration = new Configuration(kconfig);
  readConfig(configuration, text);
  const fresh = kconfig.symbols.filter((symbol) => isFresh(configuration, symbol));
  const values = valuesOf(writeConfig(configuration));
  const given = parseDotConfig(text);
  const named = wanted.kind === 'config' ? [...given.keys()] : wanted.changes.map(({ symbol }) => symbol);
  const misses = named.flatMap((symbol) => {
    const value = given.get(symbol) ?? 'n';
    const got = values.get(symbol) ?? 'n';
    return sameValue(value, got) ? [] : { symbol, wanted: value };
  });
  const inVain = wanted.kind === 'config' ? [] : (wanted.inVain ?? []);
  const missed = inVain.flatMap(({ symbol, to }) => (values.has(symbol) ? [] : { symbol, wanted: to ?? 'n' }));
  return { configuration, values, misses: [...misses, ...missed], fresh };
}

/** Of a choice, which only the chosen member has to name, only that one. */
const isFresh = (configuration: Configuration, symbol: KSymbol): boolean =>
  isOption(symbol) && configuration.isNew(symbol) && (!symbol.isChoiceValue || configuration.value(symbol) !== 'n');

/** The values of a .config without those that are off. */
export const valuesOf = (dotConfig: string): Values =>
  new Map([...parseDotConfig(dotConfig)].filter(([, value]) => value !== 'n'));

/** The symbols that two configurations have differently. */
export const differing = (a: Values, b: Values): string[] =>
  [...new Set([...a.keys(), ...b.keys()])].filter((symbol) => a.get(symbol) !== b.get(symbol));

/** Whether somebody could be asked for it. */
export const isOption = (symbol: KSymbol): boolean =>
  symbol.name !== null && !symbol.constant && !symbol.transitional && promptOf(symbol) !== null;

/** The text of a symbol's first prompt. */
export const promptOf = ({ menus }: KSymbol): string | null =>
  menus.find(({ prompt }) => prompt !== null)?.prompt?.text ?? null;

/**
 * The options that can be asked for in a configuration, each with its value.
 * @param canBeEmpty whether the script has a way to empty a text.
 */
export function askableIn(configuration: Configuration, { canBeEmpty }: { canBeEmpty: boolean }): Map<string, string> {
  const asked = configuration.kconfig.symbols.filter((symbol) => {
    if (!isOption(symbol) || !configuration.isChangeable(symbol)) return false;
    const value = configuration.value(symbol);
    return value === '' ? canBeEmpty && symbol.type === 'string' : isLogic(symbol) || canBeTold(value);
  });
  return new Map(asked.map((symbol) => [symbol.name ?? '', configuration.value(symbol)]));
}

/** In the script's request a `#` begins a comment, and blanks at the ends go. */
const canBeTold = (value: string): boolean => !value.includes('#') && value === value.trim();

/** A .config after changes. */
export function withChanges(base: string, changes: readonly Pick<ConfigChange, 'symbol' | 'to'>[]): string {
  const values = writtenValues(base);
  for (const { symbol, to } of changes) {
    // Of the members of a choice the last counts.
    values.delete(symbol);
    if (to !== null) values.set(symbol, to);
  }
  return [...values]
    .map(([symbol, value]) => (value === 'n' ? `# CONFIG_${symbol} is not set\n` : `CONFIG_${symbol}=${value}\n`))
    .join('');
}
