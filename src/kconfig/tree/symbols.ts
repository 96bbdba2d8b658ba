import type { ChoiceBlock, KSymbol, Property } from './model.ts';

/** Whether a symbol has one of the values y, m and n: parser.y's `logic_type`. */
export function isLogic({ type }: KSymbol): boolean {
  return type === 'bool' || type === 'tristate';
}

/** A symbol's name in messages and expressions. */
export function nameOf(symbol: KSymbol): string {
  return symbol.name ?? '<choice>';
}

/** The symbol that a default, select or imply names, or null if its value is an expression (`prop_get_symbol`). */
export function namedSymbol(property: Property | null): KSymbol | null {
  return property?.value?.kind === 'symbol' ? property.value.symbol : null;
}

/** The choice that contains a symbol's first prompt (`sym_get_choice_menu`, since 6.11). */
export function choiceAround(symbol: KSymbol): ChoiceBlock | null {
  let menu = symbol.menus.find(({ prompt }) => prompt !== null)?.parent ?? null;
  while (menu !== null && menu.symbol === null) menu = menu.parent;
  return menu?.symbol?.choice ?? null;
}
