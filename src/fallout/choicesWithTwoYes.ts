/** Choices of which two members are asked to be y: whichever wins, a wish is lost, and old scripts let hash order decide. */
import type { Observation } from '../model/observation.ts';
import { requestOf, type Settings } from '../script/settings.ts';

export type TwoYes = {
  /** Every member, in kconfig's order. */
  members: string[];
  /** Those asked to be y, two at least, in kconfig's order. */
  wanted: string[];
  /** The member that the script answered, when it answered one. */
  answered: string | null;
};

/**
 * The choices in which the settings ask two or more members to be y. A choice is printed in each pass, with the
 * members visible then: listings that share a member are one choice. The one at which a session died is the last listing.
 */
export function twoYes({ choices, refusals }: Observation, settings: Settings): TwoYes[] {
  const fatal = refusals.flatMap((refusal) => (refusal.kind === 'choice' ? (refusal.choice ?? []) : []));
  const merged: { members: Map<string, number>; answered: string | null }[] = [];
  const known = new Map<string, number>();
  for (const choice of [...choices, ...fatal]) {
    // The first of those that have a member in common with this one; else one more.
    const index = choice.members.reduce(
      (first, member) => Math.min(first, known.get(member.symbol) ?? first),
      merged.length,
    );
    const target = (merged[index] ??= { members: new Map(), answered: null });
    for (const member of choice.members) {
      target.members.set(member.symbol, member.number);
      known.set(member.symbol, Math.min(index, known.get(member.symbol) ?? index));
    }
    target.answered = choice.members.find((member) => member.number === choice.answer)?.symbol ?? target.answered;
  }
  return merged
    .map(({ members, answered }) => {
      const symbols = [...members].sort(([, a], [, b]) => a - b).map(([symbol]) => symbol);
      return { members: symbols, answered, wanted: symbols.filter((symbol) => requestOf(settings, symbol) === 'y') };
    })
    .filter((choice) => choice.wanted.length > 1);
}
