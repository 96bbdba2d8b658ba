/** What has to hold in a configuration so that a symbol comes to a value. */
import { NEGATED, termsOf } from '../tree/expressions.ts';
import { isLogic, MOD, NO, TRI_TEXT, YES, type Expr, type KSymbol, type Tri } from '../tree/model.ts';
import { compareValues, parseSigned, type TypedText } from '../tree/numbers.ts';
import { HOLDS } from '../values/calculator.ts';
import type { Configuration } from '../values/configuration.ts';

/** What a symbol has to come to. Without a bound, any number below or above will do. */
export type Goal = { symbol: KSymbol } & (
  | { kind: 'level'; least: Tri; most: Tri }
  /** `orNone`: the number that a symbol stands for which is not there will do, too. */
  | { kind: 'number'; least: bigint | null; most: bigint | null; orNone?: true }
  | { kind: 'text'; text: string }
);

export type Need =
  | { kind: 'goal'; goal: Goal }
  /** An expression has to be at least, or at most, this high. */
  | { kind: 'least' | 'most'; expr: Expr; level: Tri }
  | { kind: 'all'; of: Need[] }
  | { kind: 'any'; of: Need[] };

/** Nothing can make it hold. */
export const NEVER: Need = { kind: 'any', of: [] };

/** Whether nothing is left of a need that could make it hold. */
export function isNever(need: Need): boolean {
  if (need.kind === 'any') return need.of.every(isNever);
  return need.kind === 'all' && need.of.some(isNever);
}

export const all = (...of: Need[]): Need => ({ kind: 'all', of });
export const any = (...of: Need[]): Need => ({ kind: 'any', of });
export const toReach = (goal: Goal): Need => ({ kind: 'goal', goal });

/** An expression that is missing is y. */
export function least(expr: Expr | null, level: Tri): Need {
  const fixed = constantOf(expr);
  if (level === NO || (fixed !== null && fixed >= level)) return all();
  return expr === null || fixed !== null ? NEVER : { kind: 'least', expr, level };
}

export function most(expr: Expr | null, level: Tri): Need {
  const fixed = constantOf(expr);
  if (fixed !== null && fixed <= level) return all();
  return expr === null || fixed !== null ? NEVER : { kind: 'most', expr, level };
}

/** The value of an expression that nothing changes. */
function constantOf(expr: Expr | null): Tri | null {
  if (expr === null) return YES;
  if (expr.kind !== 'symbol' || !expr.symbol.constant) return null;
  return Math.max(NO, TRI_TEXT.indexOf(expr.symbol.name as 'n' | 'm' | 'y')) as Tri;
}

export const atLeast = (symbol: KSymbol, level: Tri): Goal => ({ kind: 'level', symbol, least: level, most: YES });
const atMost = (symbol: KSymbol, level: Tri): Goal => ({ kind: 'level', symbol, least: NO, most: level });

export function holds(configuration: Configuration, need: Need): boolean {
  switch (need.kind) {
    case 'goal':
      return isReached(configuration, need.goal);
    case 'least':
      return configuration.calculator.expr(need.expr) >= need.level;
    case 'most':
      return configuration.calculator.expr(need.expr) <= need.level;
    case 'all':
      return need.of.every((each) => holds(configuration, each));
    case 'any':
      return need.of.some((each) => holds(configuration, each));
  }
}

export function isReached(configuration: Configuration, goal: Goal): boolean {
  const { symbol } = goal;
  switch (goal.kind) {
    case 'level': {
      const value = configuration.tri(symbol);
      return value >= goal.least && value <= goal.most;
    }
    case 'number':
      return isWithin(goal, numberOf(configuration, symbol));
    case 'text':
      return configuration.value(symbol) === goal.text;
  }
}

export const isWithin = (bounds: Extract<Goal, { kind: 'number' }>, value: bigint): boolean =>
  (bounds.least === null || value >= bounds.least) && (bounds.most === null || value <= bounds.most);

/** A text as a number of the symbol's type. */
export const numberIn = (text: string, { type }: KSymbol): bigint => parseSigned(text, type === 'hex' ? 16 : 10).value;

/** The number that a symbol stands for; a constant of no type says itself in which base. */
export const numberOf = (configuration: Configuration, symbol: KSymbol): bigint =>
  parseSigned(configuration.value(symbol), symbol.type === 'hex' ? 16 : symbol.type === 'int' ? 10 : 0).value;

/** An expression's need one level down; a goal stays as it is. */
export function partsOf(configuration: Configuration, need: Need): Need {
  if (need.kind !== 'least' && need.kind !== 'most') return need;
  const { expr, level } = need;
  const isLeast = need.kind === 'least';
  switch (expr.kind) {
    case 'symbol':
      return toReach(isLeast ? atLeast(expr.symbol, level) : atMost(expr.symbol, level));
    case 'not':
      return { kind: isLeast ? 'most' : 'least', expr: expr.operand, level: (2 - level) as Tri };
    case 'and':
    case 'or':
      return {
        kind: (expr.kind === 'and') === isLeast ? 'all' : 'any',
        of: termsOf(expr).map((term) => ({ kind: need.kind, expr: term, level })),
      };
    case 'compare':
      return comparison(configuration, isLeast ? expr : { ...expr, operator: NEGATED[expr.operator] });
  }
}

type Compared = Pick<Extract<Expr, { kind: 'compare' }>, 'left' | 'operator' | 'right'>;

/** Either side may move toward what the other one is now. */
function comparison(configuration: Configuration, { left, operator, right }: Compared): Need {
  return any(
    ...sided(configuration, { left, operator, right }),
    ...sided(configuration, { left: right, operator: MIRRORED[operator], right: left }),
  );
}

const MIRRORED = { '=': '=', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

/** The ways in which the left side can move. */
function sided(configuration: Configuration, { left, operator, right }: Compared): Need[] {
  if (left.menus.length === 0) return [];
  if (isLogic(left)) return levels(left, operator, { text: configuration.value(right), type: right.type });
  if (left.type === 'string') return texts(left, operator, { text: configuration.value(right), type: right.type });
  const bound = numberOf(configuration, right);
  const number = (least: bigint | null, most: bigint | null): Need =>
    toReach({ kind: 'number', symbol: left, least, most, orNone: true });
  switch (operator) {
    case '=':
      return [number(bound, bound)];
    case '!=':
      return [number(bound + 1n, null), number(null, bound - 1n)];
    case '<':
      return [number(null, bound - 1n)];
    case '<=':
      return [number(null, bound)];
    case '>':
      return [number(bound + 1n, null)];
    case '>=':
      return [number(bound, null)];
  }
}

/** The same text, none, and the last of all stand for the others. */
function texts(symbol: KSymbol, operator: Compared['operator'], right: TypedText): Need[] {
  return [right.text, '', '~']
    .filter((text) => HOLDS[operator](compareValues({ text, type: symbol.type }, right)))
    .map((text) => toReach({ kind: 'text', symbol, text }));
}

/** y, m and n are compared as words. */
function levels(symbol: KSymbol, operator: Compared['operator'], right: TypedText): Need[] {
  return ([NO, MOD, YES] as const)
    .filter((value) => HOLDS[operator](compareValues({ text: TRI_TEXT[value], type: symbol.type }, right)))
    .map((value) => toReach({ kind: 'level', symbol, least: value, most: value }));
}
