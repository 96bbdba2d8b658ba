import type { Comparison } from '../syntax/ast.ts';
import type { ExpressionTable } from './expressionTable.ts';
import { isLogic, type Expr, type KSymbol } from './model.ts';

/** Joins two different operands of `&&` or `||` that test the same symbol. Null if they cannot be joined. */
export function joinOperands(kind: 'and' | 'or', a: Expr, b: Expr, expressions: ExpressionTable): Expr | null {
  const symbol = commonSymbol(a, b);
  if (symbol === null) return null;
  return kind === 'or' ? joinOr(symbol, a, b, expressions) : joinAnd(symbol, a, b, expressions);
}

/** `a || b` as one operand, or null (`expr_join_or`). */
function joinOr(symbol: KSymbol, a: Expr, b: Expr, e: ExpressionTable): Expr | null {
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
function joinAnd(symbol: KSymbol, a: Expr, b: Expr, e: ExpressionTable): Expr | null {
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
      if (expr.operand.kind !== 'symbol' && !(left && expr.operand.kind === 'compare')) return null;
      return testedSymbol(expr.operand, left);
    case 'and':
    case 'or':
      return null;
  }
}

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
    // What is compared next stands last.
    const open: [Slot, Slot][] = [[first, second]];
    for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
      const [left, right] = pair;
      const [a, b] = [left.get(), right.get()];
      if (a.kind === kind) open.push([half(a, 'right'), right], [half(a, 'left'), right]);
      else if (b.kind === kind) open.push([left, half(b, 'right')], [left, half(b, 'left')]);
      else if (a !== b) compareOthers(kind, left, right);
    }
  };
  const compareOthers = (kind: 'and' | 'or', first: Slot, second: Slot): void => {
    const a = first.get();
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

const half = (node: Extract<Node, { left: Node }>, side: 'left' | 'right'): Slot => ({
  get: () => node[side],
  set: (value) => void (node[side] = value),
});

function thaw(expr: Expr): Node {
  const open: Extract<Expr, { kind: 'and' | 'or' }>[] = [];
  let at = expr;
  for (; at.kind === 'and' || at.kind === 'or'; at = at.left) open.push(at);
  let node: Node = { kind: 'leaf', expr: at };
  for (let outer = open.pop(); outer !== undefined; outer = open.pop())
    node = { kind: outer.kind, left: node, right: thaw(outer.right) };
  return node;
}

function freeze(node: Node, expressions: ExpressionTable): Expr {
  const open: Extract<Node, { left: Node }>[] = [];
  let at = node;
  for (; at.kind !== 'leaf'; at = at.left) open.push(at);
  let { expr } = at;
  for (let outer = open.pop(); outer !== undefined; outer = open.pop())
    expr = expressions.join(outer.kind, expr, freeze(outer.right, expressions));
  return expr;
}
