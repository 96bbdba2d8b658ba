import { computeAgain, setChoiceValues } from '../values/choices.ts';
import type { Configuration } from '../values/configuration.ts';
import { menusBelow, MOD, NO, YES, type Choice, type KSymbol, type Tri } from '../tree/model.ts';
import { Random } from './random.ts';

/** How symbols without a user value are answered: conf's `enum conf_def_mode`. */
export type Filling = 'default' | 'no' | 'mod' | 'yes' | { seed: number; probability?: Probability };

/** Per cent: of a bool being y, a tristate being y, a tristate being m (KCONFIG_PROBABILITY in Documentation/kbuild/kconfig.rst). */
export type Probability = { bool: number; yes: number; mod: number };

const EVEN: Probability = { bool: 50, yes: 33, mod: 33 };

/**
 * KCONFIG_PROBABILITY's value: `B`, `Y:M` or `B:Y:M`.
 * @throws RangeError where conf refuses it: a number outside 0 to 100, or y and m together above 100.
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

/** Answers everything that has no user value (`conf_set_all_new_symbols`): allnoconfig, allyesconfig, allmodconfig, alldefconfig, randconfig. */
export function fillNew(configuration: Configuration, filling: Filling): void {
  const answer = answerer(filling);
  const random = typeof filling === 'object' ? new Random(filling.seed) : null;
  if (configuration.calculator.ranked) {
    fillRanked(configuration, random, (symbol) => answer(symbol, random));
    return;
  }
  do {
    if (!fillSymbolChoices(configuration, random, (symbol) => answer(symbol, random))) return;
  } while (random !== null);
}

/** `yes2modconfig`, `mod2yesconfig`, `mod2noconfig`. */
export function rewriteTristates(configuration: Configuration, from: Tri, to: Tri): void {
  const { state, kconfig, calculator } = configuration;
  for (const symbol of kconfig.hashOrder) {
    if (calculator.type(symbol) === 'tristate' && state.userTri[symbol.id] === from) state.userTri[symbol.id] = to;
  }
  configuration.clear();
}

/** What a bool or tristate is set to; null: nothing. */
function answerer(filling: Filling): (symbol: KSymbol, random: Random | null) => Tri | null {
  if (typeof filling !== 'object') {
    const fixed = ({ default: null, no: NO, mod: MOD, yes: YES } as const)[filling];
    return () => fixed;
  }
  const { bool, yes, mod } = filling.probability ?? EVEN;
  return (symbol, random) => {
    const drawn = random?.below(100) ?? 0;
    if (symbol.type !== 'tristate') return drawn < bool ? YES : NO;
    return drawn < yes ? YES : drawn < yes + mod ? MOD : NO;
  };
}

/** Since 6.11: in the order of the menu; choices only at random. */
function fillRanked(
  configuration: Configuration,
  random: Random | null,
  answer: (symbol: KSymbol) => Tri | null,
): void {
  const { state, kconfig } = configuration;
  for (const { symbol, prompt } of menusBelow(kconfig.root)) {
    if (symbol === null || prompt === null || state.userSet[symbol.id] === 1 || symbol.isChoiceValue) continue;
    if (symbol.type !== 'bool' && symbol.type !== 'tristate') continue;
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

/** Sets all members to y in a random order of rank, behind those that have a user value. */
function rankAtRandom(configuration: Configuration, choice: Choice, random: Random): void {
  const { state } = configuration;
  const free = (): KSymbol[] =>
    [...menusBelow(choice.menu)].flatMap(({ symbol }) =>
      symbol === null || state.userSet[symbol.id] === 1 ? [] : [symbol],
    );
  // A member that stands there twice counts twice, and is gone at once.
  for (let count = free().length; count > 0; count--) {
    const member = free()[random.below(count)];
    if (member === undefined) continue;
    state.userTri[member.id] = YES;
    state.userSet[member.id] = 1;
    configuration.rankLast(choice, member);
  }
}

/** Before 6.11: in the order of the hash table, choices and members like any symbol. Gives whether anything was set. */
function fillSymbolChoices(
  configuration: Configuration,
  random: Random | null,
  answer: (symbol: KSymbol) => Tri | null,
): boolean {
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
      setChoiceValues(calculator, symbol);
      changed = true;
    } else if (chooseAtRandom(configuration, symbol.choice, random)) changed = true;
  }
  return changed;
}

function chooseAtRandom(configuration: Configuration, choice: Choice, random: Random): boolean {
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
