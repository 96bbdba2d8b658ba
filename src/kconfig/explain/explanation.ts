import type { FileLine } from '../syntax/ast.ts';
import { containsSymbol, printExpr } from '../tree/expressions.ts';
import { isLogic, MOD, namedSymbol, nameOf, NO, TRI_TEXT, YES } from '../tree/model.ts';
import type { Kconfig, KSymbol, Property, Tri } from '../tree/model.ts';
import type { Configuration } from '../values/configuration.ts';
import type { Condition } from './condition.ts';
import { listText, needsText } from './conditionText.ts';
import { lacking } from './lacking.ts';
import { highest, promptNeeds } from './obstacle.ts';
import { reversesOf } from './reverse.ts';

/** A select or imply of the explained symbol: the symbol that has it, its condition, and the value that it forces now. */
export type ReverseDependency = FileLine & { symbol: string; value: string; condition: string | null; forces: Tri };

/** What decided the value of a symbol. */
export type Reason =
  | { kind: 'undefined' }
  | { kind: 'user' }
  | { kind: 'selected' }
  | { kind: 'implied' }
  | ({ kind: 'default'; value: string; condition: string | null } & FileLine)
  | { kind: 'chosen'; by: 'user' | 'default' }
  | { kind: 'not chosen'; chosen: string | null }
  | { kind: 'range'; low: string; high: string }
  | { kind: 'none' };

export type Explanation = {
  symbol: string;
  type: KSymbol['type'];
  value: string;
  reason: Reason;
  /** What the user set, even if the symbol has another value. */
  user: string | null;
  /** The values that the user could set now: for a number its range, for a string nothing. */
  possible: string[];
  /** What its prompts lack and so limits it. Null if the user could set it to y. */
  hidden: Condition | null;
  prompted: boolean;
  /** What its dependencies lack although it is selected. */
  unmet: Condition | null;
  selectedBy: ReverseDependency[];
  impliedBy: ReverseDependency[];
  /** The symbols whose prompts, defaults or dependencies mention it. */
  mentionedBy: string[];
  definitions: (FileLine & { prompt: string | null })[];
};

/** Explains one symbol in one configuration. A name that the tree does not define gives the reason `undefined`. */
export function explain(configuration: Configuration, name: string): Explanation {
  const { kconfig, calculator, state } = configuration;
  const symbol = configuration.symbol(name);
  const mentionedBy = symbol === undefined ? [] : mentioning(kconfig, symbol);
  if (symbol === undefined || symbol.menus.length === 0) {
    const nothing = {
      user: null,
      possible: [],
      hidden: null,
      prompted: false,
      unmet: null,
      selectedBy: [],
      impliedBy: [],
    };
    const reason = { kind: 'undefined' } as const;
    return { symbol: name, type: 'unknown', value: 'n', reason, ...nothing, mentionedBy, definitions: [] };
  }
  const value = configuration.value(symbol);
  const { id } = symbol;
  const prompts = symbol.properties.filter((property) => property.text !== null);
  const isLimited = prompts.length > 0 && state.visible[id] !== YES;
  const overSelected = (state.dependency[id] ?? NO) < (state.selected[id] ?? NO) && symbol.memberOf === null;
  return {
    symbol: name,
    type: symbol.type,
    value,
    reason: reasonOf(configuration, symbol),
    user: userValue(configuration, symbol),
    possible: possibleValues(configuration, symbol),
    hidden: isLimited ? promptNeeds(configuration, symbol, highest(configuration, symbol)) : null,
    prompted: prompts.length > 0,
    unmet: overSelected ? lacking(configuration, symbol.dependency, calculator.tri(symbol)) : null,
    selectedBy: reverseDependencies(configuration, symbol, 'select'),
    impliedBy: reverseDependencies(configuration, symbol, 'imply'),
    mentionedBy,
    definitions: symbol.menus.map(({ at, prompt }) => ({ ...at, prompt: prompt?.text ?? null })),
  };
}

function userValue(configuration: Configuration, symbol: KSymbol): string | null {
  const { state } = configuration;
  if (state.userSet[symbol.id] === 0) return null;
  return isLogic(symbol) ? TRI_TEXT[state.userTri[symbol.id] as Tri] : (state.userText[symbol.id] ?? null);
}

/** What decided the value, checked in the order of `sym_calc_value`. */
function reasonOf(configuration: Configuration, symbol: KSymbol): Reason {
  const { state, calculator } = configuration;
  const { id } = symbol;
  const isTri = isLogic(symbol);
  if (symbol.memberOf !== null && state.visible[id] === YES) {
    const chosen = configuration.chosen(symbol.memberOf);
    if (chosen !== symbol) return { kind: 'not chosen', chosen: chosen?.name ?? null };
    return { kind: 'chosen', by: state.userSet[id] === 1 && state.userTri[id] === YES ? 'user' : 'default' };
  }
  const range = isTri ? null : calculator.range(symbol);
  if (range !== null && isLimited(configuration, symbol))
    return { kind: 'range', low: calculator.text(range[0]), high: calculator.text(range[1]) };
  const user = state.visible[id] !== NO && state.userSet[id] === 1;
  const own = user ? Math.min(state.userTri[id] ?? NO, state.visible[id] ?? NO) : NO;
  if (isTri && (state.selected[id] ?? NO) > own && state.tri[id] === state.selected[id]) return { kind: 'selected' };
  if (user) return { kind: 'user' };
  const property = calculator.defaultProperty(symbol);
  const given = property === null ? NO : Math.min(calculator.expr(property.value), calculator.expr(property.visible));
  if (isTri && (state.implied[id] ?? NO) > given) return { kind: 'implied' };
  if (property === null) return { kind: 'none' };
  return { kind: 'default', value: printExpr(property.value), condition: conditionOf(property), ...property.at };
}

/** Whether a number differs from what the user or its default gave. */
function isLimited({ state, calculator }: Configuration, symbol: KSymbol): boolean {
  const { id } = symbol;
  const byUser = state.visible[id] !== NO && state.userSet[id] === 1;
  const source = byUser ? null : namedSymbol(calculator.defaultProperty(symbol));
  const given = byUser ? (state.userText[id] ?? '') : source === null ? null : (state.text[source.id] ?? null);
  return given !== null && given !== calculator.text(symbol);
}

const conditionOf = ({ visible }: Property): string | null => (visible === null ? null : printExpr(visible));

function possibleValues(configuration: Configuration, symbol: KSymbol): string[] {
  if (isLogic(symbol)) {
    const allowed = ([NO, MOD, YES] as const).filter((value) => configuration.allows(symbol, value));
    return allowed.map((value) => TRI_TEXT[value]);
  }
  const range = configuration.calculator.range(symbol);
  if (range === null || !configuration.isChangeable(symbol)) return [];
  return [`${configuration.value(range[0])}..${configuration.value(range[1])}`];
}

function reverseDependencies(
  configuration: Configuration,
  target: KSymbol,
  kind: 'select' | 'imply',
): ReverseDependency[] {
  return reversesOf(configuration.kconfig, target, kind).map(({ source, property }) => ({
    symbol: nameOf(source),
    value: configuration.value(source),
    condition: conditionOf(property),
    forces: Math.min(configuration.tri(source), configuration.calculator.expr(property.visible)) as Tri,
    ...property.at,
  }));
}

function mentioning(kconfig: Kconfig, symbol: KSymbol): string[] {
  const mentions = ({ kind, visible, value }: Property): boolean =>
    kind !== 'select' && kind !== 'imply' && (containsSymbol(visible, symbol) || containsSymbol(value, symbol));
  const others = kconfig.symbols.filter(
    (other) => other !== symbol && (containsSymbol(other.dependency, symbol) || other.properties.some(mentions)),
  );
  return [...new Set(others.flatMap(({ name }) => name ?? []))];
}

/** An explanation in one line: `CRC32=m: selected by BTRFS_FS (m); could be m, y`. */
export function explainLine(explanation: Explanation): string {
  const { symbol, value } = explanation;
  const shown = explanation.type === 'string' ? `"${value}"` : value;
  return `${symbol}=${shown}: ${[reasonText(explanation), ...remarks(explanation)].join('; ')}`;
}

function reasonText(explanation: Explanation): string {
  const { reason } = explanation;
  switch (reason.kind) {
    case 'undefined':
      return 'no Kconfig file of this tree defines it';
    case 'user':
      return 'as the user set it';
    case 'selected':
      return `selected by ${forcing(explanation.selectedBy)}`;
    case 'implied':
      return `implied by ${forcing(explanation.impliedBy)}`;
    case 'default':
      return `default ${reason.value} (${reason.file}:${reason.line})`;
    case 'chosen':
      return reason.by === 'user' ? 'the member of its choice that the user set' : 'the default of its choice';
    case 'not chosen':
      return reason.chosen === null ? 'no member of its choice is visible' : `its choice has ${reason.chosen}`;
    case 'range':
      return `kept between ${reason.low} and ${reason.high}`;
    case 'none':
      return 'no default applies';
  }
}

function remarks(explanation: Explanation): string[] {
  const { reason, user, value, hidden, unmet, possible, prompted } = explanation;
  if (reason.kind === 'undefined') return [];
  const parts: string[] = [];
  if (user !== null && user !== value) parts.push(`the user's ${user} does not hold`);
  if (!prompted) parts.push('it has no prompt');
  else if (hidden !== null) parts.push(needsText(hidden));
  if (unmet !== null) parts.push(`although it ${needsText(unmet)}`);
  if (reason.kind === 'user' && explanation.selectedBy.some((other) => other.forces !== NO))
    parts.push(`also selected by ${forcing(explanation.selectedBy)}`);
  if (possible.length > 0) parts.push(`could be ${possible.join(', ')}`);
  return parts;
}

/** The symbols that force the highest value; the first few by name. */
function forcing(reverse: readonly ReverseDependency[]): string {
  const most = Math.max(...reverse.map((other) => other.forces));
  const names = reverse
    .filter((other) => other.forces === most && most !== NO)
    .map((other) => `${other.symbol} (${other.value})`);
  return listText(names, 'and');
}
