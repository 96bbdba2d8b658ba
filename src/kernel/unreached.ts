/** What a wanted configuration has and no setting gives. */
import type { AskedBy } from './causes.ts';
import { causesIn } from './causes.ts';
import type { Configuration } from '../kconfig/index.ts';
import type { Cause } from '../model/cause.ts';
import type { Observation } from '../model/observation.ts';
import type { NotAskable } from '../model/patchSetting.ts';
import { unknownCause, type KernelNames } from './kernelNames.ts';
import { promptOf, type Values, type WantedConfig } from './wantedConfig.ts';

/** What the settings come to. */
export type Result = {
  values: Values;
  configuration: () => Configuration | null;
  /** The symbols that do not come out as wanted. */
  missed: readonly string[];
};

/** Those who know why something is not reached: the names of the kernel, who asks for what, and what a prediction said. */
export type Reasons = {
  names: KernelNames;
  asked: AskedBy;
  known: (symbol: string) => Cause | null;
};

/** What was given and is not what this tree makes of it, and what is, and does not come of the settings. */
export function unreached(wanted: WantedConfig, result: Result, { names, asked, known }: Reasons): NotAskable[] {
  const given = new Set(wanted.misses.map(({ symbol }) => symbol));
  const inTree = causesIn(wanted.configuration, { names, asked, observation: NOTHING_SEEN });
  const missed = result.missed.filter((symbol) => !given.has(symbol));
  const configuration = missed.length === 0 ? null : result.configuration();
  const inResult =
    configuration === null ? () => null : causesIn(configuration, { names, asked, observation: NOTHING_SEEN });
  const item = (symbol: string, value: string, got: Values, causeOf: typeof inTree): NotAskable => {
    const found = wanted.configuration.symbol(symbol);
    const isKnown = found !== undefined && found.menus.length > 0;
    return {
      symbol,
      wanted: value,
      got: got.get(symbol) ?? null,
      prompt: isKnown ? promptOf(found) : null,
      cause: isKnown ? causeOf(symbol, value) : unknownCause(symbol, names, []),
    };
  };
  return [
    ...wanted.misses.map(({ symbol, wanted: value }) => item(symbol, value, wanted.values, inTree)),
    ...missed.map((symbol) =>
      item(
        symbol,
        wanted.values.get(symbol) ?? 'n',
        result.values,
        (name, value) => known(name) ?? inResult(name, value),
      ),
    ),
  ].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

/** For causes where no session led to a configuration. */
export const NOTHING_SEEN: Observation = {
  questions: new Map(),
  choices: [],
  refusals: [],
  complaints: [],
  help: new Map(),
  finalValues: null,
};
