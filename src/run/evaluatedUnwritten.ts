/** What commands share that look at a target and write nothing. */
import type { Target } from '../config/config.ts';
import { BlockedError, InfrastructureError, Interrupted, RefusedError } from '../model/errors.ts';
import type { RunOutcome } from '../model/run.ts';
import type { BuildProgress } from '../nix/configBuild.ts';
import { recordedChildren } from '../state/childProcesses.ts';
import type { History } from '../state/historyDatabase.ts';
import { judged } from '../state/recordRun.ts';
import { hostOnce, neededByHost, type HostRead } from './checkHost.ts';
import { prepareUnwritten, type Prepared, type Unwritten } from './prepare.ts';
import type { Failed, Predictor, PredictOptions } from './predictor.ts';
import { newIteration, type OpenIteration } from './runRecorder.ts';

/** How a command looks at a target: who predicts, what ends it, and who hears how far it is. */
export type Looking = {
  predictor: Predictor;
  signal: AbortSignal;
  onPhase: (phase: 'evaluate' | 'facts' | 'predict' | 'build' | 'write') => void;
  onProgress: (progress: BuildProgress) => void;
};

export type EvaluatedUnwritten = {
  prepared: Prepared | Unwritten;
  open: OpenIteration;
  /** With which the engine is asked about it. Facts that are missing may be built. */
  options: PredictOptions;
  /** What its host needs, which takes an evaluation of its own. */
  host: () => Promise<HostRead>;
};

/**
 * Evaluates a target as it stands. `history` is a copy of what is recorded: it is written to. null after an interruption.
 * @throws BlockedError, InfrastructureError as a run would end.
 * @param options.asBuilt where it was built so, lost wishes are not pursued anew, which may take seconds: the entries for them stand.
 */
export async function evaluatedUnwritten(
  target: Target,
  history: History,
  { signal, onPhase, onProgress }: Omit<Looking, 'predictor'>,
  { asBuilt = false } = {},
): Promise<EvaluatedUnwritten | null> {
  onPhase('evaluate');
  const processes = recordedChildren(history);
  const open = newIteration(0, null);
  const running = { target, history, run: 0, signal, processes };
  const prepared = await prepareUnwritten({
    ...running,
    open,
    managed: null,
    recorded: null,
    fresh: false,
    onInputs: undefined,
  });
  if (prepared.kind === 'aborted' || prepared.kind === 'newer-save') return null;
  if (prepared.kind === 'blocked') throw new BlockedError(prepared.problem);
  if (prepared.kind === 'infrastructure') throw new InfrastructureError(prepared.problem);
  const options = { target, signal, processes, mayBuild: true, onPhase, onProgress };
  const host = hostOnce(prepared, options);
  if (asBuilt && prepared.kind === 'ready' && judged(history, prepared.kernel.build.drvPath) !== null)
    return { prepared, open, host, options: { ...options, needed: 'kept' } };
  try {
    const needed = await neededByHost(target, host);
    return { prepared, open, host, options: { ...options, needed } };
  } catch (error) {
    if (error instanceof Interrupted) return null;
    throw error;
  }
}

/**
 * What the engine gave for an evaluation whose facts may be built; null after an interruption.
 * @throws InfrastructureError; RefusedError where this kernel cannot be predicted.
 */
export function given<T extends { kind: string }>(result: T | Failed): Exclude<T, Failed> | null {
  const failed = result as Failed;
  switch (failed.kind) {
    case 'aborted':
      return null;
    case 'infrastructure':
      throw new InfrastructureError(failed.problem);
    case 'no-facts':
      throw new Error('facts may be built, and were not');
    case 'unpredictable':
    case 'engine-error':
      throw new RefusedError(failed.problem);
    default:
      return result as Exclude<T, Failed>;
  }
}

/** Why there is nothing to look at in what a target comes to, for the user to act on. */
export function withoutResult(outcome: RunOutcome, message: string): BlockedError | RefusedError {
  if (outcome.kind === 'blocked') return new BlockedError(outcome.problem);
  return new RefusedError({ message, hint: '`falloutd predict` says why' });
}
