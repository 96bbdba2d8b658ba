import { MOD, NO, TRI_TEXT, YES, isLogic, nameOf, type ChoiceBlock, type KSymbol } from '../tree/model.ts';
import { isValidText } from '../tree/numbers.ts';
import type { Configuration } from '../values/configuration.ts';
import { computeAgain, forgetComputed } from '../values/configurationState.ts';

/** A warning of conf; `line` counts from 1. */
export type ConfigWarning = { line: number; text: string };

export type ReadOptions = {
  /** Whether to warn about symbols that the tree does not know (KCONFIG_WARN_UNKNOWN_SYMBOLS). */
  warnUnknown?: boolean;
};

/**
 * Replaces the user values by those in the text of a .config, and computes everything once (`conf_read`).
 * @returns conf's warnings: about lines it does not understand, invalid values, symbols that occur twice.
 */
export function readConfig(configuration: Configuration, text: string, options: ReadOptions = {}): ConfigWarning[] {
  configuration.state.changed = false;
  const warnings = readUserValues(configuration, text, options);
  configuration.calculator.symbol(configuration.kconfig.modules);
  let unsaved = false;
  for (const symbol of configuration.kconfig.hashOrder) {
    configuration.calculator.symbol(symbol);
    if (symbol.choice === null && differsFromUser(configuration, symbol)) unsaved = true;
  }
  if (!configuration.calculator.ranked && dropUnusable(configuration, unsaved)) unsaved = true;
  if (unsaved || warnings.length > 0) configuration.state.changed = true;
  return warnings;
}

/** Whether the next .config will say something else about the symbol than the one that was read. */
function differsFromUser(configuration: Configuration, symbol: KSymbol): boolean {
  const { state } = configuration;
  const { id } = symbol;
  if (state.userSet[id] === 0) return state.write[id] === 1;
  if (state.write[id] === 0) return true;
  return isLogic(symbol) ? state.userTri[id] !== state.tri[id] : state.userText[id] !== state.text[id];
}

/** Before 6.11: drops values that cannot be used, so that their symbols count as new. Returns whether that gives the first reason to save. */
function dropUnusable(configuration: Configuration, unsaved: boolean): boolean {
  const { state } = configuration;
  let dropped = unsaved;
  for (const symbol of configuration.kconfig.hashOrder) {
    const { id, type } = symbol;
    if (state.userSet[id] === 0 || symbol.memberOf !== null) continue;
    if (state.visible[id] === NO && !dropped) state.userSet[id] = 0;
    if (isLogic(symbol) || type === 'unknown' || configuration.allowsText(symbol, state.userText[id] ?? '')) continue;
    computeAgain(state, [symbol]);
    state.userSet[id] = 0;
    dropped = true;
  }
  return dropped && !unsaved;
}

/** Replaces the user values by those in the text of a .config, and computes nothing (`conf_read_simple`). Returns conf's warnings. */
export function readUserValues(configuration: Configuration, text: string, options: ReadOptions = {}): ConfigWarning[] {
  const { kconfig, state } = configuration;
  const ranked = configuration.calculator.ranked;
  const warnings: ConfigWarning[] = [];
  state.userSet.fill(0);
  state.userTri.fill(NO);
  state.userText.fill(null);
  state.userMember.fill(null);
  if (!ranked) for (const choice of kconfig.choices) state.userSet[choice.symbol.id] = 1;
  forgetComputed(kconfig, state);
  text.split('\n').forEach((written, index) => {
    const line = written.replace(/\r$/, '');
    const warn: Warn = (message) => void warnings.push({ line: index + 1, text: message });
    const parsed = parseLine(line, ranked);
    if (parsed === 'unexpected') warn(`unexpected data: ${line}`);
    if (parsed === null || parsed === 'unexpected') return;
    const symbol = kconfig.byName.get(parsed.name);
    if (symbol !== undefined) takeLine(configuration, symbol, parsed.value, warn);
    else {
      if (options.warnUnknown === true) warn(`unknown symbol: ${parsed.name}`);
      state.changed = true;
    }
  });
  return warnings;
}

/** A line of a .config that gives a symbol a value: `y`, `m`, `n`, or a text without quotes. */
export function lineFor(symbol: KSymbol, text: string): string {
  return `CONFIG_${nameOf(symbol)}=${writtenAs(symbol, text)}\n`;
}

const writtenAs = ({ type }: KSymbol, text: string): string =>
  type === 'string' ? `"${text.replace(/["\\]/g, '\\$&')}"` : text;

/**
 * Gives a symbol the value that a further line of the .config would give it, whether or not it can have it now. Nothing changes where the
 * text is none of its type.
 */
export function assume(configuration: Configuration, symbol: KSymbol, text: string): void {
  takeLine(configuration, symbol, writtenAs(symbol, text), () => undefined);
  configuration.replaced([symbol]);
}

type Warn = (text: string) => void;

function takeLine(configuration: Configuration, symbol: KSymbol, value: string, warn: Warn): void {
  if (configuration.hasUserValue(symbol)) warn(`override: reassigning to symbol ${nameOf(symbol)}`);
  const problem = takeValue(configuration, symbol, value);
  if (problem !== null) warn(problem);
  else if (symbol.memberOf !== null && configuration.calculator.ranked)
    configuration.rankFirst(symbol.memberOf, symbol);
  else if (symbol.memberOf !== null) takeMember(configuration, symbol.memberOf, symbol, warn);
}

/** The name and the value that a line gives; null for a comment, and for a line that conf passes over. */
function parseLine(line: string, ranked: boolean): { name: string; value: string } | 'unexpected' | null {
  if (line === '') return null;
  if (line.startsWith('#')) {
    const unset = /^# CONFIG_([^ ]*) (.*)$/s.exec(line);
    const says = unset?.[2] ?? '';
    if (unset === null || !(ranked ? says === 'is not set' : says.startsWith('is not set'))) return null;
    return { name: unset[1] ?? '', value: 'n' };
  }
  const set = /^CONFIG_([^=]*)=(.*)$/s.exec(line);
  if (set !== null) return { name: set[1] ?? '', value: set[2] ?? '' };
  return ranked || !line.startsWith('CONFIG_') ? 'unexpected' : null;
}

/** Takes a value from the file as the user's (`conf_set_sym_val`). Returns conf's warning, or null. */
function takeValue(configuration: Configuration, symbol: KSymbol, written: string): string | null {
  const { state } = configuration;
  const { id, type } = symbol;
  const invalid = `symbol value '${written}' invalid for ${nameOf(symbol)}`;
  if (type === 'unknown') return null;
  if (type === 'string') return takeString(configuration, symbol, written);
  if (isLogic(symbol)) {
    const value = TRI_TEXT.findIndex((text) => written.startsWith(text));
    if (value < 0 || (value === MOD && type === 'bool')) return invalid;
    state.userTri[id] = value;
  } else {
    if (!isValidText(type, written)) return invalid;
    state.userText[id] = written;
  }
  state.userSet[id] = 1;
  return null;
}

/** A string is in quotes, where `\` takes the next character as it is. Without an opening quote it is ignored. */
function takeString(configuration: Configuration, symbol: KSymbol, written: string): string | null {
  if (!written.startsWith('"')) return null;
  const quoted = /^"((?:[^"\\]|\\.)*)(")?/s.exec(written);
  if (quoted?.[2] === undefined) return 'invalid string found';
  configuration.state.userText[symbol.id] = (quoted[1] ?? '').replace(/\\(.)/gs, '$1');
  configuration.state.userSet[symbol.id] = 1;
  return null;
}

/** Before 6.11: records the value of a member in its choice. */
function takeMember({ state }: Configuration, choice: ChoiceBlock, symbol: KSymbol, warn: Warn): void {
  const { id } = choice.symbol;
  const value = state.userTri[symbol.id] ?? NO;
  if (value === MOD && state.userTri[id] === YES) {
    warn(`${symbol.name ?? ''} creates inconsistent choice state`);
    state.userSet[id] = 0;
  } else if (value === YES) {
    if (state.userTri[id] !== NO) warn(`override: ${symbol.name ?? ''} changes choice state`);
    state.userMember[choice.id] = symbol;
  }
  state.userTri[id] = Math.max(state.userTri[id] ?? NO, value);
}
