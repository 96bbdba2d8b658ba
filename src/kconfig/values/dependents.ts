import { operandsOf } from '../tree/expressions.ts';
import { namedSymbol, type Expr, type Kconfig, type KSymbol } from '../tree/model.ts';

/**
 * What has to be computed again when a symbol changes: the tree's dependencies, inverted. It is made once for each tree.
 * Nodes are numbers: first the ids of the symbols, then those of the expressions.
 */
export type Dependents = {
  symbols: number;
  /** The dependents of node N are in `edges` from `starts[N]` to `starts[N + 1]`. */
  starts: Int32Array;
  edges: Int32Array;
};

export function findDependents(kconfig: Kconfig): Dependents {
  const symbols = kconfig.symbols.length;
  const from: number[] = [];
  const to: number[] = [];
  const edge = (source: number, target: number): void => {
    from.push(source);
    to.push(target);
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
  return pack(symbols, symbols + kconfig.expressions.length, from, to);
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

function pack(symbols: number, nodes: number, from: readonly number[], to: readonly number[]): Dependents {
  const starts = new Int32Array(nodes + 1);
  for (const node of from) starts[node + 1] = (starts[node + 1] ?? 0) + 1;
  for (let node = 0; node < nodes; node++) starts[node + 1] = (starts[node + 1] ?? 0) + (starts[node] ?? 0);
  const next = starts.slice();
  const edges = new Int32Array(to.length);
  to.forEach((target, index) => {
    const source = from[index] ?? 0;
    const at = next[source] ?? 0;
    edges[at] = target;
    next[source] = at + 1;
  });
  return { symbols, starts, edges };
}
