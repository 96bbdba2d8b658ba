/** What has to stay in a configuration so that other symbols of it can. */
import { isLogic, MOD, NO, type Configuration, type Expr, type KSymbol } from '../../kconfig/index.ts';

/** Of several alternatives that hold, it needs the one that takes the fewest further symbols. */
export class Upkeep {
  /** The symbols that stay, each with the one that needs it; null: it stays for itself. */
  readonly needed = new Map<KSymbol, KSymbol | null>();

  /** @param mayGo whether a symbol goes unless it is needed. */
  constructor(
    private readonly configuration: Configuration,
    private readonly mayGo: (symbol: KSymbol) => boolean,
  ) {}

  /** Symbols stay for themselves, with what they need. */
  keep(symbols: Iterable<KSymbol>): void {
    for (const symbol of symbols) this.needed.set(symbol, null);
    for (const symbol of symbols) this.#supply(symbol, false);
  }

  /** What a symbol needs stays in all alternatives: for where one alone turned out not to be enough. */
  keepAllFor(symbol: KSymbol): void {
    this.#supply(symbol, true);
  }

  #supply(first: KSymbol, all: boolean): void {
    const seen = new Set<KSymbol>([first]);
    const open = [first];
    for (let by = open.pop(); by !== undefined; by = open.pop()) {
      for (const symbol of new Set(this.#sources(by).flatMap((expr) => [...this.#requiredIn(expr, all)]))) {
        const isNew = !this.needed.has(symbol);
        if (isNew) this.needed.set(symbol, by);
        if ((isNew || all) && !seen.has(symbol)) open.push(symbol);
        seen.add(symbol);
      }
    }
  }

  /** The conditions that give a symbol its value: its dependencies, and where it is not asked for, what sets it. */
  #sources(symbol: KSymbol): Expr[] {
    const { calculator } = this.configuration;
    const holds = (expr: Expr | null): boolean => calculator.expr(expr) !== NO;
    const firstOf = (isKind: (kind: string) => boolean) =>
      symbol.properties.find(({ kind, visible }) => isKind(kind) && holds(visible));
    const prompt = symbol.properties.find(({ text, visible }) => text !== null && holds(visible));
    const setter = firstOf((kind) => kind === 'default');
    const given = setter === undefined ? NO : Math.min(calculator.expr(setter.visible), calculator.expr(setter.value));
    const isSelected = symbol.selectedBy !== null && holds(symbol.selectedBy);
    const isImplied = symbol.impliedBy !== null && calculator.expr(symbol.impliedBy) > given;
    const unasked = isSelected
      ? [symbol.selectedBy]
      : isImplied
        ? [symbol.impliedBy]
        : [setter?.visible, setter?.value];
    const setBy = prompt !== undefined ? [prompt.visible] : unasked;
    return [symbol.dependency, ...setBy].filter((expr) => expr !== null && expr !== undefined);
  }

  /** The symbols that have to be on for an expression, which holds now. */
  *#requiredIn(expr: Expr, all: boolean): Generator<KSymbol> {
    if (this.configuration.calculator.expr(expr) < MOD) return;
    switch (expr.kind) {
      case 'symbol':
        if (!expr.symbol.constant) yield expr.symbol;
        return;
      case 'and':
        yield* this.#requiredIn(expr.left, all);
        yield* this.#requiredIn(expr.right, all);
        return;
      case 'or': {
        const holding = alternativesOf(expr).filter((each) => this.configuration.calculator.expr(each) >= MOD);
        const chosen = all ? holding : [cheapest(holding, (each) => this.#cost(each))];
        for (const each of chosen) yield* this.#requiredIn(each, all);
        return;
      }
      case 'compare':
        if (isOn(expr)) yield expr.left;
        return;
      case 'not':
        if (expr.operand.kind === 'compare' && isOff(expr.operand)) yield expr.operand.left;
    }
  }

  /** How many further symbols would have to stay. */
  #cost(expr: Expr): number {
    let cost = 0;
    for (const symbol of this.#requiredIn(expr, false)) if (this.mayGo(symbol) && !this.needed.has(symbol)) cost++;
    return cost;
  }
}

type Comparison = Extract<Expr, { kind: 'compare' }>;

/** Whether a comparison that holds may fail where its left side goes off. */
const isOn = ({ left, right, operator }: Comparison): boolean =>
  isLogic(left) && !left.constant && (operator === '=' ? right.name !== 'n' : operator !== '!=' || right.name === 'n');

const isOff = ({ left, right, operator }: Comparison): boolean =>
  isLogic(left) && !left.constant && operator === '=' && right.name === 'n';

function alternativesOf(expr: Expr): Expr[] {
  return expr.kind === 'or' ? [...alternativesOf(expr.left), ...alternativesOf(expr.right)] : [expr];
}

function cheapest(all: readonly Expr[], cost: (expr: Expr) => number): Expr {
  const costs = all.map(cost);
  return all[costs.indexOf(Math.min(...costs))] as Expr;
}
