import { termsOf } from '../tree/expressions.ts';
import { isLogic, nameOf, type Expr, type Tri } from '../tree/model.ts';
import type { Configuration } from '../values/configuration.ts';
import { lackingIn, type Condition, type Valued } from './condition.ts';

/** What keeps an expression below a value in a configuration; null where it is not below it. */
export function lacking(configuration: Configuration, expr: Expr | null, needed: Tri): Condition | null {
  if (expr === null || configuration.calculator.expr(expr) >= needed) return null;
  return lackingIn(valued(configuration, expr), needed);
}

function valued(configuration: Configuration, expr: Expr): Valued {
  const level = configuration.calculator.expr(expr);
  switch (expr.kind) {
    case 'symbol':
      return { kind: 'symbol', level, symbol: nameOf(expr.symbol) };
    case 'not':
      return { kind: 'not', level, of: valued(configuration, expr.operand) };
    case 'and':
    case 'or':
      return { kind: expr.kind, level, of: termsOf(expr).map((term) => valued(configuration, term)) };
    case 'compare': {
      const { left, right, operator } = expr;
      const [leftValue, rightValue] = [configuration.value(left), configuration.value(right)];
      const names = { left: nameOf(left), operator, right: nameOf(right) };
      return { kind: 'compare', level, ...names, leftValue, rightValue, isLogic: isLogic(left) };
    }
  }
}
