import { TRI_TEXT } from '../values/calculate.ts';
import type { Configuration } from '../values/configuration.ts';
import { containsSymbol, printExpr, type Expr } from '../tree/expr.ts';
import { MOD, namedSymbol, NO, YES, type Kconfig, type KSymbol, type Property, type Tri } from '../tree/model.ts';

/** A symbol with what it is now. */
export type Valued = { symbol: string; value: string };

/** A select or imply of the explained symbol: who, under which condition, and how much it forces now. */
export type Reverse = Valued & { condition: string | null; forces: Tri; file: string; line: number };

/** A part of a condition that is less than it would have to be, with the values of its symbols: `USB_SERIAL [=m]`. */
export type Unmet = { condition: string; value: Tri; needed: Tri };

/** Why a symbol has its value: the one thing that decided. */
export type Reason =
  | { kind: 'undefined' }
  | { kind: 'user' }
  | { kind: 'selected' }
  | { kind: 'implied' }
  | { kind: 'default'; value: string; condition: string | null; file: string; line: number }
  | { kind: 'chosen'; by: 'user' | 'default' }
  | { kind: 'not chosen'; chosen: string | null }
  | { kind: 'range'; low: string; high: string }
  | { kind: 'none' };

export type Explanation = {
  symbol: string;
  type: KSymbol['type'];
  value: string;
  reason: Reason;
  /** What the user asked for, whether or not it holds. */
  user: string | null;
  /** The values the user could give it now; for a number its range, for a string nothing is listed. */
  possible: string[];
  /** Why it cannot be given more: conditions of its prompts that are not met. Empty where a prompt is visible at y. */
  hidden: Unmet[];
  /** Whether any definition has a prompt at all. */
  prompted: boolean;
  /** Dependencies that are not met although it is selected. */
  unmet: Unmet[];
  selectedBy: Reverse[];
  impliedBy: Reverse[];
  /** Symbols whose prompts, defaults or dependencies mention it. */
  mentionedBy: string[];
  definitions: { file: string; line: number; prompt: string | null }[];
};

/** Everything about one symbol in one configuration. A name the tree does not define gives the reason `undefined`. */
export function explain(configuration: Configuration, name: string): Explanation {
  const { kconfig, calculator, state } = configuration;
  const symbol = configuration.symbol(name);
  if (symbol === undefined || symbol.menus.length === 0) return undefinedSymbol(kconfig, symbol, name);
  const value = configuration.value(symbol);
  const { id } = symbol;
  const selectedBy = reverses(configuration, symbol, 'select');
  const impliedBy = reverses(configuration, symbol, 'imply');
  const prompts = symbol.properties.filter((property) => property.text !== null);
  const hidden =
    prompts.length === 0 || state.visible[id] === YES
      ? []
      : prompts.flatMap((prompt) => unmetParts(configuration, prompt.visible, YES));
  const overSelected = (state.dependency[id] ?? NO) < (state.selected[id] ?? NO) && symbol.memberOf === null;
  return {
    symbol: name,
    type: symbol.type,
    value,
    reason: reasonOf(configuration, symbol),
    user: userValue(configuration, symbol),
    possible: possibleValues(configuration, symbol),
    hidden,
    prompted: prompts.length > 0,
    unmet: overSelected ? unmetParts(configuration, symbol.dependency, calculator.tri(symbol)) : [],
    selectedBy,
    impliedBy,
    mentionedBy: mentioning(kconfig, symbol),
    definitions: symbol.menus.map((menu) => ({
      file: menu.at.file,
      line: menu.at.line,
      prompt: menu.prompt?.text ?? null,
    })),
  };
}

function undefinedSymbol(kconfig: Kconfig, symbol: KSymbol | undefined, name: string): Explanation {
  return {
    symbol: name,
    type: 'unknown',
    value: 'n',
    reason: { kind: 'undefined' },
    user: null,
    possible: [],
    hidden: [],
    prompted: false,
    unmet: [],
    selectedBy: [],
    impliedBy: [],
    mentionedBy: symbol === undefined ? [] : mentioning(kconfig, symbol),
    definitions: [],
  };
}

function userValue(configuration: Configuration, symbol: KSymbol): string | null {
  const { state } = configuration;
  if (state.userSet[symbol.id] === 0) return null;
  return symbol.type === 'bool' || symbol.type === 'tristate'
    ? TRI_TEXT[state.userTri[symbol.id] as Tri]
    : (state.userText[symbol.id] ?? null);
}

/** The same order as `sym_calc_value` takes. */
function reasonOf(configuration: Configuration, symbol: KSymbol): Reason {
  const { state, calculator } = configuration;
  const { id } = symbol;
  const isTri = symbol.type === 'bool' || symbol.type === 'tristate';
  if (symbol.memberOf !== null && state.visible[id] === YES) {
    const chosen = configuration.chosen(symbol.memberOf);
    if (chosen !== symbol) return { kind: 'not chosen', chosen: chosen?.name ?? null };
    return { kind: 'chosen', by: state.userSet[id] === 1 && state.userTri[id] === YES ? 'user' : 'default' };
  }
  if (!isTri && calculator.range(symbol) !== null && limitedByRange(configuration, symbol)) {
    const [low, high] = calculator.range(symbol) ?? [];
    return {
      kind: 'range',
      low: low === undefined ? '' : calculator.text(low),
      high: high === undefined ? '' : calculator.text(high),
    };
  }
  const user = state.visible[id] !== NO && state.userSet[id] === 1;
  const own = user ? Math.min(state.userTri[id] ?? NO, state.visible[id] ?? NO) : NO;
  if (isTri && (state.selected[id] ?? NO) > own && state.tri[id] === state.selected[id]) return { kind: 'selected' };
  if (user) return { kind: 'user' };
  const property = calculator.defaultProperty(symbol);
  const given = property === null ? NO : Math.min(calculator.expr(property.value), calculator.expr(property.visible));
  if (isTri && (state.implied[id] ?? NO) > given) return { kind: 'implied' };
  return property === null ? { kind: 'none' } : defaultReason(property);
}

function limitedByRange(configuration: Configuration, symbol: KSymbol): boolean {
  const { state, calculator } = configuration;
  const source =
    state.visible[symbol.id] !== NO && state.userSet[symbol.id] === 1
      ? (state.userText[symbol.id] ?? '')
      : namedDefault(configuration, symbol);
  return source !== null && source !== calculator.text(symbol);
}

function namedDefault(configuration: Configuration, symbol: KSymbol): string | null {
  const property = configuration.calculator.defaultProperty(symbol);
  const source = property === null ? null : namedSymbol(property);
  return source === null ? null : (configuration.state.text[source.id] ?? null);
}

function defaultReason(property: Property): Reason {
  return {
    kind: 'default',
    value: printExpr(property.value),
    condition: property.visible === null ? null : printExpr(property.visible),
    file: property.at.file,
    line: property.at.line,
  };
}

function possibleValues(configuration: Configuration, symbol: KSymbol): string[] {
  if (symbol.type === 'bool' || symbol.type === 'tristate')
    return ([NO, MOD, YES] as const)
      .filter((value) => configuration.allows(symbol, value))
      .map((value) => TRI_TEXT[value]);
  const range = configuration.calculator.range(symbol);
  if (range === null || !configuration.isChangeable(symbol)) return [];
  return [`${configuration.value(range[0])}..${configuration.value(range[1])}`];
}

/** The operands of `&&` that are less than needed, each with the values of its symbols. */
export function unmetParts(configuration: Configuration, expr: Expr | null, needed: Tri): Unmet[] {
  if (expr === null) return [];
  const value = configuration.calculator.expr(expr);
  if (value >= needed) return [];
  if (expr.kind === 'and')
    return [...unmetParts(configuration, expr.left, needed), ...unmetParts(configuration, expr.right, needed)];
  return [{ condition: withValues(configuration, expr), value, needed }];
}

function withValues(configuration: Configuration, expr: Expr): string {
  return printExpr(expr, (symbol) =>
    symbol.constant || symbol.type === 'unknown'
      ? (symbol.name ?? '')
      : `${symbol.name ?? '<choice>'} [=${configuration.value(symbol)}]`,
  );
}

function reverses(configuration: Configuration, target: KSymbol, kind: 'select' | 'imply'): Reverse[] {
  return reversesOf(configuration.kconfig, kind, target).map(({ symbol, property }) => ({
    symbol: symbol.name ?? '<choice>',
    value: configuration.value(symbol),
    condition: property.visible === null ? null : printExpr(property.visible),
    forces: Math.min(configuration.tri(symbol), configuration.calculator.expr(property.visible)) as Tri,
    file: property.at.file,
    line: property.at.line,
  }));
}

type Selection = { symbol: KSymbol; property: Property };
type Turned = { select: Map<KSymbol, Selection[]>; imply: Map<KSymbol, Selection[]> };
const turned = new WeakMap<Kconfig, Turned>();

function reversesOf(kconfig: Kconfig, kind: 'select' | 'imply', target: KSymbol): Selection[] {
  let tables = turned.get(kconfig);
  if (tables === undefined) {
    tables = { select: new Map(), imply: new Map() };
    for (const symbol of kconfig.symbols) {
      for (const property of symbol.properties) {
        if (property.kind !== 'select' && property.kind !== 'imply') continue;
        const named = namedSymbol(property);
        if (named === null) continue;
        const list = tables[property.kind].get(named) ?? [];
        list.push({ symbol, property });
        tables[property.kind].set(named, list);
      }
    }
    turned.set(kconfig, tables);
  }
  return tables[kind].get(target) ?? [];
}

function mentioning(kconfig: Kconfig, symbol: KSymbol): string[] {
  const names = new Set<string>();
  for (const other of kconfig.symbols) {
    if (other === symbol || other.name === null) continue;
    const mentions =
      containsSymbol(other.dependency, symbol) ||
      other.properties.some(
        (property) =>
          property.kind !== 'select' &&
          property.kind !== 'imply' &&
          (containsSymbol(property.visible, symbol) || containsSymbol(property.value, symbol)),
      );
    if (mentions) names.add(other.name);
  }
  return [...names];
}

/** The explanation in one line: `CRC32=m: selected by BTRFS_FS (m); could be m, y`. */
export function explainLine(explanation: Explanation): string {
  const { symbol, value } = explanation;
  const shown = explanation.type === 'string' ? `"${value}"` : value;
  const parts = [reasonText(explanation), ...besides(explanation)].filter((part) => part !== '');
  return `${symbol}=${shown}: ${parts.join('; ')}`;
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

function besides(explanation: Explanation): string[] {
  const { reason, user, value, hidden, unmet, possible, prompted } = explanation;
  if (reason.kind === 'undefined') return [];
  const parts: string[] = [];
  if (user !== null && user !== value) parts.push(`the user's ${user} does not hold`);
  if (!prompted) parts.push('it has no prompt');
  else if (hidden.length > 0)
    parts.push(
      `${hidden.every((part) => part.value === NO) ? 'depends on' : 'limited by'} ${hidden.map((part) => part.condition).join(' and ')}`,
    );
  if (unmet.length > 0) parts.push(`although it depends on ${unmet.map((part) => part.condition).join(' and ')}`);
  if (reason.kind === 'user' && explanation.selectedBy.some((other) => other.forces !== NO))
    parts.push(`also selected by ${forcing(explanation.selectedBy)}`);
  if (possible.length > 0) parts.push(`could be ${possible.join(', ')}`);
  return parts;
}

/** Those that force most, the first few by name. */
function forcing(reverse: readonly Reverse[]): string {
  const most = Math.max(...reverse.map((other) => other.forces));
  const names = reverse
    .filter((other) => other.forces === most && most !== NO)
    .map((other) => `${other.symbol} (${other.value})`);
  return names.length <= MOST_NAMES
    ? names.join(', ')
    : `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`;
}

const MOST_NAMES = 4;

/** A symbol that is not the same in two configurations; null: it is not written there. */
export type Difference = { symbol: string; before: string | null; after: string | null };

/** What stands otherwise in the .config of `after`, in the order of the symbols. Both may be of different trees. */
export function compareConfigurations(before: Configuration, after: Configuration): Difference[] {
  const written = (configuration: Configuration): Map<string, string> =>
    new Map(
      configuration.kconfig.symbols.flatMap((symbol) =>
        symbol.name !== null && symbol.type !== 'unknown' && symbol.menus.length > 0 && configuration.isWritten(symbol)
          ? [[symbol.name, configuration.value(symbol)] as const]
          : [],
      ),
    );
  const a = written(before),
    b = written(after);
  const differences: Difference[] = [];
  for (const name of new Set([...a.keys(), ...b.keys()])) {
    const difference = { symbol: name, before: a.get(name) ?? null, after: b.get(name) ?? null };
    if (difference.before !== difference.after) differences.push(difference);
  }
  return differences;
}
