import type { Comparison, Diagnostic, Dialect, FileLine, SymbolType } from '../syntax/ast.ts';

/**
 * The resolved tree, as in `scripts/kconfig/expr.h`: symbols, their properties, expressions, and the menu. It is built once
 * and then only read. What can change, the user's values and all that follows from them, is in a `Configuration`.
 */

/** 0 is n, 1 is m, 2 is y: `and` is the minimum, `or` the maximum, and `not` subtracts from 2. */
export type Tri = 0 | 1 | 2;
export const NO = 0;
export const MOD = 1;
export const YES = 2;
export const TRI_TEXT = ['n', 'm', 'y'] as const;

/** A config symbol, a choice (whose name is null), a constant (a quoted word), or a name that nothing defines. */
export type KSymbol = {
  /** Counts from 0 in the order of first mention; the index into a Configuration's tables. */
  readonly id: number;
  readonly name: string | null;
  readonly constant: boolean;
  type: SymbolType | 'unknown';
  /** Every place in the menu where it is defined. */
  menus: Menu[];
  properties: Property[];
  /** Whether any of its definitions applies: `depends on` and the enclosing menus, ifs and choices. Null is y. */
  dependency: Expr | null;
  /** The `or` of everything that selects it, or null. */
  selectedBy: Expr | null;
  impliedBy: Expr | null;
  /** The choice that it is a member of: since 6.11 the one that contains its first prompt (`sym_get_choice_menu`). */
  memberOf: ChoiceBlock | null;
  /** Whether a choice contains it (`sym_is_choice_value`). Since 6.11 a symbol whose first definition is a `menuconfig` can be in a choice without being a member. */
  isChoiceValue: boolean;
  /** The choice that this symbol stands for. */
  choice: ChoiceBlock | null;
  /** Since 6.18: it takes a value from an old .config but is never written. */
  transitional: boolean;
  /** `option allnoconfig_y` of older trees. */
  allnoconfigY: boolean;
};

export type Property = {
  kind: 'prompt' | 'menu' | 'comment' | 'default' | 'select' | 'imply' | 'range';
  at: FileLine;
  /** The node of the menu where it is written. */
  menu: Menu;
  /** The text of a prompt, menu or comment. */
  text: string | null;
  /** The condition after its `if`, and the dependencies of its menu. Null is y. */
  visible: Expr | null;
  /** The value of a default, the symbol of a select or imply. */
  value: Expr | null;
  range: readonly [KSymbol, KSymbol] | null;
};

/** A node of the menu: a symbol's definition, a choice, a menu, a comment or (without a prompt) an `if`. */
export type Menu = {
  readonly id: number;
  symbol: KSymbol | null;
  prompt: Property | null;
  /** `depends on` and, once finalized, the dependencies of the enclosing nodes. */
  dependency: Expr | null;
  /** `visible if` of a menu. */
  visibility: Expr | null;
  help: string | null;
  at: FileLine;
  parent: Menu | null;
  children: Menu[];
};

/** A `choice`. */
export type ChoiceBlock = {
  readonly id: number;
  symbol: KSymbol;
  menu: Menu;
  /** In the order in which they were defined. */
  members: KSymbol[];
  /** In the order of the menu. Since 6.11 every symbol below the choice counts. */
  entries: KSymbol[];
  optional: boolean;
};

/** A resolved expression. Equal expressions are one object, as in expr.c since 6.12, so identity is equality and results can be kept by id. */
export type Expr = { readonly id: number } & (
  | { kind: 'symbol'; symbol: KSymbol }
  | { kind: 'compare'; operator: Comparison; left: KSymbol; right: KSymbol }
  | { kind: 'not'; operand: Expr }
  | { kind: 'and' | 'or'; left: Expr; right: Expr }
);

export type Joined = Extract<Expr, { kind: 'and' | 'or' }>;
export const isJoined = (expr: Expr): expr is Joined => expr.kind === 'and' || expr.kind === 'or';

/** A whole tree, resolved. Any number of Configurations can share it. */
export type Kconfig = {
  /** The root menu; its prompt is the mainmenu. */
  root: Menu;
  symbols: KSymbol[];
  /** All symbols in the order of conf's hash table. Before 6.11 randconfig sets them in this order. */
  hashOrder: KSymbol[];
  menus: Menu[];
  choices: ChoiceBlock[];
  byName: ReadonlyMap<string, KSymbol>;
  expressions: Expr[];
  /** The symbol with the option `modules`, or the constant n. */
  modules: KSymbol;
  constants: { y: KSymbol; m: KSymbol; n: KSymbol };
  dialect: Dialect;
  /** Whether two expressions have the same operands, in any order. It may make new ones, whose values no Configuration keeps. */
  equalExpressions: (a: Expr | null, b: Expr | null) => boolean;
  /** What conf prints while it reads the tree, in its order. */
  diagnostics: Diagnostic[];
};

/** Whether a symbol has one of the values y, m and n: parser.y's `logic_type`. */
export const isLogic = ({ type }: KSymbol): boolean => type === 'bool' || type === 'tristate';

/** A symbol's name in messages and expressions. */
export const nameOf = (symbol: KSymbol): string => symbol.name ?? '<choice>';

/** The symbol that a default, select or imply names, or null if its value is an expression (`prop_get_symbol`). */
export function namedSymbol(property: Property | null): KSymbol | null {
  return property?.value?.kind === 'symbol' ? property.value.symbol : null;
}

/** Every node below `root`, depth first and without `root` itself (`menu_for_each_sub_entry`), except those that `enters` leaves out with all below them. */
export function* menusBelow(
  root: Pick<Menu, 'children'>,
  enters: (menu: Menu) => boolean = () => true,
): Generator<Menu> {
  const open = [...root.children].reverse();
  for (let menu = open.pop(); menu !== undefined; menu = open.pop()) {
    if (!enters(menu)) continue;
    yield menu;
    for (let i = menu.children.length - 1; i >= 0; i--) open.push(menu.children[i] as Menu);
  }
}

/** The symbols below `root`, in the order of the menu. */
export const symbolsBelow = (root: Menu): KSymbol[] => [...menusBelow(root)].flatMap((menu) => menu.symbol ?? []);

/** The texts of the menus around a symbol's first definition, the outermost first. */
export function menusAround({ menus }: KSymbol): string[] {
  const texts: string[] = [];
  for (let menu = menus[0]?.parent ?? null; menu !== null && menu.parent !== null; menu = menu.parent)
    if (menu.prompt?.kind === 'menu') texts.unshift(menu.prompt.text ?? '');
  return texts;
}

/** The same as one text: `Device Drivers › Graphics support`; empty at the top. */
export const menuText = (symbol: KSymbol | undefined): string =>
  symbol === undefined ? '' : menusAround(symbol).join(' › ');

/** The choice that contains a symbol's first prompt (`sym_get_choice_menu`, since 6.11). */
export function choiceAround(symbol: KSymbol): ChoiceBlock | null {
  let menu = symbol.menus.find(({ prompt }) => prompt !== null)?.parent ?? null;
  while (menu !== null && menu.symbol === null) menu = menu.parent;
  return menu?.symbol?.choice ?? null;
}
