/** The causes of what a build showed, where no prediction had them. */
import { effectiveSaid } from '../fallout/intents.ts';
import { judge } from '../fallout/judge.ts';
import { lostDefaults, lostWishes } from '../fallout/lostWishes.ts';
import { Configuration, readConfig } from '../kconfig/index.ts';
import type { Fallout, Wish } from '../model/fallout.ts';
import type { Observation } from '../model/observation.ts';
import type { Lost } from '../model/run.ts';
import type { AnsweredKernel } from './answerSession.ts';
import { causesIn } from './causes.ts';
import type { KernelNames } from './kernelNames.ts';
import type { PredictionInput } from './prediction.ts';
import { withRoots } from './roots.ts';
import { markUnknown, unknownWishes } from './symbols.ts';

/** What a build showed. */
export type ExplanationInput = Pick<PredictionInput, 'intents' | 'legacy' | 'managedName' | 'settings'> & {
  observation: Observation;
  /** null where the build failed. */
  dotConfig: string | null;
};

export type Explained = {
  fallout: Fallout[];
  lost: Lost;
  /** Wishes that are honoured only because no Kconfig file defines the symbol. */
  unknown: Wish[];
};

/** Judges a build again, with the engine's causes. */
export function explainBuild(
  { kconfig, baseConfig }: AnsweredKernel,
  { observation, dotConfig, settings, ...asked }: ExplanationInput,
  names: KernelNames,
): Explained {
  const { intents, legacy, managedName } = asked;
  const configuration = new Configuration(kconfig);
  readConfig(configuration, dotConfig ?? `${baseConfig}\n${answersIn(observation)}`);
  const askedBy = effectiveSaid(intents, managedName, legacy);
  const causeOf = causesIn(configuration, { names, asked: askedBy, observation });
  const judging = { observation, settings, intents, legacy, managedName, said: askedBy, causeOf };
  const lost = { lost: markUnknown(lostWishes(judging)), lostDefaults: markUnknown(lostDefaults(judging)) };
  return {
    fallout: markUnknown(judge(judging)),
    lost: withRoots(lost, configuration, askedBy),
    unknown: dotConfig === null ? [] : unknownWishes(asked, lost.lost, names, managedName),
  };
}

/** As far as a script came that died: its answers, and the defaults that it left. */
function answersIn({ questions }: Observation): string {
  const value = ({ alts, answer }: { alts: string; answer: string }): string =>
    answer === '' ? (/[YMN]/.exec(alts)?.[0] ?? '') : answer;
  return [...questions.values()]
    .map((question) => ({ symbol: question.symbol, value: value(question).toLowerCase() }))
    .filter((answered) => /^[ymn]$/.test(answered.value))
    .map((answered) => `CONFIG_${answered.symbol}=${answered.value}\n`)
    .join('');
}
