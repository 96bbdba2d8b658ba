/** A remedy for each lost wish, as far as there is one. */
import type { LostRemedy } from '../model/remedy.ts';
import { canBeGiven } from '../kernel/pursuit.ts';
import type { Wish } from '../model/fallout.ts';
import type { RemedyFinder } from './remediesFor.ts';

export type LostRemedies = { remedies: LostRemedy[]; /** Wishes that were not looked at. */ left: number };

/** So many wishes are searched for one by one; most are given by what helps another. */
const MOST_SEARCHES = 40;

/**
 * Looks for the best way to each wish that no way found before gives. @param onSearch hears which wish is looked at, and how many are left.
 * @returns null after an interruption.
 */
export async function remediesOfLost(
  find: RemedyFinder,
  lost: readonly Wish[],
  onSearch: (symbol: string, left: number) => void,
): Promise<LostRemedies | null> {
  const open = lost.filter(canBeGiven);
  const alsoWanted = open.map(({ symbol, wanted: value }) => ({ symbol, value }));
  const remedies: LostRemedy[] = [];
  const seen = new Set<string>();
  let searches = 0;
  for (const { symbol, wanted: value } of open) {
    if (seen.has(symbol)) continue;
    if (searches === MOST_SEARCHES) break;
    searches++;
    seen.add(symbol);
    onSearch(symbol, open.length - seen.size);
    const found = await find({ wanted: [{ symbol, value }], most: 1, alsoWanted });
    if (found === null) return null;
    const [best] = found.alternatives;
    if (best === undefined) continue;
    remedies.push(best);
    for (const given of best.gives) seen.add(given);
  }
  remedies.sort((a, b) => b.gives.length - a.gives.length);
  return { remedies, left: open.filter(({ symbol }) => !seen.has(symbol)).length };
}
