/** Which of several wishes exclude each other, each of which settings give by itself. */
import { obstacleTo } from '../explain/obstacle.ts';
import type { KSymbol } from '../tree/model.ts';
import type { Configuration } from '../values/configuration.ts';
import { findRemedies, MOST_STEPS_TOGETHER, type Blocker, type RemedyOptions, type SymbolValue } from './remedies.ts';
import { Search } from './search.ts';

export type Conflict = {
  /** No settings were found that give them at once; without any of them there are some for the others. */
  wishes: SymbolValue[];
  /** What stands against one of them once `given` gives the others; null where that cannot be told. */
  why: (Blocker & { given: SymbolValue[] }) | null;
};

type Options = Pick<RemedyOptions, 'costOf'>;

/** Looks for the smallest part of `wanted` that no settings were found for. Each wish has a way by itself; all at once they have none. */
export function conflictAmong(
  configuration: Configuration,
  wanted: readonly SymbolValue[],
  options: Options = {},
): Conflict {
  const wishes = smallest(wanted, (part) => wayTo(configuration, part, options) !== null);
  return { wishes, why: whyNot(configuration, wishes, options) };
}

function wayTo(configuration: Configuration, wishes: readonly SymbolValue[], options: Options): SymbolValue[] | null {
  const found = findRemedies(configuration, wishes, { ...options, most: 1, mostSteps: MOST_STEPS_TOGETHER });
  if (found.kind === 'holds') return [];
  return found.kind === 'found' ? (found.alternatives[0]?.settings ?? null) : null;
}

/** Mostly two: the first that does not go with all before it, and one of those. */
function smallest<T>(all: readonly T[], goes: (part: readonly T[]) => boolean): T[] {
  let [going, failing] = [1, all.length];
  while (failing - going > 1) {
    const middle = (going + failing) >> 1;
    if (goes(all.slice(0, middle))) going = middle;
    else failing = middle;
  }
  const [before, last] = [all.slice(0, failing - 1), all.slice(failing - 1, failing)];
  const one = before.length === 1 ? before[0] : before.find((each) => !goes([each, ...last]));
  if (one !== undefined) return [one, ...last];
  return [
    ...before.reduce<readonly T[]>((left, each) => {
      const without = left.filter((other) => other !== each);
      return goes([...without, ...last]) ? left : without;
    }, before),
    ...last,
  ];
}

function whyNot(configuration: Configuration, wishes: readonly SymbolValue[], options: Options): Conflict['why'] {
  const search = new Search(configuration, [], () => 1);
  for (const wish of wishes) {
    const others = wishes.filter((each) => each !== wish);
    const [own, way] = [[wish], others].map((part) => wayTo(configuration, part, options));
    if (own == null || way == null) continue;
    const set = new Set(way.map(({ symbol }) => symbol));
    const given = [...way, ...others.filter(({ symbol }) => !set.has(symbol))];
    // The others' settings come last: what the wish lacks then is their doing.
    const named = new Set(given.map(({ symbol }) => symbol));
    search.apply(settingsIn(configuration, [...own.filter(({ symbol }) => !named.has(symbol)), ...given]));
    const symbol = search.working.symbol(wish.symbol);
    // What is off since nobody can ask for it is as wished.
    if (symbol === undefined || search.working.value(symbol) === wish.value) continue;
    const obstacle = obstacleTo(search.working, wish.symbol, wish.value);
    if (obstacle !== null) return { ...wish, obstacle, given };
  }
  return null;
}

const settingsIn = (configuration: Configuration, settings: readonly SymbolValue[]): Map<KSymbol, string> =>
  new Map(
    settings.flatMap(({ symbol: name, value }) => {
      const symbol = configuration.symbol(name);
      return symbol === undefined ? [] : [[symbol, value] as const];
    }),
  );
