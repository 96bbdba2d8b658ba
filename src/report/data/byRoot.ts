import type { Root } from '../../model/cause.ts';
import type { Wish } from '../../model/fallout.ts';

/** Wishes that are lost for the same setting. */
export type RootGroup = { root: Root; wishes: Wish[] };

/** Groups what shares the first of its roots, the largest group first; `single` shares it with nothing. The order within stays. */
export function byRoot(lost: readonly Wish[]): { groups: RootGroup[]; single: Wish[] } {
  const groups = new Map<string, RootGroup>();
  for (const wish of lost) {
    const root = wish.roots?.[0];
    if (root === undefined) continue;
    const key = JSON.stringify(root);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { root, wishes: [wish] });
    else group.wishes.push(wish);
  }
  const shared = [...groups.values()].filter(({ wishes }) => wishes.length > 1);
  const inGroups = new Set(shared.flatMap(({ wishes }) => wishes));
  return {
    groups: shared.sort((a, b) => b.wishes.length - a.wishes.length),
    single: lost.filter((wish) => !inGroups.has(wish)),
  };
}
