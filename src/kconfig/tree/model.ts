import type { Diagnostic, Dialect, Location, SymbolType } from '../syntax/ast.ts';
import type { Expr } from './expr.ts';
import type { Simplifier } from './simplify.ts';

/**
 * The resolved tree, as `scripts/kconfig/expr.h` has it: symbols, their properties, and the menu in which they stand. It is made once from the
 * statements and then only read; what can change (user values and what follows from them) is a `Configuration`.
 */

/** 0 is n, 1 is m, 2 is y: `and` is the minimum, `or` the maximum, `not` is 2 less the value. */
export type Tri = 0 | 1 | 2;
export const NO = 0,
  MOD = 1,
  YES = 2;

/** A config symbol, a choice (its name is null), a constant (a quoted word), or a name nobody defines. */
export type KSymbol = {
  /** Counts from 0 in the order of first mention; the index into a Configuration's tables. */
  readonly id: number;
  readonly name: string | null;
  readonly constant: boolean;
  type: SymbolType | 'unknown';
  /** Every place of the menu where it is defined. */
  menus: Menu[];
  properties: Property[];
  /** Under any of its definitions: `depends on` with the enclosing menus, ifs and choices. Null: y. */
  dependency: Expr | null;
  /** The `or` of all selects of it; null: none. */
  selectedBy: Expr | null;
  impliedBy: Expr | null;
  /** The choice it is a member of: since 6.11 the one in which its first prompt stands (`sym_get_choice_menu`). */
  memberOf: Choice | null;
  /** Whether it stands in a choice at all (`sym_is_choice_value`). Since 6.11 it does so without being a member where a `menuconfig` of it comes first. */
  isChoiceValue: boolean;
  /** What it stands for, if it is a choice. */
  choice: Choice | null;
  /** Since 6.18: it takes a value from an old .config but is never written. */
  transitional: boolean;
  /** `option allnoconfig_y` of older trees. */
  allnoconfigY: boolean;
};

export type Property = {
  kind: 'prompt' | 'menu' | 'comment' | 'default' | 'select' | 'imply' | 'range';
  at: Location;
  /** The place of the menu it was written at. */
  menu: Menu;
  /** Prompts, menus and comments. */
  text: string | null;
  /** What follows its `if`, with the dependencies of the place; null: y. */
  visible: Expr | null;
  /** The value of a default, the symbol of a select or imply. */
  value: Expr | null;
  /** The bounds of a range. */
  range: readonly [KSymbol, KSymbol] | null;
};

/** A node of the menu: a symbol's definition, a choice, a menu, a comment or (without a prompt) an `if`. */
export type Menu = {
  readonly id: number;
  symbol: KSymbol | null;
  prompt: Property | null;
  /** `depends on` and, once finalized, the dependencies of what it stands in. */
  dependency: Expr | null;
  /** `visible if` of a menu. */
  visibility: Expr | null;
  help: string | null;
  at: Location;
  parent: Menu | null;
  first: Menu | null;
  next: Menu | null;
};

export type Choice = {
  readonly id: number;
  symbol: KSymbol;
  menu: Menu;
  /** In the order in which they were defined. */
  members: KSymbol[];
  optional: boolean;
};

export type Kconfig = {
  /** The root menu; its prompt is the mainmenu. */
  root: Menu;
  /** All symbols by id. */
  symbols: KSymbol[];
  /** In the order of conf's hash table, which decides whom randconfig asks first before 6.11. */
  hashOrder: KSymbol[];
  menus: Menu[];
  choices: Choice[];
  byName: ReadonlyMap<string, KSymbol>;
  expressions: Expr[];
  /** The symbol with `modules`; the constant n where there is none. */
  modules: KSymbol;
  constants: { y: KSymbol; m: KSymbol; n: KSymbol };
  dialect: Dialect;
  /** For comparing expressions; it may make new ones, which no Configuration computes. */
  simplifier: Simplifier;
  /** What conf prints while it reads the tree, in its order. */
  diagnostics: Diagnostic[];
};

/** The menu node after `menu`, depth first, or null at the end of `root`'s part (`menu_next` in menu.c). */
export function nextMenu(menu: Menu, root: Menu): Menu | null {
  if (menu.first !== null) return menu.first;
  let at: Menu = menu;
  while (at !== root && at.next === null) {
    if (at.parent === null) return null;
    at = at.parent;
  }
  return at === root ? null : at.next;
}

/** Every node below `root`, depth first; `root` itself is left out, as in `menu_for_each_sub_entry`. */
export function* menusBelow(root: Menu): Generator<Menu> {
  for (let menu = nextMenu(root, root); menu !== null; menu = nextMenu(menu, root)) yield menu;
}

/** The symbol a default, select or imply names, or null where its value is an expression (`prop_get_symbol`). */
export function namedSymbol(property: Property): KSymbol | null {
  return property.value?.kind === 'symbol' ? property.value.symbol : null;
}

/** The choice in which a symbol's first prompt stands (`sym_get_choice_menu`, since 6.11). */
export function choiceAround(symbol: KSymbol): Choice | null {
  let menu = symbol.menus.find(({ prompt }) => prompt !== null)?.parent ?? null;
  while (menu !== null && menu.symbol === null) menu = menu.parent;
  return menu?.symbol?.choice ?? null;
}
