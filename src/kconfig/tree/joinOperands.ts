import type { Comparison } from '../syntax/ast.ts';
import type { Expr, Expressions } from './expr.ts';
import type { KSymbol } from './model.ts';

/** Two different operands of `&&` or `||` as one, where both test the same symbol and one follows from the other; else null. */
export function joinOperands(kind: 'and' | 'or', a: Expr, b: Expr, expressions: Expressions): Expr | null {
  return kind === 'or' ? joinOr(a, b, expressions) : joinAnd(a, b, expressions);
}

/** `a || b` as one operand, or null (`expr_join_or`). */
function joinOr(a: Expr, b: Expr, e: Expressions): Expr | null {
  const symbol = commonSymbol(a, b);
  if (symbol === null) return null;
  const { y, m, n } = e;
  if (symbol.type === 'tristate' && isComparison(a, '=') && isComparison(b, '=')) {
    const both = new Set([a.right, b.right]);
    for (const [first, second, rest] of [
      [y, m, n],
      [y, n, m],
      [m, n, y],
    ] as const) {
      if (both.has(first) && both.has(second)) return e.compare('!=', symbol, rest);
    }
  }
  const negation = (expr: Expr): boolean => expr.kind === 'not' && expr.operand.kind === 'symbol';
  if (symbol.type === 'bool' && ((negation(a) && b.kind === 'symbol') || (negation(b) && a.kind === 'symbol')))
    return e.symbol(y);
  return null;
}

/** `a && b` as one operand, or null (`expr_join_and`). */
function joinAnd(a: Expr, b: Expr, e: Expressions): Expr | null {
  const symbol = commonSymbol(a, b);
  if (symbol === null) return null;
  const { y, m, n } = e;
  const with_ = (operator: Comparison, value: KSymbol): boolean =>
    (a.kind === 'symbol' && isComparison(b, operator) && b.right === value) ||
    (b.kind === 'symbol' && isComparison(a, operator) && a.right === value);
  if (with_('=', y)) return e.compare('=', symbol, y);
  if (with_('!=', n)) return e.symbol(symbol);
  if (with_('!=', m)) return e.compare('=', symbol, y);
  if (symbol.type !== 'tristate') return null;
  const equality = isComparison(a, '=') ? a : isComparison(b, '=') ? b : null;
  const inequality = isComparison(a, '!=') ? a : isComparison(b, '!=') ? b : null;
  if (equality !== null && inequality !== null) {
    if (!equality.right.constant || !inequality.right.constant) return null;
    return equality.right === inequality.right ? e.symbol(n) : e.compare('=', symbol, equality.right);
  }
  if (isComparison(a, '!=') && isComparison(b, '!=')) {
    const both = new Set([a.right, b.right]);
    for (const [first, second, rest] of [
      [y, n, m],
      [y, m, n],
      [m, n, y],
    ] as const) {
      if (both.has(first) && both.has(second)) return e.compare('=', symbol, rest);
    }
  }
  return null;
}

/** The one bool or tristate that both operands test, or null. */
function commonSymbol(a: Expr, b: Expr): KSymbol | null {
  const first = testedSymbol(a, true),
    second = testedSymbol(b, false);
  if (first === null || first !== second) return null;
  return first.type === 'bool' || first.type === 'tristate' ? first : null;
}

function isComparison(expr: Expr, operator: Comparison): expr is Extract<Expr, { kind: 'compare' }> {
  return expr.kind === 'compare' && expr.operator === operator;
}

/** Of `A`, `!A`, `A = v`, `A != v`: A. kconfig looks below a `!` at comparisons too on the left side, but not on the right. */
function testedSymbol(expr: Expr, left: boolean): KSymbol | null {
  switch (expr.kind) {
    case 'symbol':
      return expr.symbol;
    case 'compare':
      return expr.operator === '=' || expr.operator === '!=' ? expr.left : null;
    case 'not': {
      const { operand } = expr;
      if (operand.kind === 'symbol') return operand.symbol;
      return left && operand.kind === 'compare' && (operand.operator === '=' || operand.operator === '!=')
        ? operand.left
        : null;
    }
    case 'and':
    case 'or':
      return null;
  }
}
