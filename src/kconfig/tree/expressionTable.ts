import type { Comparison } from '../syntax/ast.ts';
import type { Expr, KSymbol } from './model.ts';

const KINDS = { symbol: 1, not: 2, and: 3, or: 4, '=': 5, '!=': 6, '<': 7, '<=': 8, '>': 9, '>=': 10 } as const;

/** More than a tree has expressions or symbols. A kind and two ids together are an exact number below 2^53. */
const MOST_IDS = 2 ** 24;

/** Makes the expressions of one tree, each only once. */
export class ExpressionTable {
  readonly all: Expr[] = [];
  /** By kind and operands. */
  readonly #known = new Map<number, Expr>();

  constructor(
    readonly y: KSymbol,
    readonly m: KSymbol,
    readonly n: KSymbol,
  ) {}

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
    const key = (kind * MOST_IDS + a) * MOST_IDS + b;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = make(this.all.length);
    this.all.push(made);
    this.#known.set(key, made);
    return made;
  }
}
