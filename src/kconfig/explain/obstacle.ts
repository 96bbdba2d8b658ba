/** What keeps a symbol from a value, in a configuration that is finished. */
import type { FileLine, SymbolType } from '../syntax/ast.ts';
import { printExpr } from '../tree/expressions.ts';
import {
  isLogic,
  MOD,
  namedSymbol,
  nameOf,
  NO,
  TRI_TEXT,
  YES,
  type Expr,
  type KSymbol,
  type Tri,
} from '../tree/model.ts';
import { isValidText } from '../tree/numbers.ts';
import type { Configuration } from '../values/configuration.ts';
import { joined, type Condition } from './condition.ts';
import { lacking } from './lacking.ts';
import { reversesOf } from './reverse.ts';

/** A symbol that selects or implies another, and the level at which it holds the other. */
export type Force = { symbol: string; level: 'm' | 'y' };

/** What gives a symbol its value while nobody can be asked for it. */
export type Setter =
  | ({ kind: 'default'; value: string; condition: string | null } & FileLine)
  | { kind: 'select' | 'imply'; by: Force[] }
  | { kind: 'nothing' };

export type Obstacle =
  /** No file of the tree defines it. `now`: the symbols that took over from a former one. */
  | { kind: 'undefined'; now: string[] }
  /** The text is none of its type. */
  | { kind: 'malformed'; type: SymbolType }
  | { kind: 'empty-text' }
  /** m was wanted of a bool; `needs`: what y lacks, too. */
  | { kind: 'not-tristate'; type: SymbolType; needs?: Condition }
  | { kind: 'no-modules' }
  | { kind: 'selected'; by: Force[] }
  /** Another member of its choice is y, or `itself` is the one that is. */
  | { kind: 'chosen'; has: string; itself?: true }
  /** Its prompt is not offered at the level that is wanted. */
  | { kind: 'needs'; condition: Condition }
  /** It cannot be asked for. `needs` null: it has no prompt at all. `reach`: what would set it as wanted. */
  | { kind: 'no-prompt'; needs: Condition | null; setBy: Setter; reach?: Condition }
  | { kind: 'range'; low: string; high: string; nearest: string };

/** Of the conditions under which something would set a symbol, so many are given. */
const MOST_ALTERNATIVES = 6;

/** Why a symbol cannot have the value, in the user's spelling; null where nothing keeps it from that. */
export function obstacleTo(configuration: Configuration, name: string, wanted: string): Obstacle | null {
  const symbol = configuration.symbol(name);
  const type = symbol?.type ?? 'unknown';
  if (symbol === undefined || symbol.menus.length === 0 || type === 'unknown') return { kind: 'undefined', now: [] };
  if (symbol.transitional) return { kind: 'undefined', now: takingOver(configuration, symbol) };
  if (type !== 'bool' && type !== 'tristate') return textObstacle(configuration, symbol, type, wanted);
  const level = TRI_TEXT.indexOf(wanted as 'n' | 'm' | 'y');
  return level < 0 ? { kind: 'malformed', type } : levelObstacle(configuration, symbol, level as Tri);
}

/** The symbols that have a default of a transitional one. */
function takingOver({ kconfig }: Configuration, former: KSymbol): string[] {
  return kconfig.symbols.flatMap((symbol) =>
    symbol.properties.some((property) => property.kind === 'default' && namedSymbol(property) === former)
      ? (symbol.name ?? [])
      : [],
  );
}

function levelObstacle(configuration: Configuration, symbol: KSymbol, wanted: Tri): Obstacle | null {
  const value = configuration.tri(symbol);
  const visible = configuration.state.visible[symbol.id] ?? NO;
  if (value > wanted) return tooHigh(configuration, symbol, wanted);
  if (wanted === NO)
    return visible === NO && !configuration.isWritten(symbol) ? withoutPrompt(configuration, symbol, MOD) : null;
  if (value === wanted) return null;
  if (symbol.memberOf !== null && visible === YES) {
    const chosen = configuration.chosen(symbol.memberOf);
    if (chosen !== null && chosen !== symbol) return { kind: 'chosen', has: nameOf(chosen) };
  }
  const needed = Math.min(wanted, highest(configuration, symbol)) as Tri;
  const hidden = visible < needed ? withoutPrompt(configuration, symbol, needed) : null;
  if (wanted === MOD && symbol.type === 'bool')
    return { kind: 'not-tristate', type: 'bool', ...(hidden?.kind === 'needs' ? { needs: hidden.condition } : {}) };
  if (hidden !== null) return hidden;
  return wanted === MOD && configuration.state.modules === NO ? { kind: 'no-modules' } : null;
}

/** What holds a symbol above the value. */
function tooHigh(configuration: Configuration, symbol: KSymbol, wanted: Tri): Obstacle | null {
  const { state } = configuration;
  if (wanted === MOD && symbol.type === 'bool') return { kind: 'not-tristate', type: 'bool' };
  if (symbol.memberOf === null && (state.selected[symbol.id] ?? NO) > wanted) {
    const by = forces(configuration, symbol, 'select').filter(({ level }) => levelOf(level) > wanted);
    return { kind: 'selected', by };
  }
  if (state.visible[symbol.id] === NO) {
    const needs = promptNeeds(configuration, symbol, MOD);
    return { kind: 'no-prompt', needs, setBy: setterOf(configuration, symbol) };
  }
  if (symbol.memberOf !== null && configuration.chosen(symbol.memberOf) === symbol)
    return { kind: 'chosen', has: nameOf(symbol), itself: true };
  return wanted === MOD && state.modules === NO ? { kind: 'no-modules' } : null;
}

/** A symbol that is not offered at the level: its prompt lacks something, or it has none. */
function withoutPrompt(
  configuration: Configuration,
  symbol: KSymbol,
  needed: Tri,
): Extract<Obstacle, { kind: 'needs' | 'no-prompt' }> {
  const condition = promptNeeds(configuration, symbol, needed);
  if (condition !== null) return { kind: 'needs', condition };
  const reach = reachOf(configuration, symbol, needed);
  return {
    kind: 'no-prompt',
    needs: null,
    setBy: setterOf(configuration, symbol),
    ...(reach === null ? {} : { reach }),
  };
}

/** What its prompts lack, any of them being enough; null where it has none, or lacks nothing. */
export function promptNeeds(configuration: Configuration, symbol: KSymbol, needed: Tri): Condition | null {
  const prompts = symbol.properties.filter(({ text }) => text !== null);
  const lacks = prompts.map((prompt) => lacking(configuration, prompt.visible, needed));
  return lacks.includes(null) ? null : joined('any', lacks);
}

/** Under which conditions a select, a default or an imply would set a symbol without a prompt. */
function reachOf(configuration: Configuration, symbol: KSymbol, needed: Tri): Condition | null {
  const lacks = (expr: Expr | null): Condition | null => lacking(configuration, expr, needed);
  const defaults = symbol.properties.filter(({ kind }) => kind === 'default');
  const first = defaults.findIndex(({ visible }) => configuration.calculator.expr(visible) !== NO);
  // Those after the first that applies have no say.
  const reaching = first < 0 ? defaults : defaults.slice(0, first + 1);
  const reach = joined('any', [
    symbol.selectedBy && lacks(symbol.selectedBy),
    ...reaching.map(({ visible, value }) => joined('all', [lacks(visible), lacks(value)])),
    symbol.impliedBy && joined('all', [lacks(symbol.impliedBy), lacks(symbol.dependency)]),
  ]);
  if (reach === null || reach.kind !== 'any' || reach.of.length <= MOST_ALTERNATIVES) return reach;
  return { ...reach, of: reach.of.slice(0, MOST_ALTERNATIVES), more: reach.of.length - MOST_ALTERNATIVES };
}

function setterOf(configuration: Configuration, symbol: KSymbol): Setter {
  const { state, calculator } = configuration;
  const { id } = symbol;
  const isTri = isLogic(symbol);
  if (isTri && state.selected[id] !== NO) return { kind: 'select', by: forces(configuration, symbol, 'select') };
  const property = calculator.defaultProperty(symbol);
  const given = property === null ? NO : Math.min(calculator.expr(property.value), calculator.expr(property.visible));
  if (isTri && (state.implied[id] ?? NO) > given) return { kind: 'imply', by: forces(configuration, symbol, 'imply') };
  if (property === null || (isTri && given === NO)) return { kind: 'nothing' };
  const condition = property.visible === null ? null : printExpr(property.visible);
  return { kind: 'default', value: printExpr(property.value), condition, ...property.at };
}

const levelOf = (level: Force['level']): Tri => (level === 'y' ? YES : MOD);

/** Who selects or implies a symbol now, each once, with the highest level. */
function forces(configuration: Configuration, symbol: KSymbol, kind: 'select' | 'imply'): Force[] {
  const isBool = asType(configuration, symbol) === 'bool';
  const levels = new Map<string, Tri>();
  for (const { source, property } of reversesOf(configuration.kconfig, symbol, kind)) {
    const own = Math.min(configuration.tri(source), configuration.calculator.expr(property.visible)) as Tri;
    const level = own === MOD && isBool ? YES : own;
    if (level > (levels.get(nameOf(source)) ?? NO)) levels.set(nameOf(source), level);
  }
  return [...levels].map(([name, level]) => ({ symbol: name, level: level === YES ? 'y' : 'm' }));
}

/** The level at which its prompt offers everything: a bool is offered y wherever it is offered anything. */
export const highest = (configuration: Configuration, symbol: KSymbol): Tri =>
  asType(configuration, symbol) === 'bool' ? MOD : YES;

/** Without modules a tristate is a bool. */
const asType = (configuration: Configuration, symbol: KSymbol): KSymbol['type'] =>
  symbol.type === 'tristate' && configuration.state.modules === NO ? 'bool' : symbol.type;

function textObstacle(
  configuration: Configuration,
  symbol: KSymbol,
  type: Exclude<SymbolType, 'bool' | 'tristate'>,
  wanted: string,
): Obstacle | null {
  if (configuration.value(symbol) === wanted && configuration.isWritten(symbol)) return null;
  if (configuration.state.visible[symbol.id] === NO) {
    const needs = promptNeeds(configuration, symbol, MOD);
    if (needs !== null && !configuration.isWritten(symbol)) return { kind: 'needs', condition: needs };
    return { kind: 'no-prompt', needs, setBy: setterOf(configuration, symbol) };
  }
  if (wanted === '' || wanted === '""') return { kind: 'empty-text' };
  if (!isValidText(type, wanted)) return { kind: 'malformed', type };
  if (type === 'string') return null;
  const range = configuration.calculator.range(symbol);
  const bound = configuration.calculator.exceededBound(symbol, type, wanted);
  if (range === null || bound === null) return null;
  const [low, high] = range.map((end) => configuration.value(end));
  return { kind: 'range', low: low ?? '', high: high ?? '', nearest: configuration.value(bound) };
}
