import { distance } from 'fastest-levenshtein';
import { placeIn } from '../nix/wrongSettings.ts';
import { askerName, isManaged } from '../model/asker.ts';
import type { Intent, LegacyLine } from '../model/intent.ts';
import { spelled, valueOf } from '../model/value.ts';
import type { Fallout, Wish } from '../model/fallout.ts';
import type { Problem } from '../model/problem.ts';
import type { Declarations } from './declarations.ts';

/** The names that the kernel defines nearest to one that it does not: in another case, else at most three, the nearest first. */
export function nearestSymbols(symbol: string, defined: Declarations): string[] {
  const bare = symbol.replace(/^CONFIG_/i, '');
  const inOtherCase = [...defined.keys()].filter((name) => name.toLowerCase() === bare.toLowerCase());
  if (inOtherCase.length > 0) return inOtherCase;
  // Of short names everything is near.
  const limit = bare.length < 5 ? 0 : Math.floor(bare.length / 4);
  return [...defined.keys()]
    .filter((name) => Math.abs(name.length - bare.length) <= limit)
    .map((name) => ({ name, far: distance(name, bare) }))
    .filter(({ far }) => far <= limit)
    .sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
}

/**
 * Tells the unknown from the merely unused: what the user asks for and no Kconfig file defines is most likely a typo.
 * nixpkgs' defaults serve many kernel versions; a name that this one lacks is no typo of theirs.
 */
export function markUnknown<T extends Fallout | Wish>(items: readonly T[], defined: Declarations): T[] {
  return items.map((item) =>
    item.kind === 'unused' && item.by !== null && item.by.kind !== 'nixpkgs' && !defined.has(item.symbol)
      ? { ...item, kind: 'unknown', suggestions: nearestSymbols(item.symbol, defined) }
      : item,
  );
}

/**
 * Wishes for unknown symbols that are honoured only by accident: whoever turns off a misspelt name gets no complaint
 * from any script. `listed` are the lost wishes already known.
 */
export function unknownWishes(
  { intents, legacy }: { intents: readonly Intent[]; legacy: readonly LegacyLine[] },
  listed: readonly Wish[],
  defined: Declarations,
  managedName: string,
): Wish[] {
  const known = new Set(listed.map((wish) => wish.symbol));
  return [...intents, ...legacy.flatMap(placedIntent)].flatMap(({ symbol, ask, by, position }): Wish[] => {
    const wanted = spelled(ask.value);
    if (wanted === null || by.kind === 'nixpkgs' || isManaged(by, managedName)) return [];
    if (defined.has(symbol) || known.has(symbol)) return [];
    return [{ kind: 'unknown', symbol, wanted, got: null, by, position, suggestions: nearestSymbols(symbol, defined) }];
  });
}

/** A line of an `extraConfig` string as an intent; those of nixpkgs itself stand in no file of the user. */
const placedIntent = ({ symbol, value, optional, by, position }: LegacyLine): Intent[] =>
  position === null ? [] : [{ symbol, ask: { value: valueOf(value), optional }, priority: 100, by, position }];

/** What ends a run under `unknown = "block"`. */
export function unknownProblem({ symbol, by, position, suggestions }: Fallout): Problem {
  return {
    message: `${by === null ? 'somebody' : askerName(by)} asks for ${symbol}, which no Kconfig file of this kernel defines`,
    ...placeIn(position ?? null),
    hint:
      suggestions === undefined || suggestions.length === 0
        ? 'take it out, or set unknown = "absorb"'
        : `did you mean ${suggestions.join(' or ')}?`,
  };
}
