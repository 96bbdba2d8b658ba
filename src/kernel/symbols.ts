/** Wishes for names that this kernel does not define. */
import { placeIn } from '../nix/wrongSettings.ts';
import { askerName, isManaged } from '../model/asker.ts';
import type { Cause } from '../model/cause.ts';
import type { Intent, LegacyLine } from '../model/intent.ts';
import { spelled, valueOf } from '../model/value.ts';
import type { Fallout, Wish } from '../model/fallout.ts';
import type { Problem } from '../model/problem.ts';
import { unknownCause, type KernelNames } from './kernelNames.ts';

/** The name is most likely misspelt: nobody else's kernel has it either. */
const isMisspelt = (cause: Cause | undefined): cause is Extract<Cause, { kind: 'unknown' }> =>
  cause?.kind === 'unknown' && (cause.elsewhere.length === 0 || cause.same.length > 0);

const suggestionsOf = ({ same, now, near }: Extract<Cause, { kind: 'unknown' }>): string[] => [
  ...now,
  ...same,
  ...near,
];

/**
 * Tells the unknown from the merely unused: what the user asks for and no Kconfig file defines is most likely a typo.
 * nixpkgs' defaults serve many kernel versions; a name that this one lacks is no typo of theirs.
 */
export function markUnknown<T extends Fallout | Wish>(items: readonly T[]): T[] {
  return items.map((item) =>
    item.kind === 'unused' && item.by !== null && item.by.kind !== 'nixpkgs' && isMisspelt(item.cause)
      ? { ...item, kind: 'unknown', suggestions: suggestionsOf(item.cause) }
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
  names: KernelNames,
  managedName: string,
): Wish[] {
  const known = new Set(listed.map((wish) => wish.symbol));
  return [...intents, ...legacy.flatMap(placedIntent)].flatMap(({ symbol, ask, by, position }): Wish[] => {
    const wanted = spelled(ask.value);
    if (wanted === null || by.kind === 'nixpkgs' || isManaged(by, managedName)) return [];
    if (names.defined.has(symbol) || known.has(symbol)) return [];
    const cause = unknownCause(symbol, names, []);
    if (!isMisspelt(cause)) return [];
    return [{ kind: 'unknown', symbol, wanted, got: null, by, position, cause, suggestions: suggestionsOf(cause) }];
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
