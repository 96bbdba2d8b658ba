import type { Fallout, Wish } from '../model/fallout.ts';
import type { Observation } from '../model/observation.ts';
import { causeFrom, type Declarations } from './declarations.ts';
import { markUnknown } from './symbols.ts';

/** Adds to misses what a session does not show: which symbols no Kconfig file defines, and why one is missing. */
export function explainMisses<T extends Fallout | Wish>(
  misses: readonly T[],
  observation: Observation,
  declarations: Declarations,
): T[] {
  const value = (symbol: string): string | null => valueIn(observation, symbol);
  return markUnknown(misses, declarations).map((miss) => {
    if (miss.cause !== undefined || miss.kind === 'overridden') return miss;
    const declaration = declarations.get(miss.symbol);
    if (declaration === undefined) return miss;
    // An unused n lacks what m lacks: it cannot be asked for.
    const isHidden = miss.kind === 'unused' && miss.wanted === 'n' && declaration.selectedBy.length === 0;
    const cause = causeFrom(declaration, isHidden ? 'm' : miss.wanted, value);
    return cause === null ? miss : { ...miss, cause };
  });
}

/** What a symbol came out as; without a .config the last answer to its question, or the default it was left at. */
function valueIn({ questions, finalValues }: Observation, symbol: string): string | null {
  // A symbol that a finished .config does not name is n.
  if (finalValues !== null) return finalValues.get(symbol) ?? 'n';
  const question = questions.get(symbol);
  if (question === undefined) return null;
  return question.answer !== '' ? question.answer : (/[YMN]/.exec(question.alts)?.[0].toLowerCase() ?? null);
}
