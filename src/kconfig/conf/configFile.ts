import { computeAgain, defaultMember } from '../values/choices.ts';
import type { Configuration } from '../values/configuration.ts';
import { menusBelow, MOD, NO, YES, type KSymbol, type Menu, type Tri } from '../tree/model.ts';
import { isValidText } from '../tree/numbers.ts';
import { TRI_TEXT } from '../values/calculate.ts';
import { forgetComputed } from '../values/state.ts';

/** Reading and writing a .config as confdata.c does. */

/** `line` counts from 1; `text` is conf's own warning. */
export type ConfigWarning = { line: number; text: string };

export type ReadOptions = {
  /** Warn of symbols the tree does not know (KCONFIG_WARN_UNKNOWN_SYMBOLS). */
  warnUnknown?: boolean;
};

/**
 * Takes the user values from the text of a .config in place of those there are, and computes everything once (`conf_read`).
 * @returns what conf warns of: lines it does not understand, invalid values, symbols given twice.
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

/** Whether the next .config says something else about the symbol than the one that was read. */
function differsFromUser(configuration: Configuration, symbol: KSymbol): boolean {
  const { state } = configuration;
  const { id } = symbol;
  if (state.userSet[id] === 0) return state.write[id] === 1;
  if (state.write[id] === 0) return true;
  if (symbol.type === 'bool' || symbol.type === 'tristate') return state.userTri[id] !== state.tri[id];
  return state.userText[id] !== state.text[id];
}

/** Before 6.11 values that cannot be used are dropped, so that the symbol counts as new. */
function dropUnusable(configuration: Configuration, unsaved: boolean): boolean {
  const { state } = configuration;
  let dropped = unsaved;
  for (const symbol of configuration.kconfig.hashOrder) {
    const { id, type } = symbol;
    if (state.userSet[id] === 0 || symbol.memberOf !== null) continue;
    if (state.visible[id] === NO && !dropped) state.userSet[id] = 0;
    if (type !== 'int' && type !== 'hex' && type !== 'string') continue;
    if (configuration.allowsText(symbol, state.userText[id] ?? '')) continue;
    computeAgain(state, [symbol]);
    state.userSet[id] = 0;
    dropped = true;
  }
  return dropped && !unsaved;
}

/** `conf_read_simple`: the values alone. */
export function readUserValues(
  configuration: Configuration,
  text: string,
  { warnUnknown = false }: ReadOptions = {},
): ConfigWarning[] {
  const { kconfig, state } = configuration;
  const ranked = configuration.calculator.ranked;
  const warnings: ConfigWarning[] = [];
  state.userSet.fill(0);
  state.userTri.fill(NO);
  state.userText.fill(null);
  state.userMember.fill(null);
  if (!ranked) for (const choice of kconfig.choices) state.userSet[choice.symbol.id] = 1;
  forgetComputed(kconfig, state);
  linesOf(text).forEach((line, index) => {
    const warn = (message: string): void => void warnings.push({ line: index + 1, text: message });
    const parsed = parseLine(line, ranked);
    if (parsed === null) return;
    if (parsed.kind === 'unexpected') {
      warn(`unexpected data: ${line}`);
      return;
    }
    const symbol = kconfig.byName.get(parsed.name);
    if (symbol === undefined) {
      if (warnUnknown) warn(`unknown symbol: ${parsed.name}`);
      state.changed = true;
      return;
    }
    if (state.userSet[symbol.id] === 1) warn(`override: reassigning to symbol ${parsed.name}`);
    const problem = takeValue(configuration, symbol, parsed.value);
    if (problem !== null) warn(problem);
    if (problem !== null || symbol.memberOf === null) return;
    if (ranked) configuration.rankFirst(symbol.memberOf, symbol);
    else takeMember(configuration, symbol, warn);
  });
  return warnings;
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}

type Line = { kind: 'value'; name: string; value: string } | { kind: 'unexpected' };

function parseLine(line: string, ranked: boolean): Line | null {
  if (line === '') return null;
  if (line.startsWith('#')) {
    const unset = /^# CONFIG_([^ ]*) (.*)$/s.exec(line);
    const says = unset?.[2] ?? '';
    if (unset === null || !(ranked ? says === 'is not set' : says.startsWith('is not set'))) return null;
    return { kind: 'value', name: unset[1] ?? '', value: 'n' };
  }
  const set = /^CONFIG_([^=]*)=(.*)$/s.exec(line);
  if (set !== null) return { kind: 'value', name: set[1] ?? '', value: set[2] ?? '' };
  return ranked || !line.startsWith('CONFIG_') ? { kind: 'unexpected' } : null;
}

/** `conf_set_sym_val`; gives the warning, or null. */
function takeValue(configuration: Configuration, symbol: KSymbol, written: string): string | null {
  const { state } = configuration;
  const { id, type } = symbol;
  const invalid = (value: string): string => `symbol value '${value}' invalid for ${symbol.name ?? '<choice>'}`;
  switch (type) {
    case 'bool':
    case 'tristate': {
      const value = written.startsWith('y')
        ? YES
        : written.startsWith('n')
          ? NO
          : written.startsWith('m') && type === 'tristate'
            ? MOD
            : null;
      if (value === null) return invalid(written);
      state.userTri[id] = value;
      state.userSet[id] = 1;
      return null;
    }
    case 'string':
      return takeString(configuration, symbol, written);
    case 'int':
    case 'hex':
      if (!isValidText(type, written)) return invalid(written);
      state.userText[id] = written;
      state.userSet[id] = 1;
      return null;
    case 'unknown':
      return null;
  }
}

/** A string stands in quotes, in which `\` takes the next character as it is; without an opening quote it is passed over. */
function takeString(configuration: Configuration, symbol: KSymbol, written: string): string | null {
  if (!written.startsWith('"')) return null;
  const quoted = /^"((?:[^"\\]|\\.)*)(")?/s.exec(written);
  if (quoted?.[2] === undefined) return 'invalid string found';
  configuration.state.userText[symbol.id] = (quoted[1] ?? '').replace(/\\(.)/gs, '$1');
  configuration.state.userSet[symbol.id] = 1;
  return null;
}

/** Before 6.11 the choice takes note of what its members are given. */
function takeMember(configuration: Configuration, symbol: KSymbol, warn: (text: string) => void): void {
  const { state } = configuration;
  const choice = symbol.memberOf;
  if (choice === null) return;
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

/** The text of the .config (`conf_write`). */
export function writeConfig(configuration: Configuration): string {
  const { kconfig, state } = configuration;
  if (!state.changed) configuration.clear();
  const lines: string[] = [
    '#',
    '# Automatically generated file; DO NOT EDIT.',
    `# ${kconfig.root.prompt?.text ?? ''}`,
    '#',
  ];
  const written = new Set<KSymbol>();
  let blank = false;
  const enter = (menu: Menu): void => {
    const { symbol } = menu;
    if (symbol === null) {
      if (!configuration.isVisible(menu)) return;
      lines.push('', '#', `# ${menu.prompt?.text ?? ''}`, '#');
      blank = false;
    } else if (symbol.choice === null && !written.has(symbol)) {
      if (!configuration.isWritten(symbol)) return;
      if (blank) lines.push('');
      blank = false;
      written.add(symbol);
      const line = configLine(configuration, symbol);
      if (line !== null) lines.push(line);
    }
  };
  const leave = (menu: Menu): void => {
    if (menu.symbol !== null || menu.prompt?.kind !== 'menu' || !configuration.isVisible(menu)) return;
    lines.push(`# end of ${menu.prompt.text ?? ''}`);
    blank = true;
  };
  const walk = (parent: Menu): void => {
    for (let menu = parent.first; menu !== null; menu = menu.next) {
      enter(menu);
      walk(menu);
      leave(menu);
    }
  };
  walk(kconfig.root);
  state.changed = false;
  return `${lines.join('\n')}\n`;
}

/** `CONFIG_A=y`, `# CONFIG_A is not set`, `CONFIG_S="text"`; null for a symbol without a type. */
export function configLine(configuration: Configuration, symbol: KSymbol): string | null {
  if (symbol.type === 'unknown') return null;
  const value = configuration.value(symbol);
  const name = `CONFIG_${symbol.name ?? ''}`;
  if ((symbol.type === 'bool' || symbol.type === 'tristate') && value === 'n') return `# ${name} is not set`;
  // What printf makes of no text at all: a number whose default is a choice's member that nobody computed.
  if (symbol.type !== 'string' && configuration.state.text[symbol.id] === null && value === '') return `${name}=(null)`;
  return `${name}=${symbol.type === 'string' ? quoted(value) : value}`;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** Only what differs from the defaults (`conf_write_defconfig`); computes everything again first. */
export function writeDefconfig(configuration: Configuration): string {
  const { kconfig, state } = configuration;
  configuration.clear();
  const lines: string[] = [];
  for (const { symbol } of menusBelow(kconfig.root)) {
    if (symbol === null || symbol.choice !== null || !configuration.isWritten(symbol)) continue;
    state.write[symbol.id] = 0;
    if (!configuration.isChangeable(symbol) || configuration.value(symbol) === defaultText(configuration, symbol))
      continue;
    if (isDefaultMember(configuration, symbol)) continue;
    const line = configLine(configuration, symbol);
    if (line !== null) lines.push(line);
  }
  return lines.map((line) => `${line}\n`).join('');
}

function isDefaultMember(configuration: Configuration, symbol: KSymbol): boolean {
  const choice = symbol.memberOf;
  if (
    choice === null ||
    configuration.tri(symbol) !== YES ||
    defaultMember(configuration.calculator, choice) !== symbol
  )
    return false;
  return configuration.calculator.ranked || (!choice.optional && symbol.type === 'bool');
}

/** What the symbol would be without a user value, limited as conf does it (`sym_get_string_default`). */
export function defaultText(configuration: Configuration, symbol: KSymbol): string {
  const { calculator, state } = configuration;
  const { id, type } = symbol;
  calculator.visibility(symbol);
  calculator.symbol(configuration.kconfig.modules);
  const property = calculator.defaultProperty(symbol);
  if (type === 'bool' || type === 'tristate') {
    let value: number =
      property === null ? NO : Math.min(calculator.expr(property.value), calculator.expr(property.visible));
    value = Math.max(value, state.selected[id] ?? NO);
    if (value === MOD && !symbol.isChoiceValue && state.tri[configuration.kconfig.modules.id] === NO) value = YES;
    if (value === MOD && type === 'bool') value = YES;
    return TRI_TEXT[Math.max(value, state.implied[id] ?? NO) as Tri];
  }
  const source = property?.value?.kind === 'symbol' ? property.value.symbol : null;
  if (source !== null) calculator.symbol(source);
  const text = source === null ? '' : (state.text[source.id] ?? '');
  if (text !== '' || !calculator.ranked) return text;
  return type === 'int' ? '0' : type === 'hex' ? '0x0' : '';
}
