/** Which of a symbol's definitions never matter, whatever the kernel is: decided by who has the last word alone. */
import { conflicting, effectiveIntent } from '../fallout/intents.ts';
import type { Intent } from '../model/intent.ts';
import { sameAsk, spelled, type Ask } from '../model/value.ts';
import { PLAIN } from './addedWishes.ts';
import { isOfUser } from './baseline.ts';
import { mergedAsk } from './predictedRequest.ts';

/** All definitions of one symbol without the managed patch's, and those among them that may be edited. */
export type Definitions = { all: readonly Intent[]; own: readonly Intent[] };

export const without = ({ all, own }: Definitions, gone: Intent): Definitions => ({
  all: all.filter((each) => each !== gone),
  own: own.filter((each) => each !== gone),
});

/**
 * A line of a hand-made list of fallout that can go: `never` matters, as nobody asks for anything else, or would need a session
 * to tell (`asked`). A wish of its own, which only warns when it is lost, is no such line.
 */
export function falloutLine(definitions: Definitions, line: Intent): 'never' | 'asked' | null {
  const { value, optional } = line.ask;
  if (value.kind !== 'unset' && !optional) return null;
  const others = without(definitions, line);
  const instead = mergedAsk(others.all);
  if (value.kind === 'unset')
    return instead === null || effectiveIntent(definitions.all) !== line ? 'never' : staysMerged(definitions, line);
  if (instead === null) return null;
  if (sameValue(instead, line.ask)) return 'never';
  const hides = effectiveIntent(others.all);
  const isOverWish = effectiveIntent(definitions.all) === line && hides !== null && isOfUser(hides);
  return isOverWish ? staysMerged(definitions, line) : null;
}

/** A conflict that only this line keeps away would have to be settled by an entry. */
const staysMerged = (definitions: Definitions, line: Intent): 'asked' | null =>
  opensConflict(definitions, line) ? null : 'asked';

/** Whether definitions cannot be merged any more without this one. */
export const opensConflict = (definitions: Definitions, gone: Intent): boolean =>
  conflicting(definitions.all).length === 0 && conflicting(without(definitions, gone).all).length > 0;

/** The definition of the user's that counts instead of this one, or says the same; null: this one matters. */
export function doubledBy(definitions: Definitions, doubled: Intent): Intent | null {
  const others = without(definitions, doubled).all;
  const by = effectiveIntent([...definitions.all.filter((each) => each === doubled || isOfUser(each))]);
  if (by === null || by === doubled) return null;
  const [before, after] = [mergedAsk(definitions.all), mergedAsk(others)];
  return before !== null && after !== null && sameAsk(before, after) ? by : null;
}

/** Whether a definition counts just the same without its `mkForce`. */
export function isIdleForce({ all }: Definitions, forced: Intent): boolean {
  if (forced.priority >= PLAIN || effectiveIntent(all) !== forced) return false;
  const plain = all.map((each) => (each === forced ? { ...forced, priority: PLAIN } : each));
  const [before, after] = [mergedAsk(all), mergedAsk(plain)];
  return conflicting(plain).length === 0 && before !== null && after !== null && sameAsk(before, after);
}

const sameValue = (one: Ask, other: Ask): boolean =>
  one.value.kind === other.value.kind && spelled(one.value) === spelled(other.value);
