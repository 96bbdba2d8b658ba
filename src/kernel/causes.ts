/** Why symbols are not what was wanted, by the engine on the configuration of a finished session. */
import { causeIn } from '../fallout/causeFromHelp.ts';
import type { Said } from '../fallout/intents.ts';
import type { CauseOf } from '../fallout/judge.ts';
import { obstacleTo, type Configuration, type Force, type Obstacle } from '../kconfig/index.ts';
import { isWish } from '../model/asker.ts';
import type { Cause, Holder } from '../model/cause.ts';
import type { Observation } from '../model/observation.ts';
import { unknownCause, type KernelNames } from './kernelNames.ts';

/** Who asks for what; the entries of the managed patch aside. */
export type AskedBy = ReadonlyMap<string, Said>;

/** The causes in a configuration, each computed when it is first asked for. `observation` is the session that led to it. */
export function causesIn(
  configuration: Configuration,
  { names, asked, observation }: { names: KernelNames; asked: AskedBy; observation: Observation },
): CauseOf {
  const holdersOf = holdersIn(configuration, asked);
  const known = new Map<string, Cause | null>();
  return (symbol, wanted) => {
    if (wanted === null) return null;
    const key = `${symbol}=${wanted}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const obstacle = obstacleTo(configuration, symbol, wanted);
    const cause =
      obstacle === null ? firstPass(observation, symbol, wanted) : causeOf(symbol, obstacle, { names, holdersOf });
    known.set(key, cause);
    return cause;
  };
}

/** Those who hold a symbol as a cause names them. */
export type HoldersOf = (by: readonly Force[]) => Holder[];

/** What an obstacle in the tree is to those who ask. */
export const causeOf = (
  symbol: string,
  obstacle: Obstacle,
  { names, holdersOf }: { names: KernelNames; holdersOf: HoldersOf },
): Cause => (obstacle.kind === 'undefined' ? unknownCause(symbol, names, obstacle.now) : causeFor(obstacle, holdersOf));

function causeFor(obstacle: Exclude<Obstacle, { kind: 'undefined' }>, holdersOf: HoldersOf): Cause {
  if (obstacle.kind === 'selected') return { kind: 'selected', by: holdersOf(obstacle.by) };
  if (obstacle.kind !== 'no-prompt') return obstacle;
  const { setBy } = obstacle;
  if (setBy.kind !== 'select' && setBy.kind !== 'imply') return { ...obstacle, setBy };
  return { ...obstacle, setBy: { kind: setBy.kind, by: holdersOf(setBy.by) } };
}

/** The user's own wishes first, then what nothing holds in turn, then the others, those together that the same symbols hold. */
export function holdersIn(configuration: Configuration, asked: AskedBy): HoldersOf {
  const known = new Map<string, string[]>();
  const beginnings = (symbol: string): string[] => {
    const found = known.get(symbol) ?? beginningsOf(configuration, symbol);
    known.set(symbol, found);
    return found;
  };
  const holder = (force: Force): Holder => {
    const said = asked.get(force.symbol);
    if (said !== undefined && isWish(said) && (said.wanted === 'y' || said.wanted === 'm'))
      return { ...force, isWish: true };
    const heldBy = beginnings(force.symbol);
    return heldBy.length === 0 ? force : { ...force, heldBy };
  };
  return (by) => {
    const all = by.map(holder);
    const own = all.filter(({ isWish }) => isWish);
    const free = all.filter(({ isWish, heldBy }) => !isWish && heldBy === undefined);
    const held = all.filter(({ heldBy }) => heldBy !== undefined);
    return [...own, ...free, ...held.sort(byHeldBy)];
  };
}

function byHeldBy(a: Holder, b: Holder): number {
  const [x, y] = [a, b].map(({ heldBy = [] }) => heldBy.join()) as [string, string];
  return Number(x > y) - Number(x < y);
}

/** So many symbols are looked at for the beginnings of one chain of selects. */
const MOST_VISITED = 100;

/** Where the selects begin that keep a symbol on; empty where none does. */
function beginningsOf(configuration: Configuration, symbol: string): string[] {
  const holding = (name: string): string[] => {
    const obstacle = obstacleTo(configuration, name, 'n');
    return obstacle?.kind === 'selected' ? obstacle.by.map((force) => force.symbol) : [];
  };
  const found: string[] = [];
  // A set goes on with what is added to it.
  const open = new Set(holding(symbol));
  for (const name of open) {
    const further = open.size < MOST_VISITED ? holding(name) : [];
    if (further.length === 0) found.push(name);
    for (const each of further) open.add(each);
  }
  return found;
}

/** Nothing is in the way any more, but when it was asked, less was offered. */
function firstPass(observation: Observation, symbol: string, wanted: string): Cause | null {
  const refusal = observation.refusals.find(
    (each) => (each.kind === 'repeated' || each.kind === 'clamped') && each.symbol === symbol,
  );
  if (refusal === undefined || refusal.kind === 'choice' || refusal.offered.length === 0) return null;
  const then = causeIn(observation, symbol, wanted);
  const by = then?.kind === 'selected' ? then.by.map((holder) => holder.symbol) : [];
  return { kind: 'first-pass', offered: refusal.offered, by };
}
