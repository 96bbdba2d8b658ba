import type { FileLine } from '../syntax/ast.ts';
import { symbolsIn } from './expressions.ts';
import { menusBelow, nameOf } from './model.ts';
import type { ChoiceBlock, Expr, Kconfig, KSymbol, Menu, Property } from './model.ts';
import { take, type Steps } from '../syntax/steps.ts';

/** How the symbol of a frame depends on the next one. */
type Via = 'depends' | 'selected' | 'implied' | 'value' | 'visible';
type Frame = { symbol: KSymbol; via: Via; property: Property | null };
/** Gives the symbol that closes a cycle, or null. Each symbol is a step: a ring can be longer than functions can call each other. */
type Search = Steps<KSymbol | null>;

/** Reports symbols that depend on themselves, in conf's words and order (`sym_check_deps`, `conf_parse`). A cycle is one diagnostic. */
export function checkDependencies(kconfig: Kconfig): void {
  const check = new Check(kconfig);
  if (kconfig.dialect.choices === 'symbol') {
    for (const symbol of kconfig.hashOrder) check.search(symbol);
    return;
  }
  for (const menu of menusBelow(kconfig.root)) {
    if (menu.symbol === null) continue;
    check.search(menu.symbol);
    if (menu.symbol.transitional) checkTransitional(kconfig, menu, menu.symbol);
    if (menu.symbol.choice !== null) checkMembers(kconfig, menu.symbol.choice);
  }
}

/** `transitional_check_sanity` in parser.y. */
function checkTransitional(kconfig: Kconfig, menu: Menu, symbol: KSymbol): void {
  const free = [menu.dependency, menu.visibility].every(
    (condition) => condition === null || (condition.kind === 'symbol' && condition.symbol === kconfig.constants.y),
  );
  const at = free ? symbol.properties[0]?.at : menu.at;
  if (at !== undefined)
    kconfig.diagnostics.push({ level: 'error', at, text: ' error: transitional symbols can only have help sections' });
}

/** `choice_check_sanity` in parser.y. */
function checkMembers(kconfig: Kconfig, choice: ChoiceBlock): void {
  for (const menu of menusBelow(choice.menu)) {
    for (const property of menu.symbol?.properties ?? []) {
      const error = (text: string): number =>
        kconfig.diagnostics.push({ level: 'error', at: property.at, text: ` error: ${text}` });
      if (property.kind === 'default') error('defaults for choice values not supported');
      if (property.menu === menu || property.kind !== 'prompt') continue;
      if (kconfig.dialect.onePrompt === true) error('choice value must not have a prompt in another entry');
      else if (property.menu.parent !== menu.parent) error('choice value has a prompt outside its choice group');
    }
  }
}

class Check {
  readonly #ranked: boolean;
  /** The symbols that are being searched. Reaching one of them again is a cycle. */
  readonly #open = new Set<KSymbol>();
  readonly #done = new Set<KSymbol>();
  /** The expressions whose symbols are all done, and not open. */
  readonly #passed = new Set<Expr>();
  readonly #stack: Frame[] = [];

  constructor(private readonly kconfig: Kconfig) {
    this.#ranked = kconfig.dialect.choices === 'ranked';
  }

  /** Reports a cycle that begins at the symbol. */
  search(symbol: KSymbol): void {
    if (!this.#passes(symbol)) take(this.#symbol(symbol));
  }

  /** Whether there is nothing to search: the symbol was searched before, as most are, or everything that it depends on was. */
  #passes(symbol: KSymbol): boolean {
    if (this.#done.has(symbol)) return !this.#open.has(symbol);
    const { memberOf, choice, dependency, selectedBy, impliedBy, properties } = symbol;
    if (memberOf !== null || choice !== null) return false;
    const passes =
      this.#passesAll(dependency) &&
      this.#passesAll(selectedBy) &&
      this.#passesAll(impliedBy) &&
      properties.every(
        ({ kind, visible, value }) =>
          kind === 'select' ||
          kind === 'imply' ||
          (this.#passesAll(visible) && (kind !== 'default' || this.#passesAll(value))),
      );
    if (passes) this.#done.add(symbol);
    return passes;
  }

  #passesAll(expr: Expr | null): boolean {
    const open = expr === null || this.#passed.has(expr) ? [] : [expr];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at.kind === 'symbol') {
        if (!this.#isSearched(at.symbol)) return false;
      } else if (at.kind === 'compare') {
        if (!this.#isSearched(at.left) || !this.#isSearched(at.right)) return false;
      } else if (at.kind === 'not') open.push(at.operand);
      else if (!this.#passed.has(at)) open.push(at.right, at.left);
    }
    if (expr !== null) this.#passed.add(expr);
    return true;
  }

  #isSearched(symbol: KSymbol): boolean {
    return this.#done.has(symbol) && !this.#open.has(symbol);
  }

  /** The symbol that closes a cycle, or null. */
  *#symbol(symbol: KSymbol): Search {
    if (this.#open.has(symbol)) {
      this.#report(symbol);
      return symbol;
    }
    if (this.#done.has(symbol)) return null;
    const { memberOf, choice } = symbol;
    const frame: Frame = { symbol, via: 'visible', property: null };
    if (memberOf !== null) return yield* this.#within(frame, this.#symbol(memberOf.symbol));
    if (choice !== null) return yield* this.#within(frame, this.#choice(choice));
    this.#enter(symbol);
    const found = yield* this.#body(symbol);
    this.#open.delete(symbol);
    return found;
  }

  #enter(symbol: KSymbol): void {
    // What two choices contain is searched with both.
    if (this.#done.has(symbol)) this.#passed.clear();
    this.#open.add(symbol);
    this.#done.add(symbol);
  }

  *#choice(choice: ChoiceBlock): Search {
    for (const member of choice.entries) this.#enter(member);
    this.#enter(choice.symbol);
    let found = yield* this.#body(choice.symbol);
    this.#open.delete(choice.symbol);
    for (const member of choice.entries) {
      if (found !== null) break;
      found = yield* this.#body(member);
    }
    for (const member of choice.entries) this.#open.delete(member);
    return found?.memberOf === choice ? choice.symbol : found;
  }

  #body(symbol: KSymbol): Search {
    const frame: Frame = { symbol, via: 'depends', property: null };
    return this.#within(frame, this.#through(frame, symbol));
  }

  *#within(frame: Frame, search: Search): Search {
    this.#stack.push(frame);
    const found = yield* search;
    this.#stack.pop();
    return found;
  }

  *#through(frame: Frame, symbol: KSymbol): Search {
    for (const [via, expr] of [
      ['depends', symbol.dependency],
      ['selected', symbol.selectedBy],
      ['implied', symbol.impliedBy],
    ] as const) {
      frame.via = via;
      const found = yield* this.#expr(expr);
      if (found !== null) return found;
    }
    if (!this.#ranked && symbol.choice !== null) {
      // conf has a property for each definition (P_SYMBOL) with the dependencies of its place. For a choice they are nowhere else.
      frame.via = 'visible';
      for (const menu of symbol.menus) {
        const found = yield* this.#expr(menu.dependency);
        if (found !== null) return found;
      }
    }
    for (const property of symbol.properties) {
      if (property.kind === 'select' || property.kind === 'imply') continue;
      frame.property = property;
      frame.via = 'visible';
      const visible = yield* this.#expr(property.visible);
      if (visible !== null) return visible;
      if (property.kind !== 'default' || symbol.choice !== null) continue;
      frame.via = 'value';
      const value = yield* this.#expr(property.value);
      if (value !== null) return value;
    }
    return null;
  }

  *#expr(expr: Expr | null): Search {
    if (this.#passesAll(expr)) return null;
    for (const symbol of symbolsIn(expr)) {
      if (this.#passes(symbol)) continue;
      const found = (yield this.#symbol(symbol)) as KSymbol | null;
      if (found !== null) return found;
    }
    return null;
  }

  #report(symbol: KSymbol): void {
    const frames = [...this.#stack];
    if (symbol.memberOf !== null) frames.push({ symbol, via: 'visible', property: null });
    const last = symbol.memberOf?.symbol ?? symbol;
    const from = frames.findLastIndex((frame) => frame.symbol === last);
    const lines = frames.slice(from).flatMap((frame, index, cycle) => {
      const { at, line } = this.#describe(frame, cycle[index + 1]?.symbol ?? last);
      return frame.symbol === last ? [`${at}error: recursive dependency detected!`, line] : [line];
    });
    lines.push(
      'For a resolution refer to Documentation/kbuild/kconfig-language.rst',
      'subsection "Kconfig recursive dependency limitations"',
      '',
    );
    const text = from === -1 ? 'unexpected recursive dependency error' : lines.join('\n');
    const where = last.menus[0]?.at ?? this.kconfig.root.at;
    this.kconfig.diagnostics.push({ level: 'error', at: null, text, where });
  }

  /** One line of the report. Before 6.11 each line names a place. */
  #describe(frame: Frame, next: KSymbol): { at: string; line: string } {
    const { symbol } = frame;
    const kind = frame.property?.kind ?? 'unknown';
    if (this.#ranked) {
      if (next.choice !== null)
        return { at: '', line: `\tsymbol ${nameOf(symbol)} is part of choice block at ${place(next.choice.menu.at)}` };
      return { at: '', line: `\t${SENTENCES[frame.via](nameOf(symbol), next.name ?? '(null)', kind)}` };
    }
    const inChoice = symbol.choice !== null || symbol.memberOf !== null;
    const at = `${place(inChoice ? symbol.menus[0]?.at : (frame.property?.at ?? symbol.menus[0]?.at))}:`;
    if (symbol.choice !== null) return { at, line: `${at}\tchoice ${nameOf(symbol)} contains symbol ${nameOf(next)}` };
    if (symbol.memberOf !== null)
      return { at, line: `${at}\tsymbol ${nameOf(symbol)} is part of choice ${nameOf(next)}` };
    return { at, line: `${at}\t${SENTENCES[frame.via](nameOf(symbol), nameOf(next), kind)}` };
  }
}

const SENTENCES: Readonly<Record<Via, (symbol: string, next: string, property: string) => string>> = {
  depends: (symbol, next) => `symbol ${symbol} depends on ${next}`,
  selected: (symbol, next) => `symbol ${symbol} is selected by ${next}`,
  implied: (symbol, next) => `symbol ${symbol} is implied by ${next}`,
  value: (symbol, next, property) => `symbol ${symbol} ${property} value contains ${next}`,
  visible: (symbol, next, property) => `symbol ${symbol} ${property} is visible depending on ${next}`,
};

const place = (at: FileLine | undefined): string => (at === undefined ? '' : `${at.file}:${at.line}`);
