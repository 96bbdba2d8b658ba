/** Values that differ between two .config files: found, ordered, grouped and counted. */
import type { SideEffect, SideEffects } from '../model/sideEffects.ts';
import { isOff, parseDotConfig } from '../script/dotConfig.ts';

export type ValueChange = Pick<SideEffect, 'symbol' | 'before' | 'after' | 'change'>;

/** What two .config files have differently. An n is the same whether it is written or not. */
export function changesBetween(before: string, after: string): ValueChange[] {
  const [was, is] = [parseDotConfig(before), parseDotConfig(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((symbol): ValueChange[] => {
    const [before, after] = [was.get(symbol) ?? null, is.get(symbol) ?? null];
    if (before === after || (isOff(before) && isOff(after))) return [];
    return [{ symbol, before, after, change: isOff(after) ? 'off' : isOff(before) ? 'on' : 'changed' }];
  });
}

const HURTING = ['host', 'driver', 'file-system', null];
/** The kinds of changes; what goes hurts most. */
export const CHANGES = ['off', 'on', 'changed'];

type Placed = Pick<SideEffect, 'symbol' | 'change' | 'hurts' | 'menu'>;

/** Orders changes: those first that hurt. */
export const byHarm = (a: Placed, b: Placed): number => harm(a) - harm(b) || byMenu(a, b);

/** How much a change hurts: the lowest hurts most. */
export const harm = ({ hurts, change }: Placed): number =>
  HURTING.indexOf(hurts) * CHANGES.length + CHANGES.indexOf(change);

/** Orders changes by where they stand. */
export const byMenu = (a: Placed, b: Placed): number => compare(a.menu, b.menu) || compare(a.symbol, b.symbol);

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

const MOST_GROUPS = 12;
const MOST_SYMBOLS = 4;

/** Those that follow from the same wishes, the largest group first. */
export function byRoots(effects: readonly SideEffect[]): SideEffect[][] {
  const groups = new Map<string, SideEffect[]>();
  for (const effect of effects) {
    // Which of several wishes is the nearest does not make another group.
    const key = effect.roots
      .map((root) => JSON.stringify(root))
      .sort()
      .join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [effect]);
    else group.push(effect);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length);
}

/** Side effects in short, in the order that `sideEffects` gives them. */
export function summed(effects: readonly SideEffect[]): SideEffects {
  const largest = byRoots(effects).slice(0, MOST_GROUPS);
  return {
    ...counted(effects),
    groups: largest.map((group) => ({ roots: group[0]?.roots ?? [], ...counted(group) })),
  };
}

/** How many options went off, came on and changed, with the names of the first few. */
export function counted(effects: readonly ValueChange[]): Omit<SideEffects, 'groups'> {
  const count = (change: SideEffect['change']): number => effects.filter((each) => each.change === change).length;
  const symbols = effects.slice(0, MOST_SYMBOLS).map(({ symbol }) => symbol);
  return { off: count('off'), on: count('on'), changed: count('changed'), symbols };
}
