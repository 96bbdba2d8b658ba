import type { ExpressionTable } from './expressionTable.ts';
import type { Expr } from './model.ts';

/** A copy of an expression that can be rewritten in place: `&&` and `||` are nodes, everything else is a leaf. */
type Node = { kind: 'and' | 'or'; left: Node; right: Node } | { kind: 'leaf'; expr: Expr };
/** The place of a node in its parent. */
type Slot = { get: () => Node; set: (node: Node) => void };

/**
 * One pass of `expr_eliminate_dups` as it was before 6.12. It compares each operand with each other one of the same operator, starting with the whole
 * expression on both sides. If `join` can join two, the first becomes neutral. Null if nothing was joined; then constants stay too.
 */
export function joinedInPlace(
  expr: Expr,
  expressions: ExpressionTable,
  join: (kind: 'and' | 'or', a: Expr, b: Expr) => Expr | null,
): Expr | null {
  if (expr.kind !== 'and' && expr.kind !== 'or') return null;
  let changes = 0;
  let root = thaw(expr);
  const top: Slot = { get: () => root, set: (node) => void (root = node) };
  const compare = (kind: 'and' | 'or', first: Slot, second: Slot): void => {
    for (const [slot, swapped] of [
      [first, false],
      [second, true],
    ] as const) {
      const node = slot.get();
      if (node.kind !== kind) continue;
      for (const side of ['left', 'right'] as const) {
        const half: Slot = { get: () => node[side], set: (value) => void (node[side] = value) };
        if (swapped) compare(kind, first, half);
        else compare(kind, half, second);
      }
      return;
    }
    const a = first.get();
    if (a === second.get()) return;
    if (a.kind !== 'leaf') compare(a.kind, first, first);
    const joined = join(kind, freeze(first.get(), expressions), freeze(second.get(), expressions));
    if (joined === null) return;
    first.set({ kind: 'leaf', expr: expressions.symbol(kind === 'or' ? expressions.n : expressions.y) });
    second.set(thaw(joined));
    changes++;
  };
  compare(expr.kind, top, top);
  return changes === 0 ? null : freeze(root, expressions);
}

function thaw(expr: Expr): Node {
  return expr.kind === 'and' || expr.kind === 'or'
    ? { kind: expr.kind, left: thaw(expr.left), right: thaw(expr.right) }
    : { kind: 'leaf', expr };
}

function freeze(node: Node, expressions: ExpressionTable): Expr {
  return node.kind === 'leaf'
    ? node.expr
    : expressions.join(node.kind, freeze(node.left, expressions), freeze(node.right, expressions));
}
