import type { Comparison } from './ast.ts';
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

const KINDS = ['symbol', 'not', 'and', 'or', '=', '!=', '<', '<=', '>', '>='] as const;
const KIND_NUMBER = new Map<string, number>(KINDS.map((kind, index) => [kind, index]));
/** More ids than any tree has (x86 has some 60,000 of each); a key is three of them and stays below 2^53. */
const ID_LIMIT = 2 ** 23;

/** The expressions of one tree. */
export class Expressions {
  readonly all: Expr[] = [];
  readonly #known = new Map<number, Expr>();
  readonly y: KSymbol;
  readonly m: KSymbol;
  readonly n: KSymbol;

  constructor(constants: { y: KSymbol; m: KSymbol; n: KSymbol }) {
    this.y = constants.y;
    this.m = constants.m;
    this.n = constants.n;
  }

  symbol(symbol: KSymbol): Expr {
    return this.#intern('symbol', symbol.id, 0, (id) => ({ id, kind: 'symbol', symbol }));
  }

  compare(operator: Comparison, left: KSymbol, right: KSymbol): Expr {
    return this.#intern(operator, left.id, right.id, (id) => ({ id, kind: 'compare', operator, left, right }));
  }

  not(operand: Expr): Expr {
    return this.#intern('not', operand.id, 0, (id) => ({ id, kind: 'not', operand }));
  }

  join(kind: 'and' | 'or', left: Expr, right: Expr): Expr {
    return this.#intern(kind, left.id, right.id, (id) => ({ id, kind, left, right }));
  }

  /** An absent operand leaves the other one: right for `and`, and kconfig's habit for `or`. */
  joinOptional(kind: 'and' | 'or', left: Expr | null, right: Expr | null): Expr | null {
    if (left === null) return right;
    return right === null ? left : this.join(kind, left, right);
  }

  #intern(kind: string, a: number, b: number, make: (id: number) => Expr): Expr {
    const key = ((KIND_NUMBER.get(kind) ?? 0) * ID_LIMIT + a) * ID_LIMIT + b;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = make(this.all.length);
    this.all.push(made);
    this.#known.set(key, made);
    return made;
  }
}

export function containsSymbol(expr: Expr | null, symbol: KSymbol): boolean {
  if (expr === null) return false;
  switch (expr.kind) {
    case 'symbol': return expr.symbol === symbol;
    case 'compare': return expr.left === symbol || expr.right === symbol;
    case 'not': return containsSymbol(expr.operand, symbol);
    case 'and':
    case 'or': return containsSymbol(expr.left, symbol) || containsSymbol(expr.right, symbol);
  }
}

const BINDING = { or: 0, and: 1, not: 2, compare: 3, symbol: 4 } as const;

/**
 * The expression in Kconfig's own notation. `show` writes an operand: by default its name.
 */
export function printExpr(expr: Expr | null, show: (symbol: KSymbol) => string = (symbol) => symbol.name ?? '<choice>', inside = -1): string {
  if (expr === null) return 'y';
  const text = printBare(expr, show);
  return inside > BINDING[expr.kind] ? `(${text})` : text;
}

function printBare(expr: Expr, show: (symbol: KSymbol) => string): string {
  switch (expr.kind) {
    case 'symbol': return show(expr.symbol);
    case 'compare': return `${show(expr.left)}${expr.operator}${show(expr.right)}`;
    case 'not': return `!${printExpr(expr.operand, show, BINDING.not)}`;
    case 'and': return `${printExpr(expr.left, show, BINDING.and)} && ${printExpr(expr.right, show, BINDING.and)}`;
    case 'or': return `${printExpr(expr.left, show, BINDING.or)} || ${printExpr(expr.right, show, BINDING.or)}`;
  }
}
