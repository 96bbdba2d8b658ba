import type { Comparison } from '../syntax/ast.ts';
import type { ExpressionTable } from './expressionTable.ts';
import { isLogic, type Expr, type KSymbol } from './model.ts';

/** Joins two different operands of `&&` or `||` that test the same symbol. Null if they cannot be joined. */
export function joinOperands(kind: 'and' | 'or', a: Expr, b: Expr, expressions: ExpressionTable): Expr | null {
  return kind === 'or' ? joinOr(a, b, expressions) : joinAnd(a, b, expressions);
}

/** `a || b` as one operand, or null (`expr_join_or`). */
function joinOr(a: Expr, b: Expr, e: ExpressionTable): Expr | null {
  const symbol = commonSymbol(a, b);
  if (symbol === null) return null;
  if (symbol.type === 'tristate' && isComparison(a, '=') && isComparison(b, '=')) {
    const rest = remaining(a.right, b.right, e);
    if (rest !== null) return e.compare('!=', symbol, rest);
  }
  const negation = (expr: Expr): boolean => expr.kind === 'not' && expr.operand.kind === 'symbol';
  if (symbol.type === 'bool' && ((negation(a) && b.kind === 'symbol') || (negation(b) && a.kind === 'symbol')))
    return e.symbol(e.y);
  return null;
}

/** `a && b` as one operand, or null (`expr_join_and`). */
function joinAnd(a: Expr, b: Expr, e: ExpressionTable): Expr | null {
  const symbol = commonSymbol(a, b);
  if (symbol === null) return null;
  const { y, m, n } = e;
  const tests = (operator: Comparison, value: KSymbol): boolean =>
    (a.kind === 'symbol' && isComparison(b, operator) && b.right === value) ||
    (b.kind === 'symbol' && isComparison(a, operator) && a.right === value);
  if (tests('=', y)) return e.compare('=', symbol, y);
  if (tests('!=', n)) return e.symbol(symbol);
  if (tests('!=', m)) return e.compare('=', symbol, y);
  if (symbol.type !== 'tristate') return null;
  const equality = isComparison(a, '=') ? a : isComparison(b, '=') ? b : null;
  const inequality = isComparison(a, '!=') ? a : isComparison(b, '!=') ? b : null;
  if (equality !== null && inequality !== null) {
    if (!equality.right.constant || !inequality.right.constant) return null;
    return equality.right === inequality.right ? e.symbol(n) : e.compare('=', symbol, equality.right);
  }
  if (isComparison(a, '!=') && isComparison(b, '!=')) {
    const rest = remaining(a.right, b.right, e);
    if (rest !== null) return e.compare('=', symbol, rest);
  }
  return null;
}

/** The third of y, m and n if `a` and `b` are the other two, else null. */
function remaining(a: KSymbol, b: KSymbol, { y, m, n }: ExpressionTable): KSymbol | null {
  const [rest, ...others] = [y, m, n].filter((value) => value !== a && value !== b);
  return rest === undefined || others.length > 0 ? null : rest;
}

/** The bool or tristate that both operands test, or null. */
function commonSymbol(a: Expr, b: Expr): KSymbol | null {
  const symbol = testedSymbol(a, true);
  return symbol !== null && symbol === testedSymbol(b, false) && isLogic(symbol) ? symbol : null;
}

function isComparison(expr: Expr, operator: Comparison): expr is Extract<Expr, { kind: 'compare' }> {
  return expr.kind === 'compare' && expr.operator === operator;
}

/** The A of `A`, `!A`, `A = v` and `A != v`. kconfig looks at a comparison below `!` on the left side only. */
function testedSymbol(expr: Expr, left: boolean): KSymbol | null {
  switch (expr.kind) {
    case 'symbol':
      return expr.symbol;
    case 'compare':
      return expr.operator === '=' || expr.operator === '!=' ? expr.left : null;
    case 'not':
      return expr.operand.kind === 'symbol' || (left && expr.operand.kind === 'compare')
        ? testedSymbol(expr.operand, left)
        : null;
    case 'and':
    case 'or':
      return null;
  }
}
