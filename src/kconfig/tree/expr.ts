import type { Comparison } from '../syntax/ast.ts';
import type { KSymbol } from './model.ts';

/**
 * A resolved expression. Equal expressions are one object (as in expr.c since 6.12), so identity is equality and results can be kept by id.
 * Null stands for an absent condition, which is y.
 */
export type Expr = { readonly id: number } & (
  | { kind: 'symbol'; symbol: KSymbol }
  | { kind: 'compare'; operator: Comparison; left: KSymbol; right: KSymbol }
  | { kind: 'not'; operand: Expr }
  | { kind: 'and' | 'or'; left: Expr; right: Expr }
);

const KINDS = { symbol: 1, not: 2, and: 3, or: 4, '=': 5, '!=': 6, '<': 7, '<=': 8, '>': 9, '>=': 10 } as const;

/** The expressions of one tree. A tree has some 130,000: they are found again by a hash table with open addressing, which a Map with composed keys is no match for. */
export class Expressions {
  readonly all: Expr[] = [];
  readonly y: KSymbol;
  readonly m: KSymbol;
  readonly n: KSymbol;
  /** Ids by slot, one more than the id; 0 is free. Its length is a power of two. */
  #slots = new Int32Array(1 << 12);
  /** Kind and operands of expression N at 3 N. */
  #keys = new Int32Array(3 << 12);

  constructor(constants: { y: KSymbol; m: KSymbol; n: KSymbol }) {
    this.y = constants.y;
    this.m = constants.m;
    this.n = constants.n;
  }

  symbol(symbol: KSymbol): Expr {
    const slot = this.#find(KINDS.symbol, symbol.id, 0);
    return (
      this.#at(slot) ?? this.#add(slot, { id: this.all.length, kind: 'symbol', symbol }, KINDS.symbol, symbol.id, 0)
    );
  }

  compare(operator: Comparison, left: KSymbol, right: KSymbol): Expr {
    const slot = this.#find(KINDS[operator], left.id, right.id);
    return (
      this.#at(slot) ??
      this.#add(
        slot,
        { id: this.all.length, kind: 'compare', operator, left, right },
        KINDS[operator],
        left.id,
        right.id,
      )
    );
  }

  not(operand: Expr): Expr {
    const slot = this.#find(KINDS.not, operand.id, 0);
    return this.#at(slot) ?? this.#add(slot, { id: this.all.length, kind: 'not', operand }, KINDS.not, operand.id, 0);
  }

  join(kind: 'and' | 'or', left: Expr, right: Expr): Expr {
    const slot = this.#find(KINDS[kind], left.id, right.id);
    return (
      this.#at(slot) ?? this.#add(slot, { id: this.all.length, kind, left, right }, KINDS[kind], left.id, right.id)
    );
  }

  /** An absent operand leaves the other one: right for `and`, and kconfig's habit for `or`. */
  joinOptional(kind: 'and' | 'or', left: Expr | null, right: Expr | null): Expr | null {
    if (left === null) return right;
    return right === null ? left : this.join(kind, left, right);
  }

  #at(slot: number): Expr | undefined {
    const id = this.#slots[slot] ?? 0;
    return id === 0 ? undefined : this.all[id - 1];
  }

  /** The slot of an expression, or the free one where it belongs. */
  #find(kind: number, a: number, b: number): number {
    const slots = this.#slots,
      keys = this.#keys;
    const mask = slots.length - 1;
    for (let slot = hashOf(kind, a, b) & mask; ; slot = (slot + 1) & mask) {
      const id = slots[slot] ?? 0;
      if (id === 0) return slot;
      const key = 3 * (id - 1);
      if (keys[key] === kind && keys[key + 1] === a && keys[key + 2] === b) return slot;
    }
  }

  #add(slot: number, made: Expr, kind: number, a: number, b: number): Expr {
    this.all.push(made);
    this.#slots[slot] = made.id + 1;
    this.#keys.set([kind, a, b], 3 * made.id);
    if (this.all.length * 2 > this.#slots.length) this.#grow();
    return made;
  }

  /** Twice the room: never more than half the slots are taken, so a search is short and ends. */
  #grow(): void {
    const keys = new Int32Array(this.#keys.length * 2);
    keys.set(this.#keys);
    this.#keys = keys;
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let id = 0; id < this.all.length; id++)
      this.#slots[this.#find(keys[3 * id] ?? 0, keys[3 * id + 1] ?? 0, keys[3 * id + 2] ?? 0)] = id + 1;
  }
}

function hashOf(kind: number, a: number, b: number): number {
  let hash = Math.imul(a + 1, 0x9e3779b1) ^ Math.imul(b + 1, 0x85ebca77) ^ Math.imul(kind, 0xc2b2ae3d);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

export function containsSymbol(expr: Expr | null, symbol: KSymbol): boolean {
  if (expr === null) return false;
  switch (expr.kind) {
    case 'symbol':
      return expr.symbol === symbol;
    case 'compare':
      return expr.left === symbol || expr.right === symbol;
    case 'not':
      return containsSymbol(expr.operand, symbol);
    case 'and':
    case 'or':
      return containsSymbol(expr.left, symbol) || containsSymbol(expr.right, symbol);
  }
}

const BINDING = { or: 0, and: 1, not: 2, compare: 3, symbol: 4 } as const;

/**
 * The expression in Kconfig's own notation. `show` writes an operand: by default its name.
 */
export function printExpr(
  expr: Expr | null,
  show: (symbol: KSymbol) => string = (symbol) => symbol.name ?? '<choice>',
  inside = -1,
): string {
  if (expr === null) return 'y';
  const text = printBare(expr, show);
  return inside > BINDING[expr.kind] ? `(${text})` : text;
}

function printBare(expr: Expr, show: (symbol: KSymbol) => string): string {
  switch (expr.kind) {
    case 'symbol':
      return show(expr.symbol);
    case 'compare':
      return `${show(expr.left)}${expr.operator}${show(expr.right)}`;
    case 'not':
      return `!${printExpr(expr.operand, show, BINDING.not)}`;
    case 'and':
      return `${printExpr(expr.left, show, BINDING.and)} && ${printExpr(expr.right, show, BINDING.and)}`;
    case 'or':
      return `${printExpr(expr.left, show, BINDING.or)} || ${printExpr(expr.right, show, BINDING.or)}`;
  }
}
