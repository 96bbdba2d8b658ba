import { MOD, NO, YES, isLogic } from '../tree/model.ts';
import type { ChoiceBlock, Kconfig, KSymbol, Menu, Tri } from '../tree/model.ts';
import { symbolsIn } from '../tree/expressions.ts';
import { isValidText } from '../tree/numbers.ts';
import { Calculator, type UnmetDependency } from './calculator.ts';
import { calculateRankedChoice } from './choices.ts';
import { dependentsOf } from './dependents.ts';
import { copyState, forgetComputed, newState, UNKNOWN, type ConfigurationState } from './configurationState.ts';

/** A state that `restore` returns to. Its content is private. */
export type Snapshot = { readonly state: ConfigurationState };

/** The values of a tree's symbols for one set of user values (symbol.c). Each is computed on demand, and kept until what it depends on changes. */
export class Configuration {
  readonly calculator: Calculator;

  constructor(readonly kconfig: Kconfig) {
    this.calculator = new Calculator(kconfig, newState(kconfig));
  }

  get state(): ConfigurationState {
    return this.calculator.state;
  }

  /** Called when a computed symbol turns out to be selected although its dependencies are not met. */
  set onUnmet(listener: (unmet: UnmetDependency) => void) {
    this.calculator.onUnmet = listener;
  }

  /** The symbol of that name, without CONFIG_, or undefined if the tree does not mention it. */
  symbol(name: string): KSymbol | undefined {
    return this.kconfig.byName.get(name);
  }

  /** `y`, `m`, `n`, or a text without quotes. */
  value(symbol: KSymbol): string {
    return this.calculator.text(symbol);
  }

  tri(symbol: KSymbol): Tri {
    return this.calculator.tri(symbol);
  }

  hasUserValue(symbol: KSymbol): boolean {
    return this.state.userSet[symbol.id] === 1;
  }

  /** Whether it can be set and was not. */
  isNew(symbol: KSymbol): boolean {
    return !this.hasUserValue(symbol) && this.isChangeable(symbol);
  }

  /** Whether the .config contains it. */
  isWritten(symbol: KSymbol): boolean {
    this.calculator.symbol(symbol);
    return this.state.write[symbol.id] === 1;
  }

  /** Whether the user can give it another value (`sym_is_changeable`). */
  isChangeable(symbol: KSymbol): boolean {
    this.calculator.symbol(symbol);
    if (symbol.choice !== null && this.calculator.ranked) return false;
    return (this.state.visible[symbol.id] ?? NO) > (this.state.selected[symbol.id] ?? NO);
  }

  /** Whether the user can give a bool or tristate this value now (`sym_tristate_within_range`). */
  allows(symbol: KSymbol, value: Tri): boolean {
    const { state, calculator } = this;
    calculator.symbol(symbol);
    const visible = state.visible[symbol.id] ?? NO;
    const selected = state.selected[symbol.id] ?? NO;
    const type = calculator.type(symbol);
    if (visible === NO || (type !== 'bool' && type !== 'tristate')) return false;
    if ((type === 'bool' && value === MOD) || visible <= selected) return false;
    if (!calculator.ranked && symbol.memberOf !== null && visible === YES) return value === YES;
    return value >= selected && value <= visible;
  }

  /** Whether the user can give it this text now: it must be well-formed, and a number must be in the range that applies (`sym_string_within_range`). */
  allowsText(symbol: KSymbol, text: string): boolean {
    const { type } = symbol;
    if (!isValidText(type, text)) return false;
    if (isLogic(symbol)) return this.allows(symbol, triOf(text));
    return (type !== 'int' && type !== 'hex') || this.calculator.exceededBound(symbol, type, text) === null;
  }

  /**
   * Sets a symbol as if the user had answered conf: to `y`, `m`, `n` (or words that begin with them) if it is a bool or tristate, else to a text.
   * @returns false, and changes nothing, if conf would refuse the answer (`sym_set_string_value`).
   */
  set(symbol: KSymbol, text: string): boolean {
    if (!isLogic(symbol)) return this.#setText(symbol, text);
    return isValidText(symbol.type, text) && this.setTri(symbol, triOf(text));
  }

  /** Sets a bool or tristate, with the same result as `set` (`sym_set_tristate_value`). */
  setTri(symbol: KSymbol, value: Tri): boolean {
    const { state } = this;
    const before = this.tri(symbol);
    const allowed = this.allows(symbol, value);
    if (!allowed && (this.calculator.ranked || before !== value)) return false;
    state.userSet[symbol.id] = 1;
    state.userTri[symbol.id] = value;
    if (!this.calculator.ranked && symbol.memberOf !== null && value === YES)
      this.#chooseMember(symbol.memberOf, symbol);
    if (before !== value) this.#changed([symbol]);
    // Before 6.11 a default above the visibility can become a user value, which the next change limits.
    else if (!allowed) state.hasStale = true;
    return true;
  }

  #chooseMember(choice: ChoiceBlock, member: KSymbol): void {
    const { state } = this;
    state.userMember[choice.id] = member;
    state.userSet[choice.symbol.id] = 1;
    for (const other of choice.members) if (state.visible[other.id] !== NO) state.userSet[other.id] = 1;
  }

  #setText(symbol: KSymbol, text: string): boolean {
    const { state } = this;
    if (!this.allowsText(symbol, text)) return false;
    state.userSet[symbol.id] = 1;
    const written = symbol.type === 'hex' && !/^0[xX]/.test(text) ? `0x${text}` : text;
    if (written === text && state.userText[symbol.id] === text) return true;
    state.userText[symbol.id] = written;
    this.#changed([symbol]);
    return true;
  }

  /** Takes what depends on these symbols as not computed, after their user values were replaced. */
  replaced(symbols: readonly KSymbol[]): void {
    if (this.calculator.ranked) this.#changed(symbols);
    // Before 6.11 the order of computation can decide.
    else this.clear();
  }

  /** Since 6.11: chooses a member and sets the other visible members to n (`choice_set_value`). */
  choose(choice: ChoiceBlock, chosen: KSymbol): void {
    const { state } = this;
    let changed = false;
    for (const member of choice.entries) {
      if (state.visible[member.id] === NO) continue;
      const value = member === chosen ? YES : NO;
      if (state.tri[member.id] !== value) changed = true;
      state.userSet[member.id] = 1;
      state.userTri[member.id] = value;
      this.rankFirst(choice, member);
    }
    if (changed) this.#changed(choice.members);
  }

  /** The member that is chosen now, or null. */
  chosen(choice: ChoiceBlock): KSymbol | null {
    if (this.calculator.ranked) return calculateRankedChoice(this.calculator, choice);
    this.calculator.symbol(choice.symbol);
    return this.state.member[choice.id] ?? null;
  }

  /** Removes the user's value. */
  unset(symbol: KSymbol): void {
    const { state } = this;
    state.userSet[symbol.id] = 0;
    state.userText[symbol.id] = null;
    state.userTri[symbol.id] = NO;
    this.#changed([symbol]);
  }

  /** Moves the member that was just set to the first rank (`list_move`). */
  rankFirst(choice: ChoiceBlock, member: KSymbol): void {
    this.state.ranking[choice.id] = [member, ...this.#rankedWithout(choice, member)];
  }

  rankLast(choice: ChoiceBlock, member: KSymbol): void {
    this.state.ranking[choice.id] = [...this.#rankedWithout(choice, member), member];
  }

  #rankedWithout(choice: ChoiceBlock, member: KSymbol): KSymbol[] {
    return (this.state.ranking[choice.id] ?? []).filter((other) => other !== member);
  }

  /** Whether a node of the menu is offered (`menu_is_visible`): for itself, or for something below it. */
  isVisible(menu: Menu): boolean {
    const itself = this.#isOffered(menu);
    if (itself !== null) return itself;
    /** The nodes down to the one whose children are looked at, and which of them comes next. */
    const path = [{ menu, next: 0 }];
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const child = at.menu.children[at.next++];
      const offered = child === undefined ? false : this.#isOffered(child);
      if (child === undefined) path.pop();
      else if (offered === null) path.push({ menu: child, next: 0 });
      else if (offered) {
        for (const { menu: above } of path.reverse()) this.#offeredBelow(above);
        return true;
      }
    }
    return false;
  }

  /** Null if it depends on the nodes below. */
  #isOffered({ id, symbol, prompt, visibility }: Menu): boolean | null {
    const { calculator, state } = this;
    if (prompt === null) return false;
    if (visibility !== null && calculator.expr(visibility) === NO) return false;
    if (symbol === null) return calculator.expr(prompt.visible) !== NO;
    calculator.symbol(symbol);
    if (state.prompts[id] !== NO) return true;
    return state.tri[symbol.id] === NO ? false : null;
  }

  /** Before 6.11 a symbol that is offered only because of what is below it counts as set. The next change computes it again. */
  #offeredBelow({ symbol }: Menu): void {
    const { state } = this;
    if (this.calculator.ranked || symbol === null || state.userSet[symbol.id] === 1) return;
    state.userSet[symbol.id] = 1;
    state.hasStale = true;
  }

  snapshot(): Snapshot {
    return { state: copyState(this.state) };
  }

  restore(snapshot: Snapshot): void {
    this.calculator.state = copyState(snapshot.state);
  }

  /** Forgets every computed value, so that each is computed again on demand (`sym_clear_all_valid`). */
  clear(): void {
    forgetComputed(this.kconfig, this.state);
    this.state.changed = true;
    this.calculator.symbol(this.kconfig.modules);
  }

  #changed(symbols: readonly KSymbol[]): void {
    const { state, calculator } = this;
    if (state.hasStale) {
      this.clear();
      return;
    }
    const before = state.modules;
    const { modules } = this.kconfig;
    for (const symbol of symbols) this.#forget(symbol.id);
    for (const choice of state.outdated) {
      const members = this.kconfig.choices[choice]?.members ?? [];
      if (members.some((member) => this.#isOutdated(member))) for (const member of members) this.#forget(member.id);
      else state.outdated.delete(choice);
    }
    state.changed = true;
    calculator.symbol(modules);
    // Every tristate depends on MODULES, although no edge says so.
    if (state.modules !== before) this.clear();
  }

  /** Whether a member of a choice would have another visibility if it were computed now, or cannot be looked at without computing others. */
  #isOutdated(member: KSymbol): boolean {
    const { state, calculator } = this;
    const prompts = member.properties.filter(({ text }) => text !== null);
    if (prompts.some(({ visible }) => symbolsIn(visible).some(({ id }) => state.valid[id] !== 1))) return true;
    const seen = () => [state.visible[member.id], ...member.menus.map(({ id }) => state.prompts[id])];
    const before = seen();
    calculator.visibility(member);
    const outdated = seen().some((value, index) => value !== before[index]);
    if (outdated) {
      state.visible[member.id] = before[0] ?? NO;
      member.menus.forEach(({ id }, index) => (state.prompts[id] = before[index + 1] ?? NO));
    }
    return outdated;
  }

  /** Marks a symbol and everything that depends on it as not computed. If something is marked already, so are its dependents. */
  #forget(first: number): void {
    const { state, kconfig } = this;
    const { symbols, starts, targets } = dependentsOf(kconfig);
    // Before 6.11 an expression's value is not always kept, so an unknown one can have dependents that are not marked.
    const passed = this.calculator.ranked ? null : new Set<number>();
    const open = [first];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (node < symbols) {
        const symbol = kconfig.symbols[node];
        if (state.valid[node] === 0 || symbol === undefined || (symbol.constant && symbol.type !== 'unknown')) continue;
        state.valid[node] = 0;
        if (this.calculator.ranked && symbol.memberOf !== null) state.outdated.add(symbol.memberOf.id);
      } else {
        if (passed === null ? state.exprs[node - symbols] === UNKNOWN : passed.has(node)) continue;
        passed?.add(node);
        state.exprs[node - symbols] = UNKNOWN;
      }
      for (let edge = starts[node] ?? 0; edge < (starts[node + 1] ?? 0); edge++) open.push(targets[edge] ?? 0);
    }
  }
}

/** The value of a text that begins with y, m or n in either case. */
function triOf(text: string): Tri {
  const letter = text.charAt(0).toLowerCase();
  return letter === 'y' ? YES : letter === 'm' ? MOD : NO;
}
