import type { Comparison } from '../syntax/ast.ts';
import type { Expr, Joined, KSymbol } from './model.ts';

/** What makes an expression: its kind with the id of its first operand as one number, and the id of the second. */
const KINDS = { symbol: 1, not: 2, and: 3, or: 4, '=': 5, '!=': 6, '<': 7, '<=': 8, '>': 9, '>=': 10 } as const;
const head = (kind: keyof typeof KINDS, operand: { id: number }): number => (KINDS[kind] << 24) | operand.id;

/** The two numbers of an expression. */
function partsOf(expr: Expr): [number, number] {
  if (expr.kind === 'symbol') return [head(expr.kind, expr.symbol), 0];
  if (expr.kind === 'not') return [head(expr.kind, expr.operand), 0];
  return [head(expr.kind === 'compare' ? expr.operator : expr.kind, expr.left), expr.right.id];
}

/** Makes the expressions of one tree, each only once. There may be 2^24 of them. */
export class ExpressionTable {
  readonly all: Expr[] = [];
  /**
   * The expressions that a rewriting may change. They mention y, m or n, compare, or negate something other than a symbol; the other ones consist of
   * symbols and negated symbols, as most do.
   */
  readonly rewritable = new Set<Expr>();
  /** By id. */
  readonly #heads: number[] = [];
  readonly #seconds: number[] = [];
  /** A hash table, at most half full: each slot has an id, or -1. */
  #slots = new Int32Array(1 << 12).fill(-1);

  /** @param known the expressions that are in it to begin with, as another table made them. */
  constructor(
    readonly y: KSymbol,
    readonly m: KSymbol,
    readonly n: KSymbol,
    known: readonly Expr[] = [],
  ) {
    for (const expr of known) this.#add(...partsOf(expr), expr);
    for (const constant of [y, m, n]) this.symbol(constant);
  }

  symbol(symbol: KSymbol): Expr {
    const first = head('symbol', symbol);
    return this.#known(first, 0) ?? this.#add(first, 0, { id: this.all.length, kind: 'symbol', symbol });
  }

  compare(operator: Comparison, left: KSymbol, right: KSymbol): Expr {
    const first = head(operator, left);
    const known = this.#known(first, right.id);
    return known ?? this.#add(first, right.id, { id: this.all.length, kind: 'compare', operator, left, right });
  }

  not(operand: Expr): Expr {
    const first = head('not', operand);
    return this.#known(first, 0) ?? this.#add(first, 0, { id: this.all.length, kind: 'not', operand });
  }

  join(kind: 'and' | 'or', left: Expr, right: Expr): Expr {
    const first = head(kind, left);
    return this.#known(first, right.id) ?? this.#add(first, right.id, { id: this.all.length, kind, left, right });
  }

  /** A joined expression with other operands. */
  joinAgain(joined: Joined, left: Expr, right: Expr): Expr {
    return left === joined.left && right === joined.right ? joined : this.join(joined.kind, left, right);
  }

  /** If one operand is absent, the result is the other: right for `and`, and what kconfig does for `or`. */
  joinOptional(kind: 'and' | 'or', left: Expr | null, right: Expr | null): Expr | null {
    if (left === null) return right;
    return right === null ? left : this.join(kind, left, right);
  }

  #known(first: number, second: number): Expr | undefined {
    const id = this.#slots[this.#slot(first, second)] ?? -1;
    return id < 0 ? undefined : this.all[id];
  }

  #add(first: number, second: number, made: Expr): Expr {
    if (2 * made.id >= this.#slots.length) {
      this.#slots = new Int32Array(2 * this.#slots.length).fill(-1);
      for (const { id } of this.all) this.#slots[this.#slot(this.#heads[id] ?? 0, this.#seconds[id] ?? 0)] = id;
    }
    this.#slots[this.#slot(first, second)] = made.id;
    this.#heads.push(first);
    this.#seconds.push(second);
    this.all.push(made);
    if (this.#isRewritable(made)) this.rewritable.add(made);
    return made;
  }

  #isRewritable(expr: Expr): boolean {
    switch (expr.kind) {
      case 'symbol':
        return expr.symbol === this.y || expr.symbol === this.m || expr.symbol === this.n;
      case 'compare':
        return true;
      case 'not':
        return expr.operand.kind !== 'symbol' || this.rewritable.has(expr.operand);
      case 'and':
      case 'or':
        return this.rewritable.has(expr.left) || this.rewritable.has(expr.right);
    }
  }

  /** The slot that has such an expression, or the free one where it belongs. */
  #slot(first: number, second: number): number {
    const mask = this.#slots.length - 1;
    const mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
    for (let slot = (mixed ^ (mixed >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot] ?? -1;
      if (id < 0 || (this.#heads[id] === first && this.#seconds[id] === second)) return slot;
    }
  }
}
