/** Which conditions bring a symbol to a value, once the user has set it as far as anybody can: symbol.c's rules read backward. */
import { isLogic, MOD, namedSymbol, NO, YES, type KSymbol, type Property, type Tri } from '../tree/model.ts';
import type { Configuration } from '../values/configuration.ts';
import {
  all,
  any,
  atLeast,
  isWithin,
  least,
  most,
  toReach,
  NEVER,
  numberIn,
  numberOf,
  type Goal,
  type Need,
} from './need.ts';

type LevelGoal = Extract<Goal, { kind: 'level' }>;
type TextGoal = Exclude<Goal, { kind: 'level' }>;

/** What would bring about a goal that is not reached. Each of the alternatives may do for itself. */
export function waysTo(configuration: Configuration, goal: Goal): Need {
  const { symbol } = goal;
  if (symbol.menus.length === 0 || symbol.transitional) return NEVER;
  if (goal.kind !== 'level') return textWays(configuration, goal);
  if (!isLogic(symbol)) return NEVER;
  return configuration.tri(symbol) < goal.least ? raising(configuration, goal) : lowering(configuration, goal);
}

/** The level that an expression needs for it: what lets a bool be m lets it be y. */
const levelFor = (configuration: Configuration, symbol: KSymbol, level: Tri): Tri =>
  level !== NO && configuration.calculator.type(symbol) === 'bool' ? MOD : level;

function raising(configuration: Configuration, goal: LevelGoal): Need {
  const { symbol } = goal;
  if (goal.least === MOD && goal.most === MOD && symbol.type === 'bool') return NEVER;
  const level = levelFor(configuration, symbol, goal.least);
  const modules = goal.most === MOD ? [toReach(atLeast(configuration.kconfig.modules, YES))] : [];
  const isAskable = (configuration.state.visible[symbol.id] ?? NO) >= level;
  const ways = [
    ...(isAskable ? [] : promptsOf(symbol).map(({ visible }) => least(visible, level))),
    ...(symbol.selectedBy === null || symbol.isChoiceValue ? [] : [least(symbol.selectedBy, level)]),
    ...(isAskable ? [] : defaultsFor(configuration, symbol, (property) => least(property.value, level), level)),
    ...(symbol.impliedBy === null ? [] : [all(least(symbol.impliedBy, level), least(symbol.dependency, level))]),
  ];
  return all(...modules, any(...ways));
}

function lowering(configuration: Configuration, goal: LevelGoal): Need {
  const { symbol } = goal;
  const { state } = configuration;
  if (symbol.type === 'bool' && goal.most === MOD && goal.least === MOD) return NEVER;
  if (symbol.memberOf !== null && configuration.chosen(symbol.memberOf) === symbol)
    return any(...symbol.memberOf.members.filter((each) => each !== symbol).map((each) => toReach(atLeast(each, YES))));
  if (goal.least === MOD && goal.most === MOD && state.modules === NO)
    return toReach(atLeast(configuration.kconfig.modules, YES));
  const limit = goal.most === MOD && configuration.calculator.type(symbol) === 'bool' ? NO : goal.most;
  if ((state.selected[symbol.id] ?? NO) > limit) return most(symbol.selectedBy, limit);
  const prompts = promptsOf(symbol).map(({ visible }) => least(visible, goal.least === NO ? MOD : goal.least));
  // Without modules what would be m is y.
  const isWhole = goal.most === MOD && state.modules === NO && symbol.type === 'tristate';
  const modules = isWhole ? [toReach(atLeast(configuration.kconfig.modules, YES))] : [];
  return any(withoutDefault(configuration, symbol, limit), ...prompts, ...modules);
}

/** Neither a default nor what implies it sets it higher. */
function withoutDefault(configuration: Configuration, symbol: KSymbol, limit: Tri): Need {
  const { calculator, state } = configuration;
  const property = calculator.defaultProperty(symbol);
  const given = property === null ? NO : Math.min(calculator.expr(property.value), calculator.expr(property.visible));
  const ways = [
    ...(property !== null && given > limit ? [any(most(property.visible, NO), most(property.value, limit))] : []),
    ...((state.implied[symbol.id] ?? NO) > limit ? [most(symbol.impliedBy, limit)] : []),
  ];
  return any(ways.length === 0 ? NEVER : all(...ways), most(symbol.dependency, limit));
}

const promptsOf = (symbol: KSymbol): Property[] => symbol.properties.filter(({ text }) => text !== null);

/** The defaults that could apply, each once those before it do not. */
function defaultsFor(
  configuration: Configuration,
  symbol: KSymbol,
  gives: (property: Property) => Need | null,
  level: Tri,
): Need[] {
  const defaults = symbol.properties.filter(({ kind }) => kind === 'default');
  return defaults.flatMap((property, at) => {
    const value = gives(property);
    if (value === null) return [];
    const before = defaults.slice(0, at).filter(({ visible }) => configuration.calculator.expr(visible) !== NO);
    return [all(least(property.visible, level), value, ...before.map(({ visible }) => most(visible, NO)))];
  });
}

function textWays(configuration: Configuration, goal: TextGoal): Need {
  const { symbol } = goal;
  if (isLogic(symbol)) return NEVER;
  const isAskable = configuration.state.visible[symbol.id] !== NO;
  if (isAskable)
    return goal.kind === 'number' ? any(widened(configuration, goal), withoutValue(configuration, goal)) : NEVER;
  const fits = (property: Property): Need | null => {
    const source = namedSymbol(property);
    if (source === null) return null;
    if (source.menus.length > 0) return toReach({ ...goal, symbol: source });
    return isText(goal, source) ? all() : null;
  };
  return any(
    ...promptsOf(symbol).map(({ visible }) => least(visible, MOD)),
    ...defaultsFor(configuration, symbol, fits, MOD),
  );
}

/** The symbol goes, where what it stands for then is enough. */
function withoutValue({ calculator }: Configuration, goal: Extract<Goal, { kind: 'number' }>): Need {
  const { symbol, orNone = false } = goal;
  if (symbol.type === 'unknown') return NEVER;
  const none = numberIn(calculator.emptyText(symbol.type), symbol);
  return orNone && isWithin(goal, none) ? most(symbol.dependency, NO) : NEVER;
}

/** Whether a constant is what the goal asks for. */
function isText(goal: TextGoal, constant: KSymbol): boolean {
  const text = constant.name ?? '';
  return goal.kind === 'text' ? text === goal.text : isWithin(goal, numberIn(text, goal.symbol));
}

/** The range that applies moves, or another one applies. */
function widened(configuration: Configuration, goal: Extract<Goal, { kind: 'number' }>): Need {
  const ranges = goal.symbol.properties.filter(({ kind }) => kind === 'range');
  const at = ranges.findIndex(({ visible }) => configuration.calculator.expr(visible) !== NO);
  const applying = ranges[at];
  if (applying === undefined) return NEVER;
  const others = ranges.slice(0, at).filter(({ range }) => range !== null && hasRoom(configuration, goal, range));
  return any(
    ...movedBounds(configuration, goal, applying),
    ...others.map(({ visible }) => least(visible, MOD)),
    // Where it is the symbol's own condition, there is no symbol without the range.
    applying.visible === goal.symbol.dependency ? NEVER : most(applying.visible, NO),
  );
}

function hasRoom(
  configuration: Configuration,
  { least, most }: Extract<Goal, { kind: 'number' }>,
  [low, high]: readonly [KSymbol, KSymbol],
): boolean {
  const [from, to] = [numberOf(configuration, low), numberOf(configuration, high)];
  return (most === null || most >= from) && (least === null || least <= to);
}

/** A bound that is a symbol can move itself. */
function movedBounds(
  configuration: Configuration,
  goal: Extract<Goal, { kind: 'number' }>,
  { range }: Property,
): Need[] {
  if (range === null) return [];
  const [low, high] = range;
  const isBelow = goal.most !== null && numberOf(configuration, low) > goal.most;
  const isAbove = goal.least !== null && numberOf(configuration, high) < goal.least;
  return [
    ...(isBelow && low.menus.length > 0
      ? [toReach({ kind: 'number', symbol: low, least: null, most: goal.most })]
      : []),
    ...(isAbove && high.menus.length > 0
      ? [toReach({ kind: 'number', symbol: high, least: goal.least, most: null })]
      : []),
  ];
}
