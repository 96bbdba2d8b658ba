/** `falloutd predict`: what a run would come to. */
import type { Target } from '../config/config.ts';
import { changesBetween } from '../fallout/absorb.ts';
import { withPositions, withRootPositions } from '../managed/positions.ts';
import type { EntryChange } from '../model/entry.ts';
import { summed } from '../kernel/valueChanges.ts';
import type { SideEffect, SideEffects } from '../model/sideEffects.ts';
import type { Fallout } from '../model/fallout.ts';
import type { Lost, RunOutcome } from '../model/run.ts';
import { hostModules } from '../state/hostModules.ts';
import type { History } from '../state/historyDatabase.ts';
import { evaluatedUnwritten, given, type Looking } from './evaluatedUnwritten.ts';
import { blockedBy } from './predictor.ts';
import { located } from './verify.ts';

/** What a run would come to, and `null` where an interruption ended the prediction. */
export type PredictedRun = Lost & {
  outcome: Extract<RunOutcome, { kind: 'stable' | 'stalled' | 'blocked' }>;
  fallout: Fallout[];
  entries: EntryChange[];
  predictMs: number;
  factsMs: number | null;
  dotConfig: string | null;
  /** All options that the wishes would change beyond what they ask for; absent where that is not known. */
  sideEffects?: SideEffects & { all: SideEffect[] };
};

/**
 * Evaluates a target and predicts what a run would come to; the user's files stay as they are. `history` is a copy of what is
 * recorded: it is written to. null after an interruption.
 * @throws BlockedError, InfrastructureError as a run would end; RefusedError where this kernel cannot be predicted.
 */
export async function predictTarget(target: Target, history: History, looking: Looking): Promise<PredictedRun | null> {
  const evaluated = await evaluatedUnwritten(target, history, looking);
  if (evaluated === null) return null;
  const { prepared, open, options } = evaluated;
  const known = hostModules(history, target.name);
  const result = given(await looking.predictor.predict(prepared, { ...options, hostModules: known }));
  if (result === null) return null;
  const { prediction, effects: found, predictMs, factsMs } = result;
  const effects = found.kind === 'found' ? withRootPositions(found.effects, prepared.inputs) : null;
  const fallout = withPositions([...open.fallout, ...prediction.fallout], prepared.inputs);
  const problem = blockedBy(prediction, fallout, target);
  const { lost, lostDefaults = [] } = prediction.lost;
  return {
    outcome: problem === null ? prediction.outcome : { kind: 'blocked', problem },
    fallout,
    entries: changesBetween(prepared.found, new Map(prediction.entries.map((entry) => [entry.symbol, entry]))),
    predictMs: Math.round(predictMs),
    factsMs: factsMs === null ? null : Math.round(factsMs),
    dotConfig: prediction.dotConfig,
    ...(effects && { sideEffects: { ...summed(effects), all: effects } }),
    ...located(lost, prepared.inputs, { defaults: lostDefaults, unknown: prediction.unknown }),
  };
}
