/** `falloutd preflight`: what the kernel that a target comes to lacks of what its host needs. */
import type { Target } from '../config/config.ts';
import type { Preflight } from '../model/preflight.ts';
import { BlockedError, RefusedError } from '../model/errors.ts';
import type { Problem } from '../model/problem.ts';
import type { History } from '../state/historyDatabase.ts';
import { checkHost } from './checkHost.ts';
import { evaluatedUnwritten, given, type Looking } from './evaluatedUnwritten.ts';

export type TargetPreflight =
  /** `isHost`: whether the kernel belongs to a NixOS configuration. */
  | { kind: 'checked'; found: Preflight & { isHost: boolean } }
  /** The host cannot be evaluated. */
  | { kind: 'unread'; problem: Problem };

/**
 * Evaluates a target, predicts its .config, and looks up there what the host needs. `history` is a copy of what is recorded. null after
 * an interruption.
 * @throws BlockedError, InfrastructureError as a run would end; RefusedError where this kernel cannot be predicted.
 */
export async function preflightTarget(
  target: Target,
  history: History,
  { predictor, signal, onPhase, onProgress }: Looking,
): Promise<TargetPreflight | null> {
  const evaluated = await evaluatedUnwritten(target, history, { signal, onPhase });
  if (evaluated === null) return null;
  const { prepared, processes } = evaluated;
  const options = { target, signal, processes, mayBuild: true, onPhase, onProgress };
  const predicted = given(await predictor.predict(prepared, { ...options, withEffects: false }));
  if (predicted === null) return null;
  const { dotConfig, outcome } = predicted.prediction;
  if (outcome.kind === 'blocked') throw new BlockedError(outcome.problem);
  if (dotConfig === null)
    throw new RefusedError({ message: 'this target comes to no .config', hint: '`falloutd predict` says why' });
  const checked = await checkHost(prepared, dotConfig, predictor, options);
  if (checked.kind === 'unread') return checked;
  const result = given(checked);
  return result === null ? null : { kind: 'checked', found: { isHost: result.isHost, ...result.found } };
}
