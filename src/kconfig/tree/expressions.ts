import { nameOf, type Expr, type KSymbol } from './model.ts';

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

/** Whether an expression mentions a symbol. */
export function containsSymbol(expr: Expr | null, symbol: KSymbol): boolean {
  const operands = expr === null ? [] : operandsOf(expr);
  return operands.some((operand) => ('kind' in operand ? containsSymbol(operand, symbol) : operand === symbol));
}

const BINDING = { or: 0, and: 1, not: 2, compare: 3, symbol: 4 } as const;

/** An expression in Kconfig's own notation. `show` writes an operand, by default its name. */
export function printExpr(
  expr: Expr | null,
  show: (symbol: KSymbol) => string = nameOf,
  inside: keyof typeof BINDING = 'or',
): string {
  if (expr === null) return 'y';
  const text = printBare(expr, show);
  return BINDING[inside] > BINDING[expr.kind] ? `(${text})` : text;
}

function printBare(expr: Expr, show: (symbol: KSymbol) => string): string {
  switch (expr.kind) {
    case 'symbol':
      return show(expr.symbol);
    case 'compare':
      return `${show(expr.left)}${expr.operator}${show(expr.right)}`;
    case 'not':
      return `!${printExpr(expr.operand, show, 'not')}`;
    case 'and':
      return `${printExpr(expr.left, show, 'and')} && ${printExpr(expr.right, show, 'and')}`;
    case 'or':
      return `${printExpr(expr.left, show, 'or')} || ${printExpr(expr.right, show, 'or')}`;
  }
}
