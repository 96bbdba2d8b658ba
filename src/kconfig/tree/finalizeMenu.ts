import { containsSymbol } from './expressions.ts';
import type { ExpressionTable } from './expressionTable.ts';
import { namedSymbol } from './model.ts';
import type { ChoiceBlock, Expr, Kconfig, KSymbol, Menu, Property } from './model.ts';
import { checkProperties } from './checkProperties.ts';
import type { Simplifier } from './simplifier.ts';
import { take, type Steps } from '../syntax/steps.ts';

/**
 * Passes the dependencies of menus, ifs and choices down to their contents, records selects at their targets, makes submenus of entries that depend on
 * the entry before them, and dissolves `if` blocks (`menu_finalize` in menu.c). Choices are handled as before 6.11 and as since.
 * @param onMenu called with each node before it inherits.
 */
export function finalizeMenu(
  kconfig: Kconfig,
  expressions: ExpressionTable,
  simplifier: Simplifier,
  onMenu: (menu: Menu) => void,
): void {
  take(new Finalizer(kconfig, expressions, simplifier, onMenu).finalize(kconfig.root, false, 0));
}

class Finalizer {
  readonly #ranked: boolean;
  /** The symbols whose properties were checked, each at its first definition. */
  readonly #checked = new Set<KSymbol>();
  /** Whether a member got its type from its choice after expressions had been rewritten. */
  #hasInferred = false;

  constructor(
    private readonly kconfig: Kconfig,
    private readonly e: ExpressionTable,
    private readonly simplifier: Simplifier,
    private readonly onMenu: (menu: Menu) => void,
  ) {
    this.#ranked = kconfig.dialect.choices === 'ranked';
  }

  /** @param next the index of what follows in the same menu. */
  *finalize(parent: Menu, insideChoice: boolean, next: number): Steps {
    const { symbol } = parent;
    const choice = symbol?.choice ?? null;
    const oldChoice = this.#ranked ? null : choice;
    if (parent.children.length > 0) {
      if (oldChoice !== null) this.#inferTypes(oldChoice);
      const inherited = oldChoice !== null ? this.e.symbol(oldChoice.symbol) : parent.dependency;
      for (const menu of parent.children) this.#inherit(menu, inherited);
      // Of these, what depends on one becomes its submenu.
      for (let i = 0; i < parent.children.length; i++)
        yield this.finalize(parent.children[i] as Menu, choice !== null && this.#ranked, i + 1);
    } else if (symbol !== null && !insideChoice) {
      yield* this.#adoptFollowers(parent, symbol, next);
      symbol.dependency = this.e.joinOptional('or', symbol.dependency, parent.dependency);
    }
    // This also visits what `dissolve` moves to the place after the current child.
    for (const menu of parent.children) {
      if (oldChoice !== null) this.#joinChoice(oldChoice, menu);
      if (menu.prompt === null && menu.children.length > 0) dissolve(menu, parent);
    }
    if (symbol !== null && !this.#checked.has(symbol)) {
      this.#checked.add(symbol);
      checkProperties(this.kconfig, parent, symbol);
    }
    if (oldChoice !== null && !oldChoice.optional && parent.prompt !== null) {
      const visible = this.e.joinOptional('and', parent.prompt.visible, this.e.symbol(this.kconfig.constants.m));
      oldChoice.symbol.selectedBy = this.e.joinOptional('or', oldChoice.symbol.selectedBy, visible);
    }
  }

  /** Before 6.11 a choice without a type gets that of its first member with one, and a member without a type that of the choice. */
  #inferTypes({ menu: parent, symbol }: ChoiceBlock): void {
    const members = parent.children.flatMap((menu) => menu.symbol ?? []);
    const typed = members.find((member) => member.type !== 'unknown');
    if (symbol.type === 'unknown' && typed !== undefined) {
      symbol.type = typed.type;
      this.simplifier.forgetTransformed();
    }
    for (const member of members) {
      if (member.type !== 'unknown' || symbol.type === 'unknown') continue;
      member.type = symbol.type;
      this.simplifier.forgetTransformed();
      this.#hasInferred = true;
    }
  }

  /** Adds the dependency of what contains `menu` to its own and to the conditions of its properties, and records its selects at their targets. */
  #inherit(menu: Menu, inherited: Expr | null): void {
    this.onMenu(menu);
    const dependency = this.#conjoined(inherited, menu.dependency);
    menu.dependency = dependency;
    const properties = menu.symbol?.properties ?? (menu.prompt === null ? [] : [menu.prompt]);
    for (const property of properties) {
      // A symbol with several definitions has the properties of all of them.
      if (property.menu !== menu) continue;
      property.visible = this.#conjoined(dependency, property.visible);
      this.#recordReverse(menu, property);
    }
  }

  #conjoined(inherited: Expr | null, own: Expr | null): Expr | null {
    // What is inherited is distinct already.
    if (own === null) return inherited;
    const rewritten = this.simplifier.transform(this.simplifier.rewriteM(own, this.kconfig.modules));
    return this.simplifier.distinct(inherited === null ? rewritten : this.e.join('and', inherited, rewritten));
  }

  #recordReverse(menu: Menu, property: Property): void {
    if ((property.kind !== 'select' && property.kind !== 'imply') || menu.symbol === null) return;
    const target = namedSymbol(property);
    if (target === null) return;
    const here = this.e.joinOptional('and', this.e.symbol(menu.symbol), property.visible);
    const reverse = property.kind === 'select' ? 'selectedBy' : 'impliedBy';
    target[reverse] = this.e.joinOptional('or', target[reverse], here);
  }

  /** Makes a submenu of the entries that follow a symbol and depend on it. */
  *#adoptFollowers(parent: Menu, symbol: KSymbol, from: number): Steps {
    // Few symbols need this condition. conf always rewrites it, and reports comparisons with m of what has become a bool since.
    let base: Expr | null = this.#hasInferred ? this.#atLeastM(parent.prompt?.visible ?? null) : null;
    const siblings = parent.parent?.children ?? [];
    let to = from;
    for (let menu = siblings[to]; menu !== undefined; menu = siblings[++to]) {
      const dependency = menu.prompt !== null ? menu.prompt.visible : menu.dependency;
      if (!containsSymbol(dependency, symbol)) break;
      if (!this.simplifier.dependsOn(dependency, symbol)) {
        base ??= this.#atLeastM(parent.prompt?.visible ?? null);
        if (!this.#implies(dependency, base)) break;
      }
      yield this.finalize(menu, false, to + 1);
      menu.parent = parent;
    }
    if (to > from) parent.children = siblings.splice(from, to - from);
  }

  /** Whether `dependency` has every operand of `base`, as in `(A || B) && C` where A depends on C. */
  #implies(dependency: Expr | null, base: Expr): boolean {
    const [, rest] = this.simplifier.withoutCommon(this.#atLeastM(dependency), base);
    return this.simplifier.isYes(rest);
  }

  #atLeastM(expr: Expr | null): Expr {
    return this.simplifier.distinct(this.simplifier.transform(this.simplifier.comparedWithNo(expr, '!=')));
  }

  /** Before 6.11 the entries directly below a choice are its members, whatever they depend on. */
  #joinChoice(choice: ChoiceBlock, menu: Menu): void {
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
    const chosen = this.e.compare('=', choice.symbol, this.kconfig.constants.y);
    menu.dependency = this.e.joinOptional('and', chosen, menu.dependency);
    for (const property of member.properties) {
      if (property.menu === menu) property.visible = this.e.joinOptional('and', chosen, property.visible);
    }
  }

  #warn(at: Menu['at'], text: string): void {
    this.kconfig.diagnostics.push({ level: 'warning', at, text: `warning: ${text}` });
  }
}

/** Moves the children of an `if` (or of a symbol without a prompt) out of it, to the place after it. */
function dissolve(menu: Menu, parent: Menu): void {
  for (const child of menu.children) child.parent = parent;
  parent.children.splice(parent.children.indexOf(menu) + 1, 0, ...menu.children);
  menu.children = [];
}
