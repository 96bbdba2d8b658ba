import { operandsOf } from '../tree/expressions.ts';
import { namedSymbol, type Expr, type Kconfig, type KSymbol } from '../tree/model.ts';

/** What has to be computed again when a symbol changes. Nodes are numbers: first the ids of the symbols, then those of the expressions. */
type Dependents = {
  symbols: number;
  /** What depends on node N stands in `targets` from `starts[N]` to `starts[N + 1]`. */
  starts: Int32Array;
  targets: Int32Array;
};

const known = new WeakMap<Kconfig, Dependents>();

/** The dependents of each symbol and expression of a tree, found when they are first asked for. */
export function dependentsOf(kconfig: Kconfig): Dependents {
  const dependents = known.get(kconfig) ?? findDependents(kconfig);
  known.set(kconfig, dependents);
  return dependents;
}

function findDependents(kconfig: Kconfig): Dependents {
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
  return { symbols, ...grouped(symbols + kconfig.expressions.length, from, to) };
}

/** The targets of all edges, grouped by where they come from. */
function grouped(
  nodes: number,
  from: readonly number[],
  to: readonly number[],
): Pick<Dependents, 'starts' | 'targets'> {
  const starts = new Int32Array(nodes + 1);
  for (const source of from) starts[source + 1] = (starts[source + 1] as number) + 1;
  for (let node = 0; node < nodes; node++) starts[node + 1] = (starts[node + 1] as number) + (starts[node] as number);
  const next = starts.slice();
  const targets = new Int32Array(to.length);
  from.forEach((source, index) => {
    const at = next[source] as number;
    targets[at] = to[index] as number;
    next[source] = at + 1;
  });
  return { starts, targets };
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
