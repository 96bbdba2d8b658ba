import type { Comparison } from '../syntax/ast.ts';
import type { ExpressionTable } from './expressionTable.ts';
import { joinedInPlace, joinOperands } from './joinOperands.ts';
import type { Expr, KSymbol } from './model.ts';

/** The two sides of an operator while their operands are compared. */
type Pair = { left: Expr; right: Expr; changes: number };

/** Called for `BOOL = m`, which is never true, and for `BOOL != m`, which always is. */
type TestedForM = (symbol: KSymbol, forced: 'n' | 'y') => void;

const NEGATED: Readonly<Record<Comparison, Comparison>> = {
  '=': '!=',
  '!=': '=',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};

/**
 * Rewrites expressions as expr.c does, without changing their values. kconfig decides by the result which entries become a submenu of the one before
 * (`_menu_finalize` in menu.c), so the order of questions depends on how far this goes. The types of symbols must be known.
 */
export class Simplifier {
  readonly #yes: Expr;
  readonly #no: Expr;
  readonly #transformed = new Map<Expr, Expr>();
  readonly #distinct = new Map<Expr, Expr>();

  /** @param inPlace before 6.12 kconfig rewrote expressions in place, with other results. */
  constructor(
    private readonly e: ExpressionTable,
    private readonly inPlace: boolean,
    private readonly testedForM: TestedForM,
  ) {
    this.#yes = e.symbol(e.y);
    this.#no = e.symbol(e.n);
  }

  /** An operand `m` means `m && MODULES`, so that it is n without modules (`rewrite_m` in menu.c). */
  rewriteM(expr: Expr, modules: KSymbol): Expr {
    switch (expr.kind) {
      case 'not':
        return this.e.not(this.rewriteM(expr.operand, modules));
      case 'and':
      case 'or':
        return this.e.join(expr.kind, this.rewriteM(expr.left, modules), this.rewriteM(expr.right, modules));
      case 'symbol':
        return expr.symbol === this.e.m ? this.e.join('and', expr, this.e.symbol(modules)) : expr;
      case 'compare':
        return expr;
    }
  }

  /** Must be called when a symbol gets its type after expressions were transformed: the result depends on the types. */
  forgetTransformed(): void {
    this.#transformed.clear();
  }

  /** Turns comparisons of bools into the symbol or its negation, and moves negations down to the operands (`expr_transform`). */
  transform(expr: Expr): Expr {
    const known = this.#transformed.get(expr);
    if (known !== undefined) return known;
    const result = this.#transformOnce(expr);
    this.#transformed.set(expr, result);
    return result;
  }

  #transformOnce(expr: Expr): Expr {
    switch (expr.kind) {
      case 'symbol':
        return expr;
      case 'compare':
        return this.#transformComparison(expr);
      case 'and':
      case 'or':
        return this.e.join(expr.kind, this.transform(expr.left), this.transform(expr.right));
      case 'not':
        return this.#negate(this.transform(expr.operand));
    }
  }

  #transformComparison(expr: Extract<Expr, { kind: 'compare' }>): Expr {
    const { operator, left, right } = expr;
    if (left.type !== 'bool' || (operator !== '=' && operator !== '!=')) return expr;
    const { y, m, n } = this.e;
    const equal = operator === '=';
    if (right === m) {
      this.testedForM(left, equal ? 'n' : 'y');
      return equal ? this.#no : this.#yes;
    }
    if (right !== y && right !== n) return expr;
    const itself = this.e.symbol(left);
    return (right === y) === equal ? itself : this.e.not(itself);
  }

  #negate(operand: Expr): Expr {
    switch (operand.kind) {
      case 'not':
        return operand.operand;
      case 'compare':
        return this.e.compare(NEGATED[operand.operator], operand.left, operand.right);
      case 'and':
      case 'or': {
        const [left, right] = [this.e.not(operand.left), this.e.not(operand.right)];
        return this.transform(this.e.join(operand.kind === 'or' ? 'and' : 'or', left, right));
      }
      case 'symbol':
        if (operand === this.#yes) return this.#no;
        if (operand === this.#no) return this.#yes;
        return operand.symbol === this.e.m ? operand : this.e.not(operand);
    }
  }

  /** Removes duplicate and redundant operands of `&&` and `||` until nothing changes any more (`expr_eliminate_dups`). */
  distinct(expr: Expr): Expr {
    const known = this.#distinct.get(expr);
    if (known !== undefined) return known;
    const result = this.inPlace ? this.#distinctInPlace(expr) : this.#distinctOnce(expr);
    this.#distinct.set(expr, result);
    return result;
  }

  #distinctInPlace(expr: Expr): Expr {
    const join = (kind: 'and' | 'or', a: Expr, b: Expr): Expr | null => this.#join(kind, a, b);
    let result = expr;
    for (let next = joinedInPlace(result, this.e, join); next !== null; next = joinedInPlace(result, this.e, join))
      result = this.#withoutConstants(next);
    return result;
  }

  #distinctOnce(expr: Expr): Expr {
    let result = expr;
    for (let changed = true; changed;) {
      const before = result;
      changed = false;
      if (result.kind === 'and' || result.kind === 'or') {
        const pair: Pair = { left: this.distinct(result.left), right: this.distinct(result.right), changes: 0 };
        this.#joinLeaves(result.kind, pair);
        changed = pair.changes > 0;
        result = this.e.join(result.kind, pair.left, pair.right);
      }
      result = this.#withoutConstants(result);
      // Everything below the menu inherits the result, so it is looked up itself.
      if (!changed && result === before) this.#distinct.set(result, result);
    }
    return result;
  }

  /** Compares each operand of one side with each operand of the other. If two can be joined, the left one becomes neutral. */
  #joinLeaves(kind: 'and' | 'or', pair: Pair): void {
    this.#eachLeafPair(kind, pair, (leaves) => {
      const joined = this.#join(kind, leaves.left, leaves.right);
      if (joined === null) return;
      leaves.left = kind === 'or' ? this.#no : this.#yes;
      leaves.right = joined;
      leaves.changes++;
    });
  }

  /** Calls `visit` for each operand of one side paired with each of the other. `visit` may replace them. */
  #eachLeafPair(kind: 'and' | 'or', pair: Pair, visit: (leaves: Pair) => void): void {
    for (const side of ['left', 'right'] as const) {
      const both = pair[side];
      if (both.kind !== kind) continue;
      pair[side] = both.left;
      this.#eachLeafPair(kind, pair, visit);
      const first = pair[side];
      pair[side] = both.right;
      this.#eachLeafPair(kind, pair, visit);
      pair[side] = this.e.join(kind, first, pair[side]);
      return;
    }
    visit(pair);
  }

  /** `a && n`, `a && y`, `a || n`, `a || y` (`expr_eliminate_yn`). */
  #withoutConstants(expr: Expr): Expr {
    if (expr.kind !== 'and' && expr.kind !== 'or') return expr;
    const left = this.#withoutConstants(expr.left);
    const right = this.#withoutConstants(expr.right);
    const [neutral, final] = expr.kind === 'and' ? [this.#yes, this.#no] : [this.#no, this.#yes];
    if (left === final || right === neutral) return left;
    if (right === final || left === neutral) return right;
    return this.inPlace ? this.e.join(expr.kind, left, right) : expr;
  }

  /** Removes the operands that both have. If `a` implies `b`, the rest of `b` is y (`expr_eliminate_eq`). */
  withoutCommon(a: Expr, b: Expr): [Expr, Expr] {
    const pair: Pair = { left: a, right: b, changes: 0 };
    if (a.kind === 'and' || a.kind === 'or') this.#cancelLeaves(a.kind, pair);
    const { left, right } = pair;
    if (left.kind !== right.kind && (right.kind === 'and' || right.kind === 'or')) this.#cancelLeaves(right.kind, pair);
    return [this.#withoutConstants(pair.left), this.#withoutConstants(pair.right)];
  }

  #cancelLeaves(kind: 'and' | 'or', pair: Pair): void {
    const neutral = kind === 'or' ? this.#no : this.#yes;
    this.#eachLeafPair(kind, pair, (leaves) => {
      const { left, right } = leaves;
      if ((left === right && (left === this.#yes || left === this.#no)) || !this.equal(left, right)) return;
      leaves.left = neutral;
      leaves.right = neutral;
    });
  }

  /** Whether both have the same operands, in any order (`expr_eq`). */
  equal(a: Expr | null, b: Expr | null): boolean {
    if (a === null || b === null) return this.isYes(a) && this.isYes(b);
    if (a.kind !== b.kind) return false;
    if (a.kind === 'not' && b.kind === 'not') return this.equal(a.operand, b.operand);
    if (a.kind === 'symbol' || a.kind === 'compare') return a === b;
    const [left, right] = this.withoutCommon(a, b);
    return left.kind === 'symbol' && right === left;
  }

  isYes(expr: Expr | null): boolean {
    return expr === null || expr === this.#yes;
  }

  /** Two operands as one, or null if they cannot be joined. */
  #join(kind: 'and' | 'or', a: Expr, b: Expr): Expr | null {
    return this.equal(a, b) ? a : joinOperands(kind, a, b, this.e);
  }

  /** Whether `expr` can only be true where `symbol` is (`expr_depends_symbol`). */
  dependsOn(expr: Expr | null, symbol: KSymbol): boolean {
    if (expr === null) return false;
    switch (expr.kind) {
      case 'and':
        return this.dependsOn(expr.left, symbol) || this.dependsOn(expr.right, symbol);
      case 'symbol':
        return expr.symbol === symbol;
      case 'compare':
        if (expr.left !== symbol) return false;
        return expr.operator === '='
          ? expr.right === this.e.y || expr.right === this.e.m
          : expr.operator === '!=' && expr.right === this.e.n;
      case 'not':
      case 'or':
        return false;
    }
  }

  /** `expr != n` (or `= n`), applied to the single operands (`expr_trans_compare` with the constant n). */
  comparedWithNo(expr: Expr | null, operator: '=' | '!='): Expr {
    const e = this.e;
    if (expr === null) return operator === '!=' ? e.not(e.symbol(e.n)) : e.symbol(e.n);
    switch (expr.kind) {
      case 'and':
      case 'or': {
        const [left, right] = [this.comparedWithNo(expr.left, '='), this.comparedWithNo(expr.right, '=')];
        const both = e.join(expr.kind === 'and' ? 'or' : 'and', left, right);
        return operator === '!=' ? e.not(both) : both;
      }
      case 'not':
        return this.comparedWithNo(expr.operand, operator === '=' ? '!=' : '=');
      case 'compare':
        return operator === '=' ? e.not(expr) : expr;
      case 'symbol':
        return e.compare(operator, expr.symbol, e.n);
    }
  }
}
