import { MOD, NO, TRI_TEXT, YES, isLogic, menusBelow, namedSymbol } from '../tree/model.ts';
import type { KSymbol, Menu, Tri } from '../tree/model.ts';
import { defaultMember } from '../values/choices.ts';
import type { Configuration } from '../values/configuration.ts';

/** The text of the .config (`conf_write`). */
export function writeConfig(configuration: Configuration): string {
  const { kconfig, state } = configuration;
  if (!state.changed) configuration.clear();
  const lines = ['#', '# Automatically generated file; DO NOT EDIT.', `# ${kconfig.root.prompt?.text ?? ''}`, '#'];
  const written = new Set<KSymbol>();
  let menuEnded = false;

  const addSymbol = (symbol: KSymbol): void => {
    if (symbol.choice !== null || written.has(symbol) || !configuration.isWritten(symbol)) return;
    if (menuEnded) lines.push('');
    menuEnded = false;
    written.add(symbol);
    const line = configLine(configuration, symbol);
    if (line !== null) lines.push(line);
  };
  const endMenu = (menu: Menu): void => {
    if (menu.symbol !== null || menu.prompt?.kind !== 'menu' || !configuration.isVisible(menu)) return;
    lines.push(`# end of ${menu.prompt.text ?? ''}`);
    menuEnded = true;
  };

  /** The menus whose contents were added: a menu ends before the first node that is outside of it. */
  const entered: Menu[] = [];
  for (const menu of menusBelow(kconfig.root)) {
    for (let last = entered.at(-1); last !== undefined && last !== menu.parent; last = entered.at(-1)) {
      endMenu(last);
      entered.pop();
    }
    if (menu.symbol !== null) addSymbol(menu.symbol);
    else if (configuration.isVisible(menu)) {
      lines.push('', '#', `# ${menu.prompt?.text ?? ''}`, '#');
      menuEnded = false;
    }
    entered.push(menu);
  }
  for (const menu of entered.reverse()) endMenu(menu);
  state.changed = false;
  return `${lines.join('\n')}\n`;
}

/** `CONFIG_A=y`, `# CONFIG_A is not set`, `CONFIG_S="text"`; null for a symbol without a type. */
export function configLine(configuration: Configuration, symbol: KSymbol): string | null {
  if (symbol.type === 'unknown') return null;
  const value = configuration.value(symbol);
  const name = `CONFIG_${symbol.name ?? ''}`;
  if (isLogic(symbol) && value === 'n') return `# ${name} is not set`;
  if (symbol.type === 'string') return `${name}="${value.replace(/["\\]/g, '\\$&')}"`;
  // This is what printf writes for a number without a text: its default is a member of a choice that was not computed.
  return `${name}=${configuration.state.text[symbol.id] === null && value === '' ? '(null)' : value}`;
}

/** The lines that differ from the defaults (`conf_write_defconfig`). It computes everything again first. */
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
    if (line !== null) lines.push(`${line}\n`);
  }
  return lines.join('');
}

function isDefaultMember(configuration: Configuration, symbol: KSymbol): boolean {
  const { calculator } = configuration;
  const choice = symbol.memberOf;
  if (choice === null || configuration.tri(symbol) !== YES || defaultMember(calculator, choice) !== symbol)
    return false;
  return calculator.ranked || (!choice.optional && symbol.type === 'bool');
}

/** The symbol's value without a user value, limited as in conf (`sym_get_string_default`). */
function defaultText(configuration: Configuration, symbol: KSymbol): string {
  const { calculator, state, kconfig } = configuration;
  const { id, type } = symbol;
  calculator.visibility(symbol);
  calculator.symbol(kconfig.modules);
  const property = calculator.defaultProperty(symbol);
  if (isLogic(symbol)) {
    let value: number =
      property === null ? NO : Math.min(calculator.expr(property.value), calculator.expr(property.visible));
    value = Math.max(value, state.selected[id] ?? NO);
    if (value === MOD && !symbol.isChoiceValue && state.tri[kconfig.modules.id] === NO) value = YES;
    if (value === MOD && type === 'bool') value = YES;
    return TRI_TEXT[Math.max(value, state.implied[id] ?? NO) as Tri];
  }
  const source = namedSymbol(property);
  if (source !== null) calculator.symbol(source);
  const text = source === null ? '' : (state.text[source.id] ?? '');
  return text === '' && type !== 'unknown' ? calculator.emptyText(type) : text;
}

/** The lines of `make listnewconfig`: every symbol that has a prompt but no user value, with its value. */
export function listNew(configuration: Configuration): string[] {
  const lines: string[] = [];
  for (const menu of menusBelow({ children: [configuration.kconfig.root] }, (at) => configuration.isVisible(at))) {
    const { symbol } = menu;
    if (symbol === null || symbol.choice !== null || !configuration.isNew(symbol)) continue;
    const line = configLine(configuration, symbol);
    if (line !== null) lines.push(line.startsWith('#') ? `CONFIG_${symbol.name ?? ''}=n` : line);
  }
  return lines;
}

/** A symbol with different values in two configurations. A value is null if the symbol is not written there. */
export type ValueDifference = { symbol: string; before: string | null; after: string | null };

/** What differs between the .config files of two configurations, in the order of the symbols. They may belong to different trees. */
export function compareConfigurations(before: Configuration, after: Configuration): ValueDifference[] {
  const [a, b] = [writtenValues(before), writtenValues(after)];
  return [...new Set([...a.keys(), ...b.keys()])]
    .map((symbol) => ({ symbol, before: a.get(symbol) ?? null, after: b.get(symbol) ?? null }))
    .filter((difference) => difference.before !== difference.after);
}

function writtenValues(configuration: Configuration): Map<string, string> {
  const written = configuration.kconfig.symbols
    .filter(({ name, type, menus }) => name !== null && type !== 'unknown' && menus.length > 0)
    .filter((symbol) => configuration.isWritten(symbol));
  return new Map(written.map((symbol) => [symbol.name ?? '', configuration.value(symbol)]));
}
