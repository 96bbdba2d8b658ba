import type { Expr, Expressions } from './expr.ts';
import { namedSymbol, type Choice, type Kconfig, type KSymbol, type Menu, type Property } from './model.ts';
import type { SymbolType } from '../syntax/ast.ts';
import type { Simplifier } from './simplify.ts';
import { checkProperties } from './properties.ts';

/**
 * Hands the dependencies of menus, ifs and choices down to what stands in them, turns selects around, makes submenus of entries that follow what they depend on, and
 * dissolves `if` blocks: `menu_finalize` in menu.c, for both ways a choice works.
 */
export function finalizeMenu(
  kconfig: Kconfig,
  expressions: Expressions,
  setType: (menu: Menu, type: SymbolType) => void,
): void {
  new Finalizer(kconfig, expressions, setType).finalize(kconfig.root, false);
}

class Finalizer {
  readonly #kconfig: Kconfig;
  readonly #e: Expressions;
  readonly #simplifier: Simplifier;
  readonly #setType: (menu: Menu, type: SymbolType) => void;
  readonly #ranked: boolean;
  /** Symbols whose properties were checked: once each, where they come first. */
  readonly #checked = new Set<KSymbol>();
  /** Whether a member has its type from its choice, so that expressions were rewritten before it had one. */
  #hasInferred = false;

  constructor(kconfig: Kconfig, expressions: Expressions, setType: (menu: Menu, type: SymbolType) => void) {
    this.#kconfig = kconfig;
    this.#e = expressions;
    this.#simplifier = kconfig.simplifier;
    this.#setType = setType;
    this.#ranked = kconfig.dialect.choices === 'ranked';
  }

  finalize(parent: Menu, insideChoice: boolean): void {
    const { symbol } = parent;
    const choice = symbol?.choice ?? null;
    if (parent.first !== null) {
      if (choice !== null && !this.#ranked) this.#inferTypes(choice);
      const inherited = choice !== null && !this.#ranked ? this.#e.symbol(choice.symbol) : parent.dependency;
      for (let menu: Menu | null = parent.first; menu !== null; menu = menu.next) this.#inherit(menu, inherited);
      for (let menu: Menu | null = parent.first; menu !== null; menu = menu.next)
        this.finalize(menu, choice !== null && this.#ranked);
    } else if (symbol !== null && !insideChoice) {
      this.#adoptFollowers(parent, symbol);
      symbol.dependency = this.#e.joinOptional('or', symbol.dependency, parent.dependency);
    }
    for (let menu: Menu | null = parent.first; menu !== null; menu = menu.next) {
      if (choice !== null && !this.#ranked) this.#joinChoice(choice, menu);
      if (menu.first !== null && menu.prompt === null) dissolve(menu, parent);
    }
    if (symbol !== null && !this.#checked.has(symbol)) {
      this.#checked.add(symbol);
      checkProperties(this.#kconfig, parent, symbol);
    }
    if (choice !== null && !this.#ranked && !choice.optional && parent.prompt !== null) {
      const mod = this.#e.symbol(this.#kconfig.constants.m);
      choice.symbol.selectedBy = this.#e.joinOptional(
        'or',
        choice.symbol.selectedBy,
        this.#e.joinOptional('and', parent.prompt.visible, mod),
      );
    }
  }

  /** Before 6.11 a choice without a type has that of its first typed member, and a member without one that of the choice. */
  #inferTypes(choice: Choice): void {
    const { menu: parent, symbol } = choice;
    if (symbol.type === 'unknown') {
      for (let menu = parent.first; menu !== null; menu = menu.next) {
        const type = menu.symbol?.type ?? 'unknown';
        if (type === 'unknown') continue;
        this.#setType(parent, type);
        this.#simplifier.forgetTransformed();
        break;
      }
    }
    for (let menu = parent.first; menu !== null; menu = menu.next) {
      if (menu.symbol?.type !== 'unknown' || symbol.type === 'unknown') continue;
      this.#setType(menu, symbol.type);
      this.#simplifier.forgetTransformed();
      this.#hasInferred = true;
    }
  }

  /** Adds what `menu` stands in to its own dependency and to the conditions of its properties, and turns its selects around. */
  #inherit(menu: Menu, inherited: Menu['dependency']): void {
    const dependency = this.#conjoined(inherited, menu.dependency);
    menu.dependency = dependency;
    const properties = menu.symbol?.properties ?? (menu.prompt === null ? [] : [menu.prompt]);
    for (const property of properties) {
      // A symbol that is defined in several places has the properties of all of them.
      if (property.menu !== menu) continue;
      property.visible = this.#conjoined(dependency, property.visible);
      this.#turnAround(menu, property);
    }
  }

  #conjoined(inherited: Menu['dependency'], own: Menu['dependency']): Menu['dependency'] {
    const rewritten = this.#simplifier.transform(this.#simplifier.rewriteM(own, this.#kconfig.modules));
    return this.#simplifier.distinct(this.#e.joinOptional('and', inherited, rewritten));
  }

  #turnAround(menu: Menu, property: Property): void {
    if ((property.kind !== 'select' && property.kind !== 'imply') || menu.symbol === null) return;
    const target = namedSymbol(property);
    if (target === null) return;
    const here = this.#e.joinOptional('and', this.#e.symbol(menu.symbol), property.visible);
    const reverse = property.kind === 'select' ? 'selectedBy' : 'impliedBy';
    target[reverse] = this.#e.joinOptional('or', target[reverse], here);
  }

  /** What follows a symbol and depends on it becomes its submenu. */
  #adoptFollowers(parent: Menu, symbol: KSymbol): void {
    // Few are followed by one that mentions them: only then it has to be known. conf rewrites it always, and tells of comparisons of what has become a bool.
    let base: Expr | null = this.#hasInferred ? this.#atLeastM(parent.prompt?.visible ?? null) : null;
    let last: Menu | null = null;
    for (let menu = parent.next; menu !== null; menu = menu.next) {
      const dependency: Menu['dependency'] = menu.prompt !== null ? menu.prompt.visible : menu.dependency;
      if (!this.#simplifier.contains(dependency, symbol)) break;
      if (!this.#simplifier.dependsOn(dependency, symbol)) {
        base ??= this.#atLeastM(parent.prompt?.visible ?? null);
        if (!this.#implies(dependency, base)) break;
      }
      this.finalize(menu, false);
      menu.parent = parent;
      last = menu;
    }
    if (last === null) return;
    parent.first = parent.next;
    parent.next = last.next;
    last.next = null;
  }

  /** Whether `dependency` has every operand of `base`, as in `(A || B) && C` where A depends on C. */
  #implies(dependency: Menu['dependency'], base: Expr): boolean {
    const [, rest] = this.#simplifier.withoutCommon(this.#atLeastM(dependency), base);
    return this.#simplifier.isYes(rest);
  }

  #atLeastM(expr: Menu['dependency']): Expr {
    const compared = this.#simplifier.comparedWithNo(expr, '!=');
    return this.#simplifier.distinct(this.#simplifier.transform(compared)) ?? compared;
  }

  /** Before 6.11 the entries directly below a choice are its members, whatever they depend on. */
  #joinChoice(choice: Choice, menu: Menu): void {
    const member = menu.symbol;
    if (member === null || member.memberOf !== null) return;
    member.memberOf = choice;
    member.isChoiceValue = true;
    choice.members.push(member);
    if (menu.prompt === null) this.#warn(menu.at, 'choice value must have a prompt');
    for (const property of member.properties) {
      if (property.kind === 'default') this.#warn(property.at, 'defaults for choice values not supported');
      if (property.menu !== menu && property.kind === 'prompt' && property.menu.parent?.symbol !== choice.symbol)
        this.#warn(property.at, 'choice value used outside its choice group');
    }
    if (choice.symbol.type !== 'tristate' || member.type === 'tristate') return;
    // A bool in a tristate choice needs the choice to be y.
    const chosen = this.#e.compare('=', choice.symbol, this.#kconfig.constants.y);
    menu.dependency = this.#e.joinOptional('and', chosen, menu.dependency);
    for (const property of member.properties) {
      if (property.menu === menu) property.visible = this.#e.joinOptional('and', chosen, property.visible);
    }
  }

  #warn(at: Menu['at'], text: string): void {
    this.#kconfig.diagnostics.push({ level: 'warning', at, text: `warning: ${text}` });
  }
}

/** Puts the children of an `if` (or of a symbol without a prompt) behind it, at its own level. */
function dissolve(menu: Menu, parent: Menu): void {
  let last = menu.first;
  if (last === null) return;
  for (; ; last = last.next) {
    last.parent = parent;
    if (last.next === null) break;
  }
  last.next = menu.next;
  menu.next = menu.first;
  menu.first = null;
}
