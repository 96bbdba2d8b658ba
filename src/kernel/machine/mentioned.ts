import type { Expr, KSymbol } from '../../kconfig/index.ts';

/** The names of the symbols that a symbol directly depends on or selects. */
export function mentioned({ dependency, properties }: KSymbol): Set<string> {
  const names = new Set<string>();
  addNames(dependency, names);
  for (const { kind, value } of properties) if (kind === 'select') addNames(value, names);
  return names;
}

function addNames(expr: Expr | null, names: Set<string>): void {
  if (expr === null) return;
  if (expr.kind === 'symbol' && expr.symbol.name !== null) names.add(expr.symbol.name);
  if (expr.kind === 'not') addNames(expr.operand, names);
  if (expr.kind === 'and' || expr.kind === 'or') {
    addNames(expr.left, names);
    addNames(expr.right, names);
  }
}
