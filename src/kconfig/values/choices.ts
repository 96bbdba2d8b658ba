import { NO, YES, namedSymbol, type ChoiceBlock, type Expr, type KSymbol, type Tri } from '../tree/model.ts';
import { computeAgain, type ConfigurationState } from './configurationState.ts';

/** What the computation of a choice needs to know about other symbols. */
export type Evaluation = {
  readonly state: ConfigurationState;
  expr(expr: Expr | null): Tri;
  visibility(symbol: KSymbol): void;
};

/** The member that is chosen if the user sets none: the first visible default, else the first visible member (`sym_choice_default`). */
export function defaultMember(evaluation: Evaluation, choice: ChoiceBlock): KSymbol | null {
  const isVisible = (symbol: KSymbol): boolean => evaluation.state.visible[symbol.id] !== NO;
  for (const property of choice.symbol.properties) {
    if (property.kind !== 'default' || evaluation.expr(property.visible) === NO) continue;
    const symbol = namedSymbol(property);
    if (symbol !== null && isVisible(symbol)) return symbol;
  }
  return choice.entries.find(isVisible) ?? null;
}

/**
 * Sets the values of all visible members of a choice, and returns the chosen one (`sym_calc_choice`, since 6.11). It is the highest-ranking visible
 * member that the user set to y, else the default unless the user set it to n, else the first visible one without a user value, else the lowest-ranking
 * of those set to n. The search stops at the first y, so members that rank below it keep their old visibility, as in conf.
 */
export function calculateRankedChoice(evaluation: Evaluation, choice: ChoiceBlock): KSymbol | null {
  const { state } = evaluation;
  const chosen =
    userChosen(evaluation, choice) ??
    unlessRefused(state, defaultMember(evaluation, choice)) ??
    choice.entries.find((symbol) => state.visible[symbol.id] !== NO && state.userSet[symbol.id] === 0) ??
    state.ranking[choice.id]?.findLast((symbol) => state.visible[symbol.id] !== NO) ??
    null;
  for (const symbol of choice.entries) {
    // Such a symbol is also computed on its own. Whichever computation comes last decides, until the next change.
    if (symbol.memberOf !== choice) state.hasStale = true;
    if (state.visible[symbol.id] === NO) continue;
    state.tri[symbol.id] = symbol === chosen ? YES : NO;
    state.valid[symbol.id] = 1;
    state.write[symbol.id] = 1;
  }
  return chosen;
}

function userChosen(evaluation: Evaluation, choice: ChoiceBlock): KSymbol | null {
  const { state } = evaluation;
  for (const symbol of state.ranking[choice.id] ?? []) {
    evaluation.visibility(symbol);
    if (state.visible[symbol.id] !== NO && state.userSet[symbol.id] === 1 && state.userTri[symbol.id] === YES)
      return symbol;
  }
  state.outdated.delete(choice.id);
  return null;
}

function unlessRefused(state: ConfigurationState, symbol: KSymbol | null): KSymbol | null {
  return symbol !== null && state.userSet[symbol.id] === 1 && state.userTri[symbol.id] === NO ? null : symbol;
}

/** Before 6.11: the member that the user chose, if it is visible, else the default. A choice without a visible member is n. */
export function calculateSymbolChoice(evaluation: Evaluation, choice: ChoiceBlock): KSymbol | null {
  const { state } = evaluation;
  const { id } = choice.symbol;
  for (const member of choice.members) {
    evaluation.visibility(member);
    // A choice is new again if one of its visible members is.
    if (state.visible[member.id] === NO || state.userSet[member.id] === 1 || state.userSet[id] === 0) continue;
    state.userSet[id] = 0;
    state.hasStale = true;
  }
  const user = state.userMember[choice.id] ?? null;
  if (user !== null && state.visible[user.id] !== NO) return user;
  const member = defaultMember(evaluation, choice);
  if (member === null) state.tri[id] = NO;
  return member;
}

/** Before 6.11: members without a user value now count as n, and the choice counts as set (`set_all_choice_values`). */
export function setChoiceValues(state: ConfigurationState, choice: ChoiceBlock): void {
  const { symbol, members } = choice;
  for (const member of members) if (state.userSet[member.id] === 0) state.userTri[member.id] = NO;
  state.userSet[symbol.id] = 1;
  state.pending[symbol.id] = 0;
  computeAgain(state, [symbol]);
}
