/** Why a symbol has another value in one configuration of a tree than in another. */
import { symbolsIn } from '../tree/expressions.ts';
import { isLogic, MOD, type Expr, type KSymbol, type Property } from '../tree/model.ts';
import type { Configuration } from '../values/configuration.ts';

/**
 * The symbols whose own change made this one change from `before` to `after`, by the rules that give it its value. Empty where
 * only what the user answered differs. Both configurations have the same tree.
 */
export function changedBy(before: Configuration, after: Configuration, symbol: KSymbol): KSymbol[] {
  return new Change(before, after, symbol).sources();
}

class Change {
  constructor(
    private readonly before: Configuration,
    private readonly after: Configuration,
    private readonly symbol: KSymbol,
  ) {}

  /** What decides first counts: what forces or limits it, then its choice, then what would only be its default. */
  sources(): KSymbol[] {
    const ways = [
      () => this.#limits(),
      () => this.#otherMembers(),
      () => this.#modules(),
      () => this.#defaults(),
      () => this.#others(),
    ];
    for (const found of ways) {
      const sources = [...new Set(found())].filter((source) => source !== this.symbol && this.#differs(source));
      if (sources.length > 0) return sources;
    }
    return [];
  }

  #differs(symbol: KSymbol): boolean {
    return this.before.value(symbol) !== this.after.value(symbol);
  }

  /** The members of its choice that took its place, or left it to this one. */
  #otherMembers(): KSymbol[] {
    const { symbol, before, after } = this;
    const direction = after.tri(symbol) - before.tri(symbol);
    const members = direction === 0 ? [] : (symbol.memberOf?.members ?? []);
    return members.filter((member) => (after.tri(member) - before.tri(member)) * direction < 0);
  }

  /** What selects it, and what its prompts and dependencies allow, as far as these moved as its value did. */
  #limits(): KSymbol[] {
    const { symbol, before, after } = this;
    const isFalling = isLogic(symbol) ? after.tri(symbol) < before.tri(symbol) : !after.isWritten(symbol);
    const limits = [symbol.selectedBy, symbol.dependency, ...this.#prompts()];
    return limits.flatMap((expr) => this.#moved(expr, isFalling));
  }

  #prompts(): (Expr | null)[] {
    return this.symbol.properties.filter(({ text }) => text !== null).map(({ visible }) => visible);
  }

  /** Without modules there is no m. */
  #modules(): KSymbol[] {
    const { symbol, before, after } = this;
    const hasModule = isLogic(symbol) && (before.tri(symbol) === MOD || after.tri(symbol) === MOD);
    return hasModule ? [before.kconfig.modules] : [];
  }

  #defaults(): KSymbol[] {
    const [was, is] = [this.before, this.after].map(({ calculator }) => calculator.defaultProperty(this.symbol));
    const isOther = was !== is;
    const given = [was, is].flatMap((property) => this.#givenBy(property ?? null, isOther));
    return [...given, ...this.#movedAnyhow(this.symbol.impliedBy)];
  }

  #givenBy(property: Property | null, isOther: boolean): KSymbol[] {
    if (property === null) return [];
    return isOther
      ? this.#movedAnyhow(property.visible)
      : [...symbolsIn(property.value), ...symbolsIn(property.visible)];
  }

  /** All else that its value can rest on. */
  #others(): KSymbol[] {
    const { symbol } = this;
    const ranges = symbol.properties.flatMap(({ kind, visible, range }) =>
      kind === 'range' ? [...symbolsIn(visible), ...(range ?? [])] : [],
    );
    const exprs = [symbol.dependency, symbol.selectedBy, ...this.#prompts()];
    return [...ranges, ...exprs.flatMap((expr) => this.#movedAnyhow(expr))];
  }

  #movedAnyhow(expr: Expr | null): KSymbol[] {
    return [...this.#moved(expr, true), ...this.#moved(expr, false)];
  }

  /** The symbols that made an expression fall (or rise). */
  #moved(expr: Expr | null, isFalling: boolean): KSymbol[] {
    const moved: KSymbol[] = [];
    const open = expr === null ? [] : [{ expr, isFalling }];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const { expr, isFalling } = at;
      const after = this.after.calculator.expr(expr);
      const before = this.before.calculator.expr(expr);
      if (isFalling ? after >= before : after <= before) continue;
      if (expr.kind === 'symbol') moved.push(expr.symbol);
      else if (expr.kind === 'compare') moved.push(expr.left, expr.right);
      else if (expr.kind === 'not') open.push({ expr: expr.operand, isFalling: !isFalling });
      else
        for (const operand of [expr.right, expr.left])
          if (this.#decides(operand, (expr.kind === 'and') === isFalling, isFalling, after))
            open.push({ expr: operand, isFalling });
    }
    return moved;
  }

  /** Whether an operand took part: one that alone gives the new value, or one without which there would be another. */
  #decides(operand: Expr, isAlone: boolean, isFalling: boolean, joined: number): boolean {
    if (isAlone) return this.after.calculator.expr(operand) === joined;
    const before = this.before.calculator.expr(operand);
    return isFalling ? before > joined : before < joined;
  }
}
