/** `falloutd preflight`: what the kernel that a target comes to lacks of what its host needs. */
import type { Target } from '../config/config.ts';
import type { Preflight } from '../model/preflight.ts';
import type { Problem } from '../model/problem.ts';
import type { History } from '../state/historyDatabase.ts';
import { checkHost } from './checkHost.ts';
import { evaluatedUnwritten, given, withoutResult, type Looking } from './evaluatedUnwritten.ts';

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
  looking: Looking,
): Promise<TargetPreflight | null> {
  const evaluated = await evaluatedUnwritten(target, history, looking);
  if (evaluated === null) return null;
  const { prepared, options, host } = evaluated;
  const predicted = given(await looking.predictor.predict(prepared, { ...options, withEffects: false }));
  if (predicted === null) return null;
  const { dotConfig, outcome } = predicted.prediction;
  if (outcome.kind === 'blocked' || dotConfig === null) throw withoutResult(outcome, 'this target comes to no .config');
  const checked = await checkHost(prepared, dotConfig, looking.predictor, options, host);
  if (checked.kind === 'unread') return checked;
  const result = given(checked);
  return result === null ? null : { kind: 'checked', found: { isHost: result.isHost, ...result.found } };
}
