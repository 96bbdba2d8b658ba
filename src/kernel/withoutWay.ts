/** What there is to say where no settings give what is wanted. */
import { conflictAmong, findRemedies, type Blocker, type Configuration, type Remedies } from '../kconfig/index.ts';
import type { RemedyOptions } from '../kconfig/index.ts';
import type { FoundRemedies, WantedValue } from '../model/remedy.ts';
import { causeOf, holdersIn, type AskedBy } from './causes.ts';
import type { KernelNames } from './kernelNames.ts';

type Known = { names: KernelNames; asked: AskedBy } & Pick<RemedyOptions, 'costOf'>;
type WithoutWay = Pick<FoundRemedies, 'outcome' | 'blockedBy' | 'culprits'>;
type None = Exclude<Remedies, { kind: 'found' | 'holds' }>;

/** What stands in the way; of several wishes also which of them cannot be had, alone or beside each other. */
export function withoutWay(
  found: None,
  wanted: readonly WantedValue[],
  configuration: Configuration,
  known: Known,
): WithoutWay {
  if (wanted.length === 1) return stated(found.kind === 'blocked' ? found.by : [], configuration, known);
  const options = known.costOf === undefined ? {} : { costOf: known.costOf };
  const alone = wanted.flatMap((wish) => {
    const own = findRemedies(configuration, [wish], { ...options, most: 1 });
    return own.kind === 'blocked' || own.kind === 'not-found' ? { wish, by: own.kind === 'blocked' ? own.by : [] } : [];
  });
  if (alone.length > 0) {
    const blockers = alone.flatMap(({ by }) => by);
    return { ...stated(blockers, configuration, known), culprits: alone.map(({ wish }) => wish) };
  }
  const { wishes, why } = conflictAmong(configuration, wanted, options);
  if (why === null) return { outcome: 'not-found', culprits: wishes };
  const { given, ...blocker } = why;
  const blockedBy = withCauses([blocker], configuration, known).map((each) => ({ ...each, given }));
  return { outcome: 'excluded', culprits: wishes, blockedBy };
}

const stated = (by: readonly Blocker[], configuration: Configuration, known: Known): WithoutWay =>
  by.length === 0 ? { outcome: 'not-found' } : { outcome: 'blocked', blockedBy: withCauses(by, configuration, known) };

/** What stands in the way, each with why. */
function withCauses(
  blockers: readonly Blocker[],
  configuration: Configuration,
  { names, asked }: Known,
): NonNullable<FoundRemedies['blockedBy']> {
  const known = { names, holdersOf: holdersIn(configuration, asked) };
  return blockers.map(({ symbol, value, obstacle }) => ({ symbol, value, cause: causeOf(symbol, obstacle, known) }));
}
