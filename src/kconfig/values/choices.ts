import type { Calculator } from './calculate.ts';
import { menusBelow, namedSymbol, NO, YES, type Choice, type KSymbol } from '../tree/model.ts';
import { UNKNOWN, type State } from './state.ts';

/** The member a choice takes when the user says nothing: the first visible default, else the first visible member (`sym_choice_default`). */
export function defaultMember(calculator: Calculator, choice: Choice): KSymbol | null {
  const visible = (symbol: KSymbol): boolean => calculator.state.visible[symbol.id] !== NO;
  for (const property of choice.symbol.properties) {
    if (property.kind !== 'default' || calculator.expr(property.visible) === NO) continue;
    const symbol = namedSymbol(property);
    if (symbol !== null && visible(symbol)) return symbol;
  }
  return membersInMenu(calculator, choice).find(visible) ?? null;
}

/** In the order of the menu: since 6.11 whatever stands below the choice. */
function membersInMenu(calculator: Calculator, choice: Choice): KSymbol[] {
  return calculator.ranked ? [...menusBelow(choice.menu)].flatMap((menu) => menu.symbol ?? []) : choice.members;
}

/**
 * Since 6.11 (`sym_calc_choice`): the highest-ranking visible member the user set to y; else the default unless it was set to n; else the first visible one without a
 * user value; else of those set to n the lowest-ranking. Gives all visible members their values.
 * The search ends at the first y, so members ranked below keep the visibility they had: conf does the same.
 */
export function calculateRankedChoice(calculator: Calculator, choice: Choice): KSymbol | null {
  const { state } = calculator;
  const members = membersInMenu(calculator, choice);
  const chosen =
    userChosen(calculator, choice) ??
    unlessRefused(calculator, defaultMember(calculator, choice)) ??
    members.find((symbol) => state.visible[symbol.id] !== NO && state.userSet[symbol.id] === 0) ??
    state.ranking[choice.id]?.findLast((symbol) => state.visible[symbol.id] !== NO) ??
    null;
  for (const symbol of members) {
    // It is computed as any symbol, too: which of the two came last decides until the next change.
    if (symbol.memberOf !== choice) state.hasStale = true;
    if (state.visible[symbol.id] === NO) continue;
    state.tri[symbol.id] = symbol === chosen ? YES : NO;
    state.valid[symbol.id] = 1;
    state.write[symbol.id] = 1;
  }
  return chosen;
}

function userChosen(calculator: Calculator, choice: Choice): KSymbol | null {
  const { state } = calculator;
  for (const symbol of state.ranking[choice.id] ?? []) {
    calculator.visibility(symbol);
    if (state.visible[symbol.id] !== NO && state.userSet[symbol.id] === 1 && state.userTri[symbol.id] === YES)
      return symbol;
  }
  calculator.outdated.delete(choice.id);
  return null;
}

function unlessRefused(calculator: Calculator, symbol: KSymbol | null): KSymbol | null {
  const { state } = calculator;
  return symbol !== null && state.userSet[symbol.id] === 1 && state.userTri[symbol.id] === NO ? null : symbol;
}

/** Before 6.11: the member the user chose if it is visible, else the default. A choice without a visible member is n. */
export function calculateSymbolChoice(calculator: Calculator, choice: Choice): KSymbol | null {
  const { state } = calculator;
  const { id } = choice.symbol;
  for (const member of choice.members) {
    calculator.visibility(member);
    // A choice is new again when one of its visible members is.
    if (state.visible[member.id] === NO || state.userSet[member.id] === 1 || state.userSet[id] === 0) continue;
    state.userSet[id] = 0;
    state.hasStale = true;
  }
  const user = state.userMember[choice.id] ?? null;
  if (user !== null && state.visible[user.id] !== NO) return user;
  const member = defaultMember(calculator, choice);
  if (member === null) state.tri[id] = NO;
  return member;
}

/** Only these symbols are computed again; what was computed from them stays, as it does in conf. */
export function computeAgain(state: State, symbols: readonly KSymbol[]): void {
  for (const symbol of symbols) state.valid[symbol.id] = 0;
  state.exprs.fill(UNKNOWN);
  state.hasStale = true;
}

/** Before 6.11: members without a user value count as n from now on, and the choice as set (`set_all_choice_values`). */
export function setChoiceValues(calculator: Calculator, symbol: KSymbol): void {
  const { state } = calculator;
  for (const member of symbol.choice?.members ?? []) {
    if (state.userSet[member.id] === 0) state.userTri[member.id] = NO;
  }
  state.userSet[symbol.id] = 1;
  state.pending[symbol.id] = 0;
  computeAgain(state, [symbol]);
}
