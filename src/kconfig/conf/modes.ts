import { MOD, NO, YES, isLogic, menusBelow, type ChoiceBlock, type KSymbol, type Tri } from '../tree/model.ts';
import { setChoiceValues } from '../values/choices.ts';
import type { Configuration } from '../values/configuration.ts';
import { computeAgain } from '../values/configurationState.ts';
import { Random } from './glibcRandom.ts';

/** What symbols without a user value are set to: conf's `enum conf_def_mode`. An object stands for randconfig. */
export type Filling = 'default' | 'no' | 'mod' | 'yes' | { seed: number; probability?: Probability };

/** The percentage of bools that become y, of tristates that become y, and of tristates that become m (KCONFIG_PROBABILITY in kconfig.rst). */
export type Probability = { bool: number; yes: number; mod: number };

const EVEN: Probability = { bool: 50, yes: 33, mod: 33 };

/**
 * Reads a value of KCONFIG_PROBABILITY: `B`, `Y:M` or `B:Y:M`.
 * @throws RangeError if conf would refuse it: a number is outside 0 to 100, or y and m are more than 100 together.
 */
export function parseProbability(text: string): Probability {
  const numbers = text.split(':').slice(0, 3).map(Number);
  const [a = 50, b, c] = numbers;
  if (numbers.some((n) => !Number.isInteger(n) || n < 0 || n > 100))
    throw new RangeError(`KCONFIG_PROBABILITY=${text}: numbers from 0 to 100, e.g. 50, 30:30 or 50:30:30`);
  const mod = Math.trunc(a / 2);
  const probability =
    b === undefined
      ? { bool: a, yes: a - mod, mod }
      : c === undefined
        ? { bool: a + b, yes: a, mod: b }
        : { bool: a, yes: b, mod: c };
  if (probability.yes + probability.mod > 100)
    throw new RangeError(`KCONFIG_PROBABILITY=${text}: y and m of a tristate are together more than 100`);
  return probability;
}

/** Sets everything that has no user value (`conf_set_all_new_symbols`): allnoconfig, allyesconfig, allmodconfig, alldefconfig, randconfig. */
export function fillNew(configuration: Configuration, filling: Filling): void {
  const random = typeof filling === 'object' ? new Random(filling.seed) : null;
  const answer = answerer(filling, random);
  if (configuration.calculator.ranked) fillRanked(configuration, random, answer);
  else while (fillSymbolChoices(configuration, random, answer) && random !== null);
}

/** Replaces one user value of tristates by another: yes2modconfig, mod2yesconfig, mod2noconfig. */
export function rewriteTristates(configuration: Configuration, from: Tri, to: Tri): void {
  const { state, kconfig, calculator } = configuration;
  for (const symbol of kconfig.hashOrder) {
    if (calculator.type(symbol) === 'tristate' && state.userTri[symbol.id] === from) state.userTri[symbol.id] = to;
  }
  configuration.clear();
}

/** What to set a bool or tristate to, or null to leave it alone. */
type Answer = (symbol: KSymbol) => Tri | null;

function answerer(filling: Filling, random: Random | null): Answer {
  if (typeof filling !== 'object') {
    const fixed = ({ default: null, no: NO, mod: MOD, yes: YES } as const)[filling];
    return () => fixed;
  }
  const { bool, yes, mod } = filling.probability ?? EVEN;
  return (symbol) => {
    const drawn = random?.below(100) ?? 0;
    if (symbol.type !== 'tristate') return drawn < bool ? YES : NO;
    return drawn < yes ? YES : drawn < yes + mod ? MOD : NO;
  };
}

/** Since 6.11: sets symbols in the order of the menu, and choices only at random. */
function fillRanked(configuration: Configuration, random: Random | null, answer: Answer): void {
  const { state, kconfig } = configuration;
  for (const { symbol, prompt } of menusBelow(kconfig.root)) {
    if (symbol === null || prompt === null || state.userSet[symbol.id] === 1 || symbol.isChoiceValue) continue;
    if (!isLogic(symbol)) continue;
    if (symbol.choice !== null) {
      if (random !== null) rankAtRandom(configuration, symbol.choice, random);
      continue;
    }
    const value = answer(symbol);
    if (value === null) continue;
    state.userTri[symbol.id] = value;
    state.userSet[symbol.id] = 1;
  }
  configuration.clear();
}

/** Sets all members to y and ranks them at random, after those that have a user value. */
function rankAtRandom(configuration: Configuration, choice: ChoiceBlock, random: Random): void {
  const { state } = configuration;
  const free = (): KSymbol[] => choice.entries.filter((symbol) => state.userSet[symbol.id] === 0);
  // A member with two definitions in the choice counts twice but is drawn once.
  for (let count = free().length; count > 0; count--) {
    const member = free()[random.below(count)];
    if (member === undefined) continue;
    state.userTri[member.id] = YES;
    state.userSet[member.id] = 1;
    configuration.rankLast(choice, member);
  }
}

/** Before 6.11: sets symbols in the order of the hash table, choices and members like any other. Returns whether anything was set. */
function fillSymbolChoices(configuration: Configuration, random: Random | null, answer: Answer): boolean {
  const { state, kconfig, calculator } = configuration;
  let changed = false;
  for (const symbol of kconfig.hashOrder) {
    const { id } = symbol;
    if (state.userSet[id] === 1 || state.valid[id] === 1) continue;
    const type = calculator.type(symbol);
    if (type !== 'bool' && type !== 'tristate') continue;
    changed = true;
    const value = symbol.allnoconfigY && answer(symbol) === NO && random === null ? YES : answer(symbol);
    if (value === null) continue;
    state.userTri[id] = value;
    if (symbol.choice === null || random === null) state.userSet[id] = 1;
  }
  configuration.clear();
  if (random === null) {
    for (const symbol of kconfig.hashOrder) {
      if ((symbol.choice !== null && state.userSet[symbol.id] === 0) || symbol.memberOf !== null)
        state.pending[symbol.id] = 1;
    }
  }
  for (const symbol of kconfig.hashOrder) {
    if (symbol.choice === null || state.userSet[symbol.id] === 1) continue;
    calculator.symbol(symbol);
    if (random === null) {
      setChoiceValues(state, symbol.choice);
      changed = true;
    } else if (chooseAtRandom(configuration, symbol.choice, random)) changed = true;
  }
  return changed;
}

function chooseAtRandom(configuration: Configuration, choice: ChoiceBlock, random: Random): boolean {
  const { state } = configuration;
  if (state.tri[choice.symbol.id] !== YES) return false;
  const chosen = choice.members[random.below(choice.members.length)];
  for (const member of choice.members) {
    state.userTri[member.id] = member === chosen ? YES : NO;
    state.userSet[member.id] = 1;
  }
  state.userMember[choice.id] = chosen ?? null;
  state.userSet[choice.symbol.id] = 1;
  computeAgain(state, [...choice.members, choice.symbol]);
  return true;
}
