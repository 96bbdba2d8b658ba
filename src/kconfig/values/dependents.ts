import { operandsOf } from '../tree/expressions.ts';
import { namedSymbol, type Expr, type Kconfig, type KSymbol } from '../tree/model.ts';

/** What has to be computed again when a symbol changes. Nodes are numbers: first the ids of the symbols, then those of the expressions. */
export type Dependents = {
  symbols: number;
  /** The first edge of each node; -1 if nothing depends on it. */
  first: Int32Array;
  /** The target of each edge, and the next edge of the same node, or -1. */
  targets: number[];
  next: number[];
};

export function findDependents(kconfig: Kconfig): Dependents {
  const symbols = kconfig.symbols.length;
  const first = new Int32Array(symbols + kconfig.expressions.length).fill(-1);
  const targets: number[] = [];
  const next: number[] = [];
  const edge = (source: number, target: number): void => {
    next.push(first[source] ?? -1);
    first[source] = targets.push(target) - 1;
  };
  const exprNode = (expr: Expr): number => symbols + expr.id;
  for (const expr of kconfig.expressions)
    for (const operand of operandsOf(expr)) edge('kind' in operand ? exprNode(operand) : operand.id, exprNode(expr));
  for (const symbol of kconfig.symbols) {
    for (const expr of exprsOf(symbol)) edge(exprNode(expr), symbol.id);
    for (const source of readDirectly(symbol)) edge(source.id, symbol.id);
    if (symbol.memberOf === null) continue;
    // The members of a choice are computed together: since 6.11 with any of them, before that with the choice.
    const ranked = kconfig.dialect.choices === 'ranked';
    for (const other of ranked ? symbol.memberOf.members : [symbol.memberOf.symbol]) {
      edge(symbol.id, other.id);
      edge(other.id, symbol.id);
    }
    // Since 6.11 the choice itself is not computed, so its defaults lead to its members.
    if (ranked) for (const expr of exprsOf(symbol.memberOf.symbol)) edge(exprNode(expr), symbol.id);
  }
  return { symbols, first, targets, next };
}

function exprsOf(symbol: KSymbol): Expr[] {
  const exprs = [
    symbol.dependency,
    symbol.selectedBy,
    symbol.impliedBy,
    ...symbol.properties.flatMap((property) =>
      // The condition of a select is part of its target's `selectedBy`.
      property.kind === 'select' || property.kind === 'imply' ? [] : [property.visible, property.value],
    ),
  ];
  return exprs.filter((expr) => expr !== null);
}

/** The symbols whose text is used without an expression: the bounds of ranges, and the default of a number or string. */
function readDirectly(symbol: KSymbol): KSymbol[] {
  return symbol.properties.flatMap((property) => {
    const source = property.kind === 'default' ? namedSymbol(property) : null;
    return [...(property.range ?? []), ...(source === null ? [] : [source])];
  });
}
