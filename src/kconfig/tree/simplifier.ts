import { leftEdge, NEGATED } from './expressions.ts';
import type { ExpressionTable } from './expressionTable.ts';
import { joinedInPlace, joinOperands } from './joinOperands.ts';
import { isJoined, type Expr, type Joined, type KSymbol } from './model.ts';

/** The two sides of an operator while their operands are compared. */
type Pair = { left: Expr; right: Expr; changes: number };
/** An operator on one side, and its left operand once that has been compared. */
type HalfWay = { side: 'left' | 'right'; whole: Joined; left: Expr | null };

/** Called for `BOOL = m`, which is never true, and for `BOOL != m`, which always is. */
type TestedForM = (symbol: KSymbol, forced: 'n' | 'y') => void;

/**
 * Rewrites expressions as expr.c does, without changing their values. kconfig decides by the result which entries become a submenu of the one before
 * (`_menu_finalize` in menu.c), so the order of questions depends on how far this goes. The types of symbols must be known.
 */
export class Simplifier {
  readonly #yes: Expr;
  readonly #no: Expr;
  readonly #transformed = new Map<Expr, Expr>();
  readonly #negated = new Map<Expr, Expr>();
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
    const { e } = this;
    if (!e.rewritable.has(expr)) return expr;
    let rewritten = expr;
    for (const at of leftEdge(expr).reverse()) {
      if (at.kind === 'not') rewritten = e.not(rewritten);
      else if (isJoined(at)) rewritten = e.joinAgain(at, rewritten, this.rewriteM(at.right, modules));
      else rewritten = at.kind === 'symbol' && at.symbol === e.m ? e.join('and', at, e.symbol(modules)) : at;
    }
    return rewritten;
  }

  /** Must be called when a symbol gets its type after expressions were transformed: the result depends on the types. */
  forgetTransformed(): void {
    this.#transformed.clear();
    this.#negated.clear();
  }

  /** Turns comparisons of bools into the symbol or its negation, and moves negations down to the operands (`expr_transform`). */
  transform(expr: Expr): Expr {
    if (!this.e.rewritable.has(expr)) return expr;
    return fromWithin(expr, this.#transformed, joinedOrNegated, this.#transformOnce);
  }

  readonly #transformOnce = (expr: Expr): Expr => {
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
  };

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
        // From within, so that nothing deep is turned around from its outside.
        for (const side of [operand.left, operand.right])
          fromWithin(side, this.#negated, joined, (at) => this.transform(this.e.not(at)));
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
    if (!isJoined(expr)) return expr;
    if (!this.inPlace) return fromWithin(expr, this.#distinct, joined, this.#distinctOnce);
    const result = this.#distinct.get(expr) ?? this.#distinctInPlace(expr);
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

  readonly #distinctOnce = (expr: Expr): Expr => {
    let result = expr;
    for (let changed = true; changed;) {
      const before = result;
      changed = false;
      if (isJoined(result)) {
        const pair: Pair = { left: this.distinct(result.left), right: this.distinct(result.right), changes: 0 };
        this.#joinLeaves(result.kind, pair);
        changed = pair.changes > 0;
        result = this.e.joinAgain(result, pair.left, pair.right);
      }
      result = this.#withoutConstants(result);
      // Everything below the menu inherits the result, so it is looked up itself.
      if (!changed && result === before) this.#distinct.set(result, result);
    }
    return result;
  };

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
    const open: HalfWay[] = [];
    for (;;) {
      const side = pair.left.kind === kind ? 'left' : 'right';
      const both = pair[side];
      if (both.kind === kind) {
        open.push({ side, whole: both, left: null });
        pair[side] = both.left;
        continue;
      }
      visit(pair);
      let outer = open.at(-1);
      for (; outer !== undefined && outer.left !== null; outer = open.at(-1)) {
        pair[outer.side] = this.e.joinAgain(outer.whole, outer.left, pair[outer.side]);
        open.pop();
      }
      if (outer === undefined) return;
      outer.left = pair[outer.side];
      pair[outer.side] = outer.whole.right;
    }
  }

  /** `a && n`, `a && y`, `a || n`, `a || y` (`expr_eliminate_yn`). */
  #withoutConstants(expr: Expr): Expr {
    if (!this.e.rewritable.has(expr)) return expr;
    const open: Joined[] = [];
    let result = expr;
    for (; isJoined(result); result = result.left) open.push(result);
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const left: Expr = result;
      const right = this.#withoutConstants(at.right);
      const neutral = at.kind === 'and' ? this.#yes : this.#no;
      const final = at.kind === 'and' ? this.#no : this.#yes;
      if (left === final || right === neutral) result = left;
      else if (right === final || left === neutral) result = right;
      else result = this.inPlace ? this.e.join(at.kind, left, right) : at;
    }
    return result;
  }

  /** Removes the operands that both have. If `a` implies `b`, the rest of `b` is y (`expr_eliminate_eq`). */
  withoutCommon(a: Expr, b: Expr): [Expr, Expr] {
    const pair: Pair = { left: a, right: b, changes: 0 };
    if (isJoined(a)) this.#cancelLeaves(a.kind, pair);
    const { left, right } = pair;
    if (left.kind !== right.kind && isJoined(right)) this.#cancelLeaves(right.kind, pair);
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
    const { y, m, n } = this.e;
    const open = expr === null ? [] : [expr];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at.kind === 'and') open.push(at.right, at.left);
      else if (at.kind === 'symbol' && at.symbol === symbol) return true;
      else if (at.kind === 'compare' && at.left === symbol) {
        if (at.operator === '=' ? at.right === y || at.right === m : at.operator === '!=' && at.right === n)
          return true;
      }
    }
    return false;
  }

  /** `expr != n` (or `= n`), applied to the single operands (`expr_trans_compare` with the constant n). */
  comparedWithNo(expr: Expr | null, operator: '=' | '!='): Expr {
    const e = this.e;
    if (expr === null) return operator === '!=' ? e.not(e.symbol(e.n)) : e.symbol(e.n);
    const edge = leftEdge(expr);
    // What each is compared with: an operator's operands with `=`, those of a negation with the opposite.
    const operators = [operator];
    for (const at of edge) operators.push(at.kind === 'not' && operators.at(-1) === '=' ? '!=' : '=');
    let result = expr;
    for (let i = edge.length - 1; i >= 0; i--) {
      const [at, tested] = [edge[i] ?? expr, operators[i] ?? operator];
      if (isJoined(at)) {
        const both = e.join(at.kind === 'and' ? 'or' : 'and', result, this.comparedWithNo(at.right, '='));
        result = tested === '!=' ? e.not(both) : both;
      } else if (at.kind === 'compare') result = tested === '=' ? e.not(at) : at;
      else if (at.kind === 'symbol') result = e.compare(tested, at.symbol, e.n);
    }
    return result;
  }
}

/** An operand that `known` does not have yet, or null. */
const joined: Unknown = (expr, known) => {
  if (!isJoined(expr)) return null;
  if (isJoined(expr.left) && !known.has(expr.left)) return expr.left;
  return isJoined(expr.right) && !known.has(expr.right) ? expr.right : null;
};
const joinedOrNegated: Unknown = (expr, known) => {
  if (expr.kind === 'not') return known.has(expr.operand) ? null : expr.operand;
  return joined(expr, known);
};
type Unknown = (expr: Expr, known: ReadonlyMap<Expr, Expr>) => Expr | null;

/** What `compute` makes of an expression, kept in `known`. Its operands come first, so that `compute` finds theirs and need not descend. */
function fromWithin(expr: Expr, known: Map<Expr, Expr>, unknown: Unknown, compute: (expr: Expr) => Expr): Expr {
  const result = known.get(expr);
  if (result !== undefined) return result;
  const open: Expr[] = [];
  for (let at: Expr | undefined = expr; at !== undefined;) {
    const inner: Expr | null = known.has(at) ? null : unknown(at, known);
    if (inner !== null) {
      open.push(at);
      at = inner;
    } else {
      if (!known.has(at)) known.set(at, compute(at));
      at = open.pop();
    }
  }
  return known.get(expr) ?? expr;
}
