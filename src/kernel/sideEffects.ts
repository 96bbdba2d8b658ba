/** What the user's settings changed beyond what they ask for: the result beside the same host without them. */
import { menuText, type KSymbol } from '../kconfig/index.ts';
import type { Said } from '../fallout/intents.ts';
import type { Root } from '../model/cause.ts';
import type { SideEffect } from '../model/sideEffects.ts';
import type { Finished } from './finished.ts';
import { byMenu, changesBetween, harm, type ValueChange } from './valueChanges.ts';
import { rootsOfChanges, type Follows } from './wishRoots.ts';

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

function byWeight(a: Weighed, b: Weighed): number {
  const nearness = a.steps === b.steps ? 0 : a.steps - b.steps;
  return harm(a.effect) - harm(b.effect) || nearness || byMenu(a.effect, b.effect);
}
