import { isJoined, isLogic, nameOf, type Expr, type Tri } from '../tree/model.ts';
import { termsOf } from '../tree/expressions.ts';
import type { Configuration } from '../values/configuration.ts';
import { lackingIn, type Condition, type Valued } from './condition.ts';

/** So deep in each other `&&`, `||` and `!` are told, deeper than anybody reads. Below that one operand stands for all. */
const DEEPEST = 30;

/** What keeps an expression below a value in a configuration; null where it is not below it. */
export function lacking(configuration: Configuration, expr: Expr | null, needed: Tri): Condition | null {
  if (expr === null || configuration.calculator.expr(expr) >= needed) return null;
  return lackingIn(valued(configuration, expr, 0), needed);
}

function valued(configuration: Configuration, expr: Expr, depth: number): Valued {
  if (depth === DEEPEST) return decisive(configuration, expr);
  const level = configuration.calculator.expr(expr);
  switch (expr.kind) {
    case 'not':
      return { kind: 'not', level, of: valued(configuration, expr.operand, depth + 1) };
    case 'and':
    case 'or': {
      const of = termsOf(expr).map((term) => valued(configuration, term, depth + 1));
      return { kind: expr.kind, level, of };
    }
    case 'symbol':
    case 'compare':
      return valuedLeaf(configuration, expr);
  }
}

/** The symbol or comparison that alone gives an expression its value, however deep it is. */
function decisive(configuration: Configuration, expr: Expr): Valued {
  const { calculator } = configuration;
  let isNegated = false;
  let at = expr;
  while (isJoined(at) || at.kind === 'not') {
    if (at.kind === 'not') {
      isNegated = !isNegated;
      at = at.operand;
    } else at = calculator.expr(at.left) === calculator.expr(at) ? at.left : at.right;
  }
  const leaf = valuedLeaf(configuration, at);
  return isNegated ? { kind: 'not', level: calculator.expr(expr), of: leaf } : leaf;
}

function valuedLeaf(configuration: Configuration, expr: Extract<Expr, { kind: 'symbol' | 'compare' }>): Valued {
  const level = configuration.calculator.expr(expr);
  if (expr.kind === 'symbol') return { kind: 'symbol', level, symbol: nameOf(expr.symbol) };
  const { left, right, operator } = expr;
  const [leftValue, rightValue] = [configuration.value(left), configuration.value(right)];
  const names = { left: nameOf(left), operator, right: nameOf(right) };
  return { kind: 'compare', level, ...names, leftValue, rightValue, isLogic: isLogic(left) };
}
