/** What the user's settings changed beyond what they ask for: the result beside the same host without them. */
import { Configuration, menuText, readConfig, type Kconfig, type KSymbol } from '../kconfig/index.ts';
import type { Said } from '../fallout/intents.ts';
import type { Root } from '../model/cause.ts';
import type { SideEffect, SideEffects } from '../model/sideEffects.ts';
import { parseDotConfig } from '../script/dotConfig.ts';
import { rootsOfChanges, type Follows } from './wishRoots.ts';

/** A finished .config, and the configuration that it gives. */
export type Finished = { dotConfig: string; configuration: Configuration };

export function finished(kconfig: Kconfig, dotConfig: string): Finished {
  const configuration = new Configuration(kconfig);
  readConfig(configuration, dotConfig);
  return { dotConfig, configuration };
}

/**
 * The options that differ although no wish asks for them; those first that hurt, then what is nearest to a wish. `ofHost`: the symbols of the
 * modules that the host names.
 */
export function sideEffects(
  before: Finished,
  after: Finished,
  wishes: ReadonlyMap<string, Said>,
  ofHost: ReadonlySet<string> = new Set(),
): SideEffect[] {
  const changes = changesBetween(before.dotConfig, after.dotConfig).filter(({ symbol }) => !wishes.has(symbol));
  const known = changes.flatMap(({ symbol }) => after.configuration.symbol(symbol) ?? []);
  const roots = rootsOfChanges(known, before.configuration, after.configuration, wishes);
  return changes
    .map((change) => described(change, after.configuration.symbol(change.symbol), roots, ofHost))
    .sort(byWeight)
    .map(({ effect }) => effect);
}

export type ValueChange = Pick<SideEffect, 'symbol' | 'before' | 'after' | 'change'>;

/** What two .config files have differently. An n is the same whether it is written or not. */
export function changesBetween(before: string, after: string): ValueChange[] {
  const [was, is] = [parseDotConfig(before), parseDotConfig(after)];
  const isOff = (value: string | null): boolean => value === null || value === 'n';
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((symbol): ValueChange[] => {
    const [before, after] = [was.get(symbol) ?? null, is.get(symbol) ?? null];
    if (before === after || (isOff(before) && isOff(after))) return [];
    return [{ symbol, before, after, change: isOff(after) ? 'off' : isOff(before) ? 'on' : 'changed' }];
  });
}

type Weighed = { effect: SideEffect; steps: number };

function described(
  change: ValueChange,
  symbol: KSymbol | undefined,
  roots: ReadonlyMap<KSymbol, readonly Follows[]>,
  ofHost: ReadonlySet<string>,
): Weighed {
  const follows = symbol === undefined ? [] : (roots.get(symbol) ?? []);
  const menu = menuText(symbol);
  const isOff = change.change === 'off' && symbol !== undefined;
  const hurts = !isOff ? null : ofHost.has(change.symbol) ? 'host' : missedAs(symbol);
  const effect = { ...change, roots: follows.map(({ wish }) => rootOf(wish)), hurts, menu };
  return { effect, steps: follows[0]?.steps ?? Infinity };
}

const rootOf = ({ symbol, wanted, by, position }: Said): Root => ({ symbol, value: wanted ?? 'unset', by, position });

/** What an option is missed as where it is off: a module of its own is a driver by where it is defined. */
export function missedAs({ type, menus }: KSymbol): SideEffect['hurts'] {
  const file = menus[0]?.at.file ?? '';
  if (type !== 'tristate') return null;
  return /^(?:drivers|sound)\//.test(file) ? 'driver' : file.startsWith('fs/') ? 'file-system' : null;
}

const HURTING = ['host', 'driver', 'file-system', null];
const CHANGES = ['off', 'on', 'changed'];

function byWeight(a: Weighed, b: Weighed): number {
  const nearness = a.steps === b.steps ? 0 : a.steps - b.steps;
  return harm(a.effect) - harm(b.effect) || nearness || byMenu(a.effect, b.effect);
}

type Placed = Pick<SideEffect, 'symbol' | 'change' | 'hurts' | 'menu'>;

/** Orders changes: those first that hurt. */
export const byHarm = (a: Placed, b: Placed): number => harm(a) - harm(b) || byMenu(a, b);

const harm = ({ hurts, change }: Placed): number => HURTING.indexOf(hurts) * CHANGES.length + CHANGES.indexOf(change);

const byMenu = (a: Placed, b: Placed): number => compare(a.menu, b.menu) || compare(a.symbol, b.symbol);

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
