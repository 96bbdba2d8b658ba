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
  const known = new Map<string, Cause | null>();
  return (symbol, wanted) => {
    if (wanted === null) return null;
    const key = `${symbol}=${wanted}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const obstacle = obstacleTo(configuration, symbol, wanted);
    const cause =
      obstacle === null
        ? firstPass(observation, symbol, wanted)
        : obstacle.kind === 'undefined'
          ? unknownCause(symbol, names, obstacle.now)
          : causeFor(obstacle, asked);
    known.set(key, cause);
    return cause;
  };
}

function causeFor(obstacle: Exclude<Obstacle, { kind: 'undefined' }>, asked: AskedBy): Cause {
  if (obstacle.kind === 'selected') return { kind: 'selected', by: holders(obstacle.by, asked) };
  if (obstacle.kind !== 'no-prompt') return obstacle;
  const { setBy } = obstacle;
  if (setBy.kind !== 'select' && setBy.kind !== 'imply') return { ...obstacle, setBy };
  return { ...obstacle, setBy: { kind: setBy.kind, by: holders(setBy.by, asked) } };
}

/** The user's own wishes first. */
function holders(by: readonly Force[], asked: AskedBy): Holder[] {
  const marked = by.map((force): Holder => {
    const said = asked.get(force.symbol);
    const isOwn = said !== undefined && isWish(said) && (said.wanted === 'y' || said.wanted === 'm');
    return isOwn ? { ...force, isWish: true } : force;
  });
  return [...marked.filter((holder) => holder.isWish), ...marked.filter((holder) => !holder.isWish)];
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
