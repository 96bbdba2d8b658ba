/** `falloutd rehearse`: what another nixpkgs or another kernel does to a target. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Target } from '../config/config.ts';
import { compared, type Rehearsed } from '../kernel/rehearsal.ts';
import { withPositions } from '../managed/positions.ts';
import { BlockedError } from '../model/errors.ts';
import type { Preflight } from '../model/preflight.ts';
import type { Comparison, Rehearsal, VerifiedRehearsal } from '../model/rehearsal.ts';
import type { RunOutcome } from '../model/run.ts';
import { parseDotConfig } from '../script/dotConfig.ts';
import type { History } from '../state/historyDatabase.ts';
import { dotConfig as recordedConfig } from '../state/recordedRuns.ts';
import { checkHost } from './checkHost.ts';
import { converge } from './converge.ts';
import { copyFlake } from './copyFlake.ts';
import {
  evaluatedUnwritten,
  given,
  withoutResult,
  type EvaluatedUnwritten,
  type Looking,
} from './evaluatedUnwritten.ts';
import { missedBy } from './misprediction.ts';
import { blockedBy } from './predictor.ts';
import { located } from './verify.ts';

/**
 * Predicts a target as it stands and as `other`, the same one with another input or attribute, and compares the two. No file of the user's
 * changes. `history` is a copy of what is recorded: it is written to. `builds`: a config build verifies the prediction of the other one.
 * null after an interruption.
 * @throws BlockedError where the target as it stands does; InfrastructureError as a run would end; RefusedError where one of the kernels
 * cannot be predicted.
 */
export async function rehearse(
  target: Target,
  other: Target,
  history: History,
  { builds, ...looking }: Looking & { builds: boolean },
): Promise<Rehearsal | null> {
  const now = await foreseen(target, history, looking);
  if (now === null) return null;
  if (now.rehearsed === null) throw withoutResult(now.outcome, 'this target comes to no .config as it stands');
  const next = await orBlocked(foreseen(other, history, looking));
  if (next === null) return null;
  const sides = {
    target: target.name,
    now: { kernel: now.evaluated.prepared.kernel.version, outcome: now.outcome },
    next: { kernel: next.evaluated?.prepared.kernel.version ?? null, outcome: next.outcome },
  };
  if (next.rehearsed === null) return { ...sides, ...NOTHING, preflight: null, verified: null };
  const comparison = compared(now.rehearsed, next.rehearsed);
  const preflight = await hostCheck(next, looking);
  const verified = builds ? await verifiedBy(other, history, next.rehearsed.dotConfig, looking) : null;
  const isWhole = !looking.signal.aborted;
  return isWhole ? { ...sides, ...comparison, preflight, verified } : null;
}

const NOTHING: Comparison = {
  lost: [],
  gained: [],
  entries: { needed: [], noLonger: [] },
  gone: [],
  questions: [],
  changed: [],
};

/** `rehearsed` null: it comes to no .config. */
type Foreseen = { evaluated: EvaluatedUnwritten; outcome: RunOutcome; rehearsed: Rehearsed | null };
type Blocked = { evaluated: null; outcome: RunOutcome; rehearsed: null };

async function foreseen(target: Target, history: History, looking: Looking): Promise<Foreseen | null> {
  const evaluated = await evaluatedUnwritten(target, history, looking);
  if (evaluated === null) return null;
  const { prepared, options } = evaluated;
  const { kernel, inputs } = prepared;
  const { predictor } = looking;
  const predicted = given(await predictor.predict(prepared, options));
  if (predicted === null) return null;
  const { prediction } = predicted;
  const problem = blockedBy(prediction, withPositions(prediction.fallout, inputs), target);
  const outcome: RunOutcome = problem === null ? prediction.outcome : { kind: 'blocked', problem };
  const { dotConfig, entries, settings, unknown } = prediction;
  if (dotConfig === null) return { evaluated, outcome, rehearsed: null };
  const portrayed = given(await predictor.portray(kernel, dotConfig, options));
  if (portrayed === null) return null;
  const { lost } = located(prediction.lost.lost, inputs, { defaults: [], unknown });
  const asking = { intents: kernel.intents, legacy: kernel.legacy, managedName: target.managedName };
  const requested = new Set(Object.keys(settings));
  const rehearsed = { asking, requested, lost, entries, dotConfig, portrait: portrayed.portrait };
  return { evaluated, outcome, rehearsed };
}

/** What blocks the other kernel is the answer. */
async function orBlocked(foreseeing: Promise<Foreseen | null>): Promise<Foreseen | Blocked | null> {
  try {
    return await foreseeing;
  } catch (error) {
    if (!(error instanceof BlockedError)) throw error;
    return { evaluated: null, outcome: { kind: 'blocked', problem: error.problem }, rehearsed: null };
  }
}

/** What the other kernel lacks; null where the host cannot be evaluated, or is none. */
async function hostCheck({ evaluated, rehearsed }: Foreseen | Blocked, looking: Looking): Promise<Preflight | null> {
  if (evaluated === null || rehearsed === null) return null;
  const { prepared, options, host } = evaluated;
  const checked = await checkHost(prepared, rehearsed.dotConfig, looking.predictor, options, host);
  return checked.kind === 'checked' && checked.isHost ? checked.found : null;
}

/** Runs the target to its end on a copy of the flake, and compares the .config that was built; null after an interruption. */
async function verifiedBy(
  target: Target,
  history: History,
  predicted: string,
  { predictor, signal, onPhase, onProgress }: Looking,
): Promise<VerifiedRehearsal | null> {
  const scratch = await mkdtemp(join(tmpdir(), 'falloutd-rehearse-'));
  try {
    const { copied, inPlace } = await copyFlake(target, join(scratch, 'flake'), { signal, option: '--build' });
    const run = inPlace(
      await converge(copied, history, {
        cause: 'command',
        signal,
        predictor,
        emit: (event) => {
          if (event.kind === 'phase') onPhase(event.phase);
          else if (event.kind === 'progress') onProgress(event);
        },
      }),
    );
    const { outcome, iterations } = run;
    const last = iterations.at(-1);
    const built = last === undefined ? null : recordedConfig(history, last.iteration);
    if (outcome === null || outcome.kind === 'interrupted') return null;
    const values = built === null ? null : parseDotConfig(built);
    const symbols = missedBy(parseDotConfig(predicted), values, values === null ? (last?.fallout ?? []) : []);
    if (outcome.kind === 'stable' && symbols.length === 0) return { kind: 'as-predicted' };
    return { kind: 'otherwise', outcome, symbols };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
