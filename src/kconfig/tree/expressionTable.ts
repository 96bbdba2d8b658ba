import type { Comparison } from '../syntax/ast.ts';
import type { Expr, KSymbol } from './model.ts';

const KINDS = { symbol: 1, not: 2, and: 3, or: 4, '=': 5, '!=': 6, '<': 7, '<=': 8, '>': 9, '>=': 10 } as const;

/** Makes the expressions of one tree, each only once. A tree has some 130,000 of them: a hash table with open addressing is far faster than a Map. */
export class ExpressionTable {
  readonly all: Expr[] = [];
  readonly y: KSymbol;
  readonly m: KSymbol;
  readonly n: KSymbol;
  /** The id plus one of the expression in each slot; 0 is free. The length is a power of two. */
  #slots = new Int32Array(1 << 12);
  /** The kind and the operands of expression N are at 3 N and the two places after it. */
  #keys = new Int32Array(3 << 12);

  constructor(constants: { y: KSymbol; m: KSymbol; n: KSymbol }) {
    this.y = constants.y;
    this.m = constants.m;
    this.n = constants.n;
  }

  symbol(symbol: KSymbol): Expr {
    return this.#unique(KINDS.symbol, symbol.id, 0, (id) => ({ id, kind: 'symbol', symbol }));
  }

  compare(operator: Comparison, left: KSymbol, right: KSymbol): Expr {
    return this.#unique(KINDS[operator], left.id, right.id, (id) => ({ id, kind: 'compare', operator, left, right }));
  }

  not(operand: Expr): Expr {
    return this.#unique(KINDS.not, operand.id, 0, (id) => ({ id, kind: 'not', operand }));
  }

  join(kind: 'and' | 'or', left: Expr, right: Expr): Expr {
    return this.#unique(KINDS[kind], left.id, right.id, (id) => ({ id, kind, left, right }));
  }

  /** If one operand is absent, the result is the other: right for `and`, and what kconfig does for `or`. */
  joinOptional(kind: 'and' | 'or', left: Expr | null, right: Expr | null): Expr | null {
    if (left === null) return right;
    return right === null ? left : this.join(kind, left, right);
  }

  #unique(kind: number, a: number, b: number, make: (id: number) => Expr): Expr {
    const slot = this.#find(kind, a, b);
    const id = this.#slots[slot] ?? 0;
    if (id !== 0) return this.all[id - 1] as Expr;
    const made = make(this.all.length);
    this.all.push(made);
    this.#slots[slot] = made.id + 1;
    this.#keys.set([kind, a, b], 3 * made.id);
    if (this.all.length * 2 > this.#slots.length) this.#grow();
    return made;
  }

  /** The slot of an expression, or the free one where it belongs. */
  #find(kind: number, a: number, b: number): number {
    const slots = this.#slots;
    const keys = this.#keys;
    const mask = slots.length - 1;
    for (let slot = hashOf(kind, a, b) & mask; ; slot = (slot + 1) & mask) {
      const id = slots[slot] ?? 0;
      if (id === 0) return slot;
      const key = 3 * (id - 1);
      if (keys[key] === kind && keys[key + 1] === a && keys[key + 2] === b) return slot;
    }
  }

  /** Doubles the room. At most half of the slots are taken, so searches are short and always end. */
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
