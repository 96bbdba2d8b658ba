/** Two kernels that one host may have, compared: the present one, and another. */
import { changesBetween as entryChanges, spelledAsk } from '../fallout/absorb.ts';
import { isWish } from '../model/asker.ts';
import type { ManagedEntry } from '../model/entry.ts';
import type { Wish } from '../model/fallout.ts';
import type { Comparison } from '../model/rehearsal.ts';
import { parseDotConfig } from '../script/dotConfig.ts';
import { wishesOf, type Asking } from './baseline.ts';
import type { Portrait } from './portrait.ts';
import { replacementsBetween } from './replacements.ts';
import { byHarm, changesBetween } from './valueChanges.ts';

/** What is predicted of a kernel, and what it has. */
export type Rehearsed = {
  asking: Asking;
  /** The symbols that the script is asked for, whoever asks. */
  requested: ReadonlySet<string>;
  lost: readonly Wish[];
  entries: readonly ManagedEntry[];
  dotConfig: string;
  portrait: Portrait;
};

/** What the other kernel does to the host. */
export function compared(now: Rehearsed, next: Rehearsed): Comparison {
  const questions = newQuestions(now.portrait, next);
  const lost = missedOnlyIn(next, now);
  const gained = missedOnlyIn(now, next);
  const told = new Set([...questions, ...lost, ...gained].map(({ symbol }) => symbol));
  return {
    lost,
    gained,
    entries: changedEntries(now.entries, next.entries),
    gone: goneWishes(now.portrait, next),
    questions,
    changed: changedValues(now, next).filter(({ symbol }) => !told.has(symbol)),
  };
}

/** The wishes that the first does not honour and the second does. */
function missedOnlyIn({ lost }: Rehearsed, other: Rehearsed): Wish[] {
  const missedThere = new Set(other.lost.map(sameWish));
  return lost.filter((wish) => isWish(wish) && !missedThere.has(sameWish(wish)));
}

/** A patch goes by its name: nixpkgs may bring another one before it, and the file that it stands in may come from the other input. */
const sameWish = ({ symbol, wanted, by }: Wish): string =>
  JSON.stringify([symbol, wanted, by.kind, by.kind === 'patch' ? by.name : null]);

function changedEntries(before: readonly ManagedEntry[], after: readonly ManagedEntry[]): Comparison['entries'] {
  const bySymbol = (entries: readonly ManagedEntry[]) => new Map(entries.map((entry) => [entry.symbol, entry]));
  const left = new Set(after.map(({ symbol }) => symbol));
  return {
    needed: entryChanges(bySymbol(before), bySymbol(after)).filter(({ to }) => to !== null),
    noLonger: before
      .filter(({ symbol }) => !left.has(symbol))
      .map(({ symbol, ask }) => ({ symbol, setting: spelledAsk(ask) })),
  };
}

/** Those first that ask for more than to be off. */
function goneWishes(now: Portrait, { asking, portrait }: Rehearsed): Comparison['gone'] {
  const replacementOf = replacementsBetween(now, portrait);
  return [...wishesOf(asking).values()]
    .filter(({ symbol }) => now.options.has(symbol) && !portrait.options.has(symbol))
    .map(({ symbol, wanted, by, position }) => ({ symbol, wanted, by, position, replacedBy: replacementOf(symbol) }))
    .sort((a, b) => Number(a.wanted === 'n') - Number(b.wanted === 'n'));
}

/** What is asked then and not now, and nobody answers; by menu. */
function newQuestions(now: Portrait, { portrait, requested, dotConfig }: Rehearsed): Comparison['questions'] {
  const values = parseDotConfig(dotConfig);
  const found = [...portrait.options].flatMap(([symbol, { prompt, menu, isAsked }]) => {
    if (!isAsked || prompt === null || requested.has(symbol) || now.options.get(symbol)?.isAsked === true) return [];
    return [{ symbol, prompt, menu, value: values.get(symbol) ?? 'n' }];
  });
  const menus = [...new Set(found.map(({ menu }) => menu))];
  return menus.flatMap((menu) => found.filter((each) => each.menu === menu));
}

/** The options of both kernels that come out otherwise, those first that hurt. */
function changedValues(now: Rehearsed, next: Rehearsed): Comparison['changed'] {
  return changesBetween(now.dotConfig, next.dotConfig)
    .flatMap((change) => {
      const [before, after] = [now, next].map(({ portrait }) => portrait.options.get(change.symbol));
      if (before === undefined || after === undefined) return [];
      return [{ ...change, hurts: change.change === 'off' ? after.hurts : null, menu: after.menu }];
    })
    .sort(byHarm);
}
