import type { Comparison, ParsedExpression } from '../syntax/ast.ts';
import { nameOf, type Expr, type Joined, type KSymbol } from './model.ts';

/** The operator that holds where this one does not. */
export const NEGATED: Readonly<Record<Comparison, Comparison>> = {
  '=': '!=',
  '!=': '=',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};

/** The expressions or symbols that an expression consists of, one level down. */
export function operandsOf(expr: Expr): (Expr | KSymbol)[] {
  switch (expr.kind) {
    case 'symbol':
      return [expr.symbol];
    case 'not':
      return [expr.operand];
    case 'compare':
    case 'and':
    case 'or':
      return [expr.left, expr.right];
  }
}

/**
 * An expression, its left operand, the left operand of that, and so on. A chain of operators can be longer than functions can call each other, and it
 * grows on the left; on the right, the grammar limits how deeply parentheses are nested. So whoever walks an expression goes along this edge in a loop,
 * and calls itself for the right operands alone.
 */
export function leftEdge(expr: Expr): Expr[];
export function leftEdge(expr: ParsedExpression): ParsedExpression[];
export function leftEdge(expr: Expr | ParsedExpression): (Expr | ParsedExpression)[] {
  const edge = [expr];
  for (let at = expr; at.kind !== 'symbol' && at.kind !== 'compare';) {
    at = at.kind === 'not' ? at.operand : at.left;
    edge.push(at);
  }
  return edge;
}

/** The operands of a chain of one operator, from left to right: `A`, `B || C` and `D` of `A && (B || C) && D`. */
export function termsOf(expr: Joined): Expr[] {
  const terms: Expr[] = [];
  const open: Expr[] = [expr];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at.kind === expr.kind) open.push(at.right, at.left);
    else terms.push(at);
  }
  return terms;
}

/** The symbols that an expression mentions, from left to right. */
export function symbolsIn(expr: Expr | null): KSymbol[] {
  const symbols: KSymbol[] = [];
  const open = expr === null ? [] : [expr];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at.kind === 'symbol') symbols.push(at.symbol);
    else if (at.kind === 'compare') symbols.push(at.left, at.right);
    else if (at.kind === 'not') open.push(at.operand);
    else open.push(at.right, at.left);
  }
  return symbols;
}

/** Whether an expression mentions a symbol. */
export function containsSymbol(expr: Expr | null, symbol: KSymbol): boolean {
  const open = expr === null ? [] : [expr];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at.kind === 'symbol') {
      if (at.symbol === symbol) return true;
    } else if (at.kind === 'compare') {
      if (at.left === symbol || at.right === symbol) return true;
    } else if (at.kind === 'not') open.push(at.operand);
    else open.push(at.right, at.left);
  }
  return false;
}

const BINDING = { or: 0, and: 1, not: 2, compare: 3, symbol: 4 } as const;
const SIGN = { or: ' || ', and: ' && ' } as const;

/** An expression in Kconfig's own notation. `show` writes an operand, by default its name. */
export function printExpr(expr: Expr | null, show: (symbol: KSymbol) => string = nameOf): string {
  if (expr === null) return 'y';
  const inside = (outer: Expr, operand: Expr, printed: string): string =>
    BINDING[outer.kind] > BINDING[operand.kind] ? `(${printed})` : printed;
  let text = '';
  let operand = expr;
  for (const at of leftEdge(expr).reverse()) {
    if (at.kind === 'symbol') text = show(at.symbol);
    else if (at.kind === 'compare') text = `${show(at.left)}${at.operator}${show(at.right)}`;
    else if (at.kind === 'not') text = `!${inside(at, operand, text)}`;
    else text = inside(at, operand, text) + SIGN[at.kind] + inside(at, at.right, printExpr(at.right, show));
    operand = at;
  }
  return text;
}
