import { typeName } from '../syntax/diagnostics.ts';
import { printExpr, termsOf } from '../tree/expressions.ts';
import { isLogic, MOD, nameOf, NO, TRI_TEXT, YES } from '../tree/model.ts';
import type { Expr, KSymbol, Menu, Property, Tri } from '../tree/model.ts';
import type { Configuration } from '../values/configuration.ts';

/** What conf prints for the answer `?` (`menu_get_ext_help` in menu.c). The values are the ones last computed, as in conf. */
export function menuHelp(configuration: Configuration, menu: Menu): string {
  const { symbol } = menu;
  const name = menu.help !== null && symbol?.name != null ? `CONFIG_${symbol.name}:\n\n` : '';
  const text = menu.help ?? 'There is no help available for this option.';
  return `${name}${text}\n${symbol === null ? '' : relations(configuration, symbol)}`;
}

function relations(configuration: Configuration, symbol: KSymbol): string {
  const lines: string[] = [];
  if (symbol.name !== null) {
    lines.push(`Symbol: ${symbol.name} [=${lastValue(configuration, symbol)}]`, `Type  : ${typeName(symbol.type)}`);
    const range = symbol.type === 'int' || symbol.type === 'hex' ? configuration.calculator.range(symbol) : null;
    if (range !== null) lines.push(`Range : [${range.map((bound) => withValue(configuration, bound)).join(' ')}]`);
  }
  // Definitions with a prompt come before those without.
  for (const menu of symbol.menus)
    if (menu.prompt !== null) lines.push(definedAt(menu), ...promptLines(configuration, menu, menu.prompt));
  for (const menu of symbol.menus)
    if (menu.prompt === null)
      lines.push(definedAt(menu), ...condition(configuration, '  Depends on: ', menu.dependency));
  lines.push(
    ...targets(configuration, symbol, 'select', 'Selects: '),
    ...reverse(configuration, symbol.selectedBy, 'Selected'),
    ...targets(configuration, symbol, 'imply', 'Implies: '),
    ...reverse(configuration, symbol.impliedBy, 'Implied'),
  );
  return `${lines.map((line) => `${line}\n`).join('')}\n\n`;
}

const definedAt = (menu: Menu): string => `Defined at ${menu.at.file}:${menu.at.line}`;

function promptLines(configuration: Configuration, menu: Menu, prompt: Property): string[] {
  const lines = [`  Prompt: ${prompt.text ?? ''}`, ...condition(configuration, '  Depends on: ', menu.dependency)];
  if (!configuration.kconfig.equalExpressions(menu.dependency, prompt.visible))
    lines.push(...condition(configuration, '  Visible if: ', prompt.visible));
  return [...lines, '  Location:', ...locationLines(configuration, menu)];
}

function locationLines(configuration: Configuration, menu: Menu): string[] {
  const { root } = configuration.kconfig;
  const path: Menu[] = [];
  let isLocated = false;
  for (let at: Menu | null = menu; at !== null && at !== root && path.length < 8; at = at.parent) {
    path.unshift(at);
    // conf looks for the nearest visible node (before 6.11 at all of them), and that computes values.
    if (!isLocated || !configuration.calculator.ranked) isLocated = configuration.isVisible(at) || isLocated;
  }
  return path.map(({ symbol, prompt }, depth) => {
    const value = symbol === null ? '' : ` (${nameOf(symbol)} [=${lastValue(configuration, symbol)}])`;
    return `${' '.repeat(2 * depth + 4)}-> ${prompt?.text ?? symbol?.name ?? ''}${value}`;
  });
}

function condition(configuration: Configuration, prefix: string, expr: Expr | null): string[] {
  const isYes = expr === null || (expr.kind === 'symbol' && expr.symbol === configuration.kconfig.constants.y);
  return isYes ? [] : [`${prefix}${printed(configuration, expr)}`];
}

function targets(configuration: Configuration, symbol: KSymbol, kind: 'select' | 'imply', prefix: string): string[] {
  const exprs = symbol.properties.flatMap((property) =>
    property.kind === kind ? [printed(configuration, property.value)] : [],
  );
  return exprs.length === 0 ? [] : [`${prefix}${exprs.join(' && ')}`];
}

function reverse(configuration: Configuration, expr: Expr | null, verb: 'Selected' | 'Implied'): string[] {
  if (expr === null) return [];
  const terms = expr.kind === 'or' ? termsOf(expr) : [expr];
  return ([YES, MOD, NO] as const).flatMap((value) => {
    const lines = terms
      .filter((term) => configuration.calculator.expr(term) === value)
      .map((term) => `  - ${printed(configuration, term)}`);
    return lines.length === 0 ? [] : [`${verb} by [${TRI_TEXT[value]}]:`, ...lines];
  });
}

function printed(configuration: Configuration, expr: Expr | null): string {
  return printExpr(expr, (symbol) => withValue(configuration, symbol));
}

function withValue(configuration: Configuration, symbol: KSymbol): string {
  if (symbol.type === 'unknown' || symbol.name === null) return nameOf(symbol);
  return `${symbol.name} [=${lastValue(configuration, symbol)}]`;
}

function lastValue({ state }: Configuration, symbol: KSymbol): string {
  if (isLogic(symbol)) return TRI_TEXT[state.tri[symbol.id] as Tri];
  return state.text[symbol.id] ?? '(null)';
}
