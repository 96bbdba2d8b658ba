/** What a user answers so that a symbol can come to a value. */
import { isLogic, MOD, NO, TRI_TEXT, type KSymbol, type Tri } from '../tree/model.ts';
import { isValidText } from '../tree/numbers.ts';
import type { Configuration } from '../values/configuration.ts';
import { isWithin, numberOf, type Goal } from './need.ts';

/** The answer nearest to the value that a symbol has; null where nobody can be asked, or no answer is of its type. */
export function settingFor(configuration: Configuration, goal: Goal): string | null {
  const { symbol } = goal;
  if (!hasPrompt(symbol)) return null;
  const text = textFor(configuration, goal);
  return text !== null && isValidText(symbol.type, text) ? text : null;
}

const hasPrompt = (symbol: KSymbol): boolean => symbol.properties.some(({ text }) => text !== null);

function textFor(configuration: Configuration, goal: Goal): string | null {
  const { symbol } = goal;
  switch (goal.kind) {
    case 'level':
      return isLogic(symbol) ? levelText(configuration, goal) : null;
    case 'number':
      return isLogic(symbol) ? null : numberText(configuration, goal);
    case 'text':
      return isLogic(symbol) ? null : goal.text;
  }
}

function levelText(configuration: Configuration, { symbol, least, most }: Extract<Goal, { kind: 'level' }>): string {
  const value = Math.min(Math.max(configuration.tri(symbol), least), most) as Tri;
  const isBool = symbol.type === 'bool' || configuration.state.modules === NO;
  if (value !== MOD || !isBool || least === most) return TRI_TEXT[value];
  return least === NO ? 'n' : 'y';
}

function numberText(configuration: Configuration, goal: Extract<Goal, { kind: 'number' }>): string | null {
  const { symbol, least, most } = goal;
  const now = numberOf(configuration, symbol);
  const value = isWithin(goal, now) ? now : least !== null && now < least ? least : most;
  if (value === null || symbol.type === 'string') return null;
  return symbol.type === 'hex' ? `0x${value.toString(16)}` : value.toString();
}

/** Whether the answer alone would do. */
export function isAnswerEnough(configuration: Configuration, goal: Goal): boolean {
  const { symbol } = goal;
  const text = settingFor(configuration, goal);
  if (text === null) return false;
  const { state, calculator } = configuration;
  calculator.symbol(symbol);
  const visible = state.visible[symbol.id] ?? NO;
  if (visible === NO) return false;
  if (goal.kind !== 'level') return configuration.allowsText(symbol, text);
  if (symbol.memberOf !== null) return goal.least !== NO || configuration.chosen(symbol.memberOf) !== symbol;
  return configuration.allows(symbol, TRI_TEXT.indexOf(text as 'n' | 'm' | 'y') as Tri);
}
