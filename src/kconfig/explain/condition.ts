import type { Comparison } from '../syntax/ast.ts';
import { NEGATED } from '../tree/expressions.ts';
import { MOD, NO, TRI_TEXT, YES, type Tri } from '../tree/model.ts';

/** An expression with the value that each part of it has. */
export type Valued = { level: Tri } & (
  { kind: 'symbol'; symbol: string } | Compared | { kind: 'not'; of: Valued } | { kind: 'and' | 'or'; of: Valued[] }
);

/** `isLogic`: the left side has one of the values y, m and n. */
type Compared = {
  kind: 'compare';
  left: string;
  operator: Comparison;
  right: string;
  leftValue: string;
  rightValue: string;
  isLogic: boolean;
};

/** The part of an expression that keeps it from a value, with the operators of the expression. */
export type Condition =
  /** The symbol has to be at least this high. The constants `n` and `m` are symbols here, too. */
  | { kind: 'symbol'; symbol: string; value: string; needed: 'm' | 'y' }
  /** The symbol has to be at most this high. */
  | { kind: 'off'; symbol: string; value: string; most: 'n' | 'm' }
  | { kind: 'comparison'; left: string; operator: Comparison; right: string; leftValue: string; rightValue: string }
  /** `more`: how many further alternatives are left out. */
  | { kind: 'all' | 'any'; of: Condition[]; more?: number };

/** What keeps an expression below a value; null where it is not below it. */
export function lackingIn(expr: Valued, needed: Tri): Condition | null {
  if (expr.level >= needed) return null;
  switch (expr.kind) {
    case 'symbol':
      return atLeast(expr.symbol, TRI_TEXT[expr.level], needed);
    case 'not':
      return exceeding(expr.of, opposite(needed));
    case 'compare':
      return comparison(expr);
    case 'and':
    case 'or':
      return joined(
        expr.kind === 'and' ? 'all' : 'any',
        expr.of.map((each) => lackingIn(each, needed)),
      );
  }
}

/** What keeps an expression above a value; null where it is not above it. */
function exceeding(expr: Valued, most: Tri): Condition | null {
  if (expr.level <= most) return null;
  switch (expr.kind) {
    case 'symbol':
      return atMost(expr.symbol, TRI_TEXT[expr.level], most);
    case 'not':
      return lackingIn(expr.of, opposite(most));
    case 'compare':
      return comparison({ ...expr, operator: NEGATED[expr.operator] });
    case 'and':
    case 'or':
      return joined(
        expr.kind === 'and' ? 'any' : 'all',
        expr.of.map((each) => exceeding(each, most)),
      );
  }
}

const opposite = (value: Tri): Tri => (2 - value) as Tri;

const atLeast = (symbol: string, value: string, needed: Tri): Condition => ({
  kind: 'symbol',
  symbol,
  value,
  needed: needed === YES ? 'y' : 'm',
});

const atMost = (symbol: string, value: string, most: Tri): Condition => ({
  kind: 'off',
  symbol,
  value,
  most: most === NO ? 'n' : 'm',
});

/** A comparison that does not hold. One with `y` or `n` says how high the symbol has to be. */
function comparison({ left, operator, right, leftValue, rightValue, isLogic }: Compared): Condition {
  if (isLogic && (operator === '=' || operator === '!=')) {
    const isEqual = operator === '=';
    if (right === 'y') return isEqual ? atLeast(left, leftValue, YES) : atMost(left, leftValue, MOD);
    if (right === 'n') return isEqual ? atMost(left, leftValue, NO) : atLeast(left, leftValue, MOD);
  }
  return { kind: 'comparison', left, operator, right, leftValue, rightValue };
}

/**
 * Several conditions as one; null where there is none. Those of the same kind are taken apart, and what is said twice is said once:
 * `A or (A and B)` is A.
 */
export function joined(kind: 'all' | 'any', conditions: readonly (Condition | null)[]): Condition | null {
  const flat = conditions
    .filter((each) => each !== null)
    .flatMap((each) => (each.kind === kind && each.more === undefined ? each.of : each));
  const distinct = new Map(flat.map((each) => [JSON.stringify(each), each]));
  const isSaid = (each: Condition): boolean =>
    (each.kind === 'all' || each.kind === 'any') && each.of.some((part) => distinct.has(JSON.stringify(part)));
  const of = [...distinct.values()].filter((each) => !isSaid(each));
  return of.length < 2 ? (of[0] ?? null) : { kind, of };
}
