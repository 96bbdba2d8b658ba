/** `falloutd want`, and the remedies of `falloutd lost`. */
import type { Target } from '../config/config.ts';
import type { SearchedRemedies, TargetRemedies } from '../kernel/remedies.ts';
import type { WantedValue } from '../model/remedy.ts';
import type { History } from '../state/historyDatabase.ts';
import { evaluatedUnwritten, given, withoutResult, type Looking } from './evaluatedUnwritten.ts';

type Sought = { wanted: readonly WantedValue[]; most: number; alsoWanted?: readonly WantedValue[] };

/** Looks for ways on one evaluation of a target; null after an interruption. */
export type RemedyFinder = (sought: Sought) => Promise<SearchedRemedies | null>;

/**
 * Evaluates a target, whose files stay as they are. `history` is a copy of what is recorded: it is written to. null after an interruption.
 * @throws BlockedError, InfrastructureError as a run would end; the finder throws RefusedError where this kernel cannot be predicted.
 */
export async function remedyFinder(target: Target, history: History, looking: Looking): Promise<RemedyFinder | null> {
  const evaluated = await evaluatedUnwritten(target, history, looking, { asBuilt: true });
  if (evaluated === null) return null;
  const { prepared, options } = evaluated;
  // Who looks says what for.
  const onFacts: Looking['onPhase'] = (phase) => (phase === 'predict' ? undefined : looking.onPhase(phase));
  return async (sought) => {
    const reply = given(await looking.predictor.remedies(prepared, sought, { ...options, onPhase: onFacts }));
    return reply === null ? null : searched(reply.found);
  };
}

/** @throws where the target comes to nothing that could be changed, for the user to act on. */
function searched(found: TargetRemedies): SearchedRemedies {
  if (found.kind === 'searched') return found.found;
  throw withoutResult(found.outcome, 'this target does not come to a configuration that could be changed');
}
