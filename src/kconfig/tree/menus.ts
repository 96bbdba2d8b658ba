import type { ChoiceBlock, KSymbol, Menu } from './model.ts';

/** Every node below `root`, depth first and without `root` itself (`menu_for_each_sub_entry`). */
export function* menusBelow(root: Menu): Generator<Menu> {
  for (let menu = nextMenu(root, root); menu !== null; menu = nextMenu(menu, root)) yield menu;
}

/** The symbols below `root`, in the order of the menu. */
export function symbolsBelow(root: Menu): KSymbol[] {
  return [...menusBelow(root)].flatMap((menu) => menu.symbol ?? []);
}

/** The node after `menu`, depth first, or null at the end of what is below `root` (`menu_next` in menu.c). */
function nextMenu(menu: Menu, root: Menu): Menu | null {
  if (menu.first !== null) return menu.first;
  let at: Menu = menu;
  while (at !== root && at.next === null) {
    if (at.parent === null) return null;
    at = at.parent;
  }
  return at === root ? null : at.next;
}

/** The choice that contains a symbol's first prompt (`sym_get_choice_menu`, since 6.11). */
export function choiceAround(symbol: KSymbol): ChoiceBlock | null {
  let menu = symbol.menus.find(({ prompt }) => prompt !== null)?.parent ?? null;
  while (menu !== null && menu.symbol === null) menu = menu.parent;
  return menu?.symbol?.choice ?? null;
}
