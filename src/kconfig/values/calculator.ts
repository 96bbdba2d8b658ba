import type { Comparison, SymbolType } from '../syntax/ast.ts';
import { isJoined, isLogic, MOD, namedSymbol, nameOf, NO, TRI_TEXT, YES } from '../tree/model.ts';
import type { ChoiceBlock, Expr, Joined, Kconfig, KSymbol, Property, Tri } from '../tree/model.ts';
import { compareValues, parseSigned } from '../tree/numbers.ts';
import { calculateRankedChoice, calculateSymbolChoice, setChoiceValues, type Evaluation } from './choices.ts';
import { UNKNOWN, type ConfigurationState } from './configurationState.ts';

/** Whether a comparison holds for operands in this order: negative if the left one comes first. */
export const HOLDS: Readonly<Record<Comparison, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

const joinedValue = ({ kind }: Joined, left: Tri, right: Tri): Tri =>
  (kind === 'and') === left < right ? left : right;

/** A symbol that is selected although its own dependencies are not met. conf warns about it. */
export type UnmetDependency = { symbol: KSymbol; dependency: Tri };

/** How many symbols are computed within each other, in Linux 6.12 at most 31. A stack of Node has room for 900. */
const DEEPEST = 300;

/** The computation of a symbol was not begun, since it is too deep within others. */
class TooDeep extends Error {
  constructor(readonly symbol: KSymbol) {
    super(`${nameOf(symbol)} is too deep within what depends on it`);
  }
}

/** Computes values on demand and keeps them in the state: `sym_calc_value` in symbol.c and `expr_calc_value` in expr.c. */
export class Calculator implements Evaluation {
  readonly ranked: boolean;
  readonly #hasTransitional: boolean;
  /** Called when a computed symbol turns out to be selected although its dependencies are not met. */
  onUnmet: (unmet: UnmetDependency) => void = () => undefined;
  /** Before 6.11: the symbols that are being computed, and how often a computation came back to one of them. */
  readonly #open = new Set<KSymbol>();
  #returns = 0;
  /** How many symbols are being computed, each for the one before. */
  #depth = 0;

  constructor(
    readonly kconfig: Kconfig,
    public state: ConfigurationState,
  ) {
    this.ranked = kconfig.dialect.choices === 'ranked';
    this.#hasTransitional = kconfig.symbols.some((symbol) => symbol.transitional);
  }

  tri(symbol: KSymbol): Tri {
    this.symbol(symbol);
    return this.state.tri[symbol.id] as Tri;
  }

  /** The value as in a .config, but without quotes. */
  text(symbol: KSymbol): string {
    this.symbol(symbol);
    return isLogic(symbol) ? TRI_TEXT[this.state.tri[symbol.id] as Tri] : (this.state.text[symbol.id] ?? '');
  }

  /** A tristate counts as a bool if there are no modules, and before 6.11 if it is a member of a choice that is y (`sym_get_type`). */
  type(symbol: KSymbol): SymbolType | 'unknown' {
    if (symbol.type !== 'tristate') return symbol.type;
    if (!this.ranked && symbol.memberOf !== null && this.state.visible[symbol.id] === YES) return 'bool';
    return this.state.modules === NO ? 'bool' : 'tristate';
  }

  expr(expr: Expr | null): Tri {
    if (expr === null) return YES;
    const known = this.state.exprs[expr.id];
    if (known !== UNKNOWN) return known as Tri;
    const before = this.#returns;
    if (!isJoined(expr)) return this.#keep(expr, this.#operand(expr), before);
    if (!isJoined(expr.left) || this.state.exprs[expr.left.id] !== UNKNOWN)
      return this.#keep(expr, joinedValue(expr, this.expr(expr.left), this.expr(expr.right)), before);
    // A chain of operators grows on the left, and can be longer than functions can call each other.
    const open: Joined[] = [];
    let at: Expr = expr;
    for (; isJoined(at) && this.state.exprs[at.id] === UNKNOWN; at = at.left) open.push(at);
    let value = this.expr(at);
    for (let outer = open.pop(); outer !== undefined; outer = open.pop()) {
      value = this.#keep(outer, joinedValue(outer, value, this.expr(outer.right)), before);
    }
    return value;
  }

  /** Before 6.11 conf keeps no values of expressions. An expression that refers to a symbol being computed can have another value later. */
  #keep(expr: Expr, value: Tri, before: number): Tri {
    if (this.#returns === before) this.state.exprs[expr.id] = value;
    return value;
  }

  #operand(expr: Exclude<Expr, Joined>): Tri {
    if (expr.kind === 'symbol') return this.tri(expr.symbol);
    if (expr.kind === 'not') return (2 - this.expr(expr.operand)) as Tri;
    return this.#compare(expr) ? YES : NO;
  }

  #compare({ operator, left, right }: Extract<Expr, { kind: 'compare' }>): boolean {
    const typed = (symbol: KSymbol): { text: string; type: KSymbol['type'] } => ({
      text: this.text(symbol),
      type: symbol.type,
    });
    return HOLDS[operator](compareValues(typed(left), typed(right)));
  }

  /** Computes a symbol unless it is up to date. */
  symbol(symbol: KSymbol): void {
    const { state } = this;
    const { id } = symbol;
    if (state.valid[id] === 1) {
      if (!this.ranked && this.#open.has(symbol)) this.#returns++;
      return;
    }
    if (this.#depth === 0) this.#fromWithin(symbol);
    else if (this.#depth < DEEPEST) this.#begin(symbol);
    else throw new TooDeep(symbol);
  }

  /** Where a symbol leads too deep, what it was about to compute there comes first. */
  #fromWithin(symbol: KSymbol): void {
    const open = [symbol];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (this.state.valid[at.id] === 1) continue;
      try {
        this.#begin(at);
      } catch (error) {
        if (!(error instanceof TooDeep) || open.includes(error.symbol)) throw error;
        open.push(at, error.symbol);
      }
    }
  }

  #begin(symbol: KSymbol): void {
    const { state } = this;
    const pending = state.pending[symbol.id] ?? 0;
    if (!this.ranked) this.#open.add(symbol);
    this.#depth++;
    try {
      this.#compute(symbol);
    } catch (error) {
      state.valid[symbol.id] = 0;
      state.pending[symbol.id] = pending;
      throw error;
    } finally {
      this.#depth--;
      this.#open.delete(symbol);
    }
  }

  #compute(symbol: KSymbol): void {
    const { state } = this;
    const { id } = symbol;
    if (!this.ranked && symbol.memberOf !== null && state.pending[id] === 1) {
      state.pending[id] = 0;
      this.symbol(symbol.memberOf.symbol);
    }
    state.valid[id] = 1;
    if (symbol.type === 'unknown') {
      state.text[id] = symbol.name ?? '';
      state.tri[id] = NO;
      return;
    }
    state.write[id] = 0;
    this.visibility(symbol);
    if (state.visible[id] !== NO) state.write[id] = 1;
    // A computation that comes back to this symbol sees these values.
    state.tri[id] = NO;
    state.text[id] = this.emptyText(symbol.type);
    if (symbol.type === 'bool' || symbol.type === 'tristate') this.#tristate(symbol);
    else this.#number(symbol, symbol.type);
    if (symbol === this.kconfig.modules) state.modules = state.tri[id] as Tri;
    if (!this.ranked && symbol.choice !== null && state.write[id] === 1) this.#writeMembers(symbol.choice);
    // A choice has no line in the file, and a transitional symbol only passes its value on.
    if (symbol.choice !== null || symbol.transitional) state.write[id] = 0;
    if (!this.ranked && state.pending[id] === 1 && symbol.choice !== null) setChoiceValues(state, symbol.choice);
  }

  /** Before 6.11 the members that were visible when the choice was last computed go into the file. */
  #writeMembers(choice: ChoiceBlock): void {
    const { state } = this;
    const value = state.tri[choice.symbol.id];
    for (const member of choice.members) {
      if (state.visible[member.id] === NO) continue;
      state.write[member.id] = 1;
      // It was computed while the choice was y, and is no longer visible. The order of computation after the next change decides whether it is written.
      if (value === NO || (value === MOD && member.type !== 'tristate')) state.hasStale = true;
    }
  }

  /** The text of a symbol without a value. That of a bool or tristate is always `n`, which shows where a number's default names one. */
  emptyText(type: SymbolType): string {
    if (type === 'bool' || type === 'tristate') return 'n';
    if (!this.ranked) return '';
    return type === 'int' ? '0' : type === 'hex' ? '0x0' : '';
  }

  #tristate(symbol: KSymbol): void {
    const { state } = this;
    const { id, memberOf } = symbol;
    let value: Tri;
    if (this.ranked && memberOf !== null) {
      calculateRankedChoice(this, memberOf);
      value = state.tri[id] as Tri;
    } else if (memberOf !== null && state.visible[id] === YES) {
      value = state.member[memberOf.id] === symbol ? YES : NO;
    } else {
      value = this.#unlimited(symbol);
      if ((state.dependency[id] ?? NO) < (state.selected[id] ?? NO))
        this.onUnmet({ symbol, dependency: state.dependency[id] as Tri });
      value = Math.max(value, state.selected[id] ?? NO) as Tri;
    }
    if (value === MOD && this.type(symbol) === 'bool') value = YES;
    state.tri[id] = value;
    this.#takeOver(symbol);
    if (symbol.choice !== null && !this.ranked) {
      state.member[symbol.choice.id] = null;
      if (value === YES) state.member[symbol.choice.id] = calculateSymbolChoice(this, symbol.choice);
    }
  }

  /** The value without what selects it: the user's if a prompt is visible, else the default with what is implied. */
  #unlimited(symbol: KSymbol): Tri {
    const { state } = this;
    const { id } = symbol;
    const visible = state.visible[id] ?? NO;
    if (visible !== NO && state.userSet[id] === 1) return Math.min(state.userTri[id] ?? NO, visible) as Tri;
    if (state.selected[id] !== NO) state.write[id] = 1;
    if (symbol.choice !== null) return NO;
    let value: number = NO;
    const property = this.defaultProperty(symbol);
    if (property !== null) {
      value = Math.min(this.expr(property.value), this.expr(property.visible));
      if (value !== NO) state.write[id] = 1;
    }
    if (state.implied[id] !== NO) {
      state.write[id] = 1;
      value = Math.min(Math.max(value, state.implied[id] ?? NO), state.dependency[id] ?? NO);
    }
    return value as Tri;
  }

  #number(symbol: KSymbol, type: 'int' | 'hex' | 'string'): void {
    const { state } = this;
    const { id } = symbol;
    const user = state.userText[id] ?? null;
    // Before 6.11 a choice can have the type of its first member, even a string. It can have a user value then, but no text.
    if (state.visible[id] !== NO && state.userSet[id] === 1 && (user !== null || symbol.choice !== null)) {
      state.text[id] = user;
    } else {
      const source = namedSymbol(this.defaultProperty(symbol));
      if (source !== null) {
        state.write[id] = 1;
        this.symbol(source);
        // Null for a member of a choice that was only computed together with others. conf has no text then either.
        state.text[id] = state.text[source.id] ?? null;
      }
    }
    this.#takeOver(symbol);
    if (type === 'string') return;
    // A number outside the first range that applies becomes the bound (`sym_validate_range`).
    const bound = this.exceededBound(symbol, type, state.text[id] ?? '');
    if (bound !== null) state.text[id] = state.text[bound.id] ?? '';
  }

  /** The bound of the symbol's range that a number exceeds, or null. */
  exceededBound(symbol: KSymbol, type: 'int' | 'hex', text: string): KSymbol | null {
    const bounds = this.range(symbol);
    if (bounds === null) return null;
    const value = parseSigned(text, type === 'int' ? 10 : 16).value;
    const [low, high] = bounds;
    return value < this.#bound(low, type) ? low : value > this.#bound(high, type) ? high : null;
  }

  /** The bounds that apply now, or null. */
  range(symbol: KSymbol): readonly [KSymbol, KSymbol] | null {
    return this.#firstVisible(symbol, 'range')?.range ?? null;
  }

  #bound(symbol: KSymbol, type: 'int' | 'hex'): bigint {
    this.symbol(symbol);
    const base = symbol.type === 'int' ? 10 : symbol.type === 'hex' ? 16 : type === 'int' ? 10 : 16;
    return parseSigned(this.state.text[symbol.id] ?? '', base).value;
  }

  /** Since 6.18: a default that names a transitional symbol with a user value becomes a user value itself, so that it is not asked about again. */
  #takeOver(symbol: KSymbol): void {
    const { state } = this;
    const { id } = symbol;
    if (!this.#hasTransitional || state.userSet[id] === 1 || symbol.memberOf !== null || symbol.choice !== null) return;
    const source = namedSymbol(this.defaultProperty(symbol));
    if (source?.transitional !== true || state.userSet[source.id] === 0) return;
    state.userTri[id] = state.tri[id] ?? NO;
    state.userText[id] = state.text[id] ?? null;
    state.userSet[id] = 1;
  }

  /** The first default whose condition is met, or null. */
  defaultProperty(symbol: KSymbol): Property | null {
    return this.#firstVisible(symbol, 'default');
  }

  #firstVisible(symbol: KSymbol, kind: Property['kind']): Property | null {
    return symbol.properties.find((property) => property.kind === kind && this.expr(property.visible) !== NO) ?? null;
  }

  /** Computes the prompts, dependencies and reverse dependencies of a symbol (`sym_calc_visibility`). */
  visibility(symbol: KSymbol): void {
    const { state } = this;
    const { id } = symbol;
    if (symbol.transitional) {
      state.visible[id] = YES;
      return;
    }
    let visible: number = NO;
    for (const property of symbol.properties) {
      if (property.text === null) continue;
      const value = this.#promptVisibility(symbol, property);
      if (property.menu.prompt === property) state.prompts[property.menu.id] = value;
      visible = Math.max(visible, value);
    }
    if (visible === MOD && (symbol.type !== 'tristate' || state.modules === NO)) visible = YES;
    state.visible[id] = visible;
    if (symbol.isChoiceValue) return;
    state.dependency[id] = this.#asType(symbol, this.expr(symbol.dependency));
    state.selected[id] = symbol.selectedBy === null ? NO : this.#asType(symbol, this.expr(symbol.selectedBy));
    state.implied[id] = symbol.impliedBy === null ? NO : this.#asType(symbol, this.expr(symbol.impliedBy));
  }

  #promptVisibility(symbol: KSymbol, property: Property): Tri {
    const value = this.expr(property.visible);
    // Before 6.11 a tristate choice that is y does not offer members that could only be m.
    if (this.ranked || symbol.memberOf === null || symbol.type !== 'tristate' || value !== MOD) return value;
    return this.state.tri[symbol.memberOf.symbol.id] === YES ? NO : value;
  }

  #asType(symbol: KSymbol, value: Tri): Tri {
    return value === MOD && this.type(symbol) === 'bool' ? YES : value;
  }
}
