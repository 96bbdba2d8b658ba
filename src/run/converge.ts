import { recordedChildren } from '../state/childProcesses.ts';
import type { Target } from '../config/config.ts';
import { BlockedError, FalloutdError, InfrastructureError } from '../model/errors.ts';
import { isAbsorbed } from '../fallout/absorbedKinds.ts';
import { absorb, areSame, changesBetween, type Managed } from '../fallout/absorb.ts';
import { reviewEntries, withEntryCauses } from '../fallout/reviewEntries.ts';
import type { History } from '../state/historyDatabase.ts';
import { type IterationExtras } from '../state/recordRun.ts';
import { replacementsOf } from '../state/replacements.ts';
import { dotConfig } from '../state/recordedRuns.ts';
import { expected, managedEntries, markStable, saveManaged, stableOf } from '../state/targets.ts';
import { retain } from '../state/contents.ts';
import { inputHashes, inputsHash } from '../system/contentHash.ts';
import { unknownProblem } from '../kernel/symbols.ts';
import { writeEntries, writeRoot } from './patchWriter.ts';
import { writeUserFile, type FileChange, type WriteListeners } from './writeUserFile.ts';
import type { BuildProgress, Transcript } from '../nix/configBuild.ts';
import type { Prediction } from '../kernel/prediction.ts';
import { withPositions } from '../managed/positions.ts';
import { compareSymbols } from '../script/configDifference.ts';
import { writtenValues } from '../script/dotConfig.ts';
import { Foresight } from './foresight.ts';
import { blockedBy, type Predictor } from './predictor.ts';
import {
  prepare,
  prepareUnwritten,
  type Preparation,
  type Prepared,
  type PrepareOptions,
  type Running,
  type Unwritten,
} from './prepare.ts';
import { Recorder, type ConfigChanges, type OpenIteration } from './runRecorder.ts';
import { sizeWarning, sourceSizes } from '../nix/sourceSize.ts';
import { limitOf } from '../model/limits.ts';
import { undoRun } from './undo.ts';
import { verify, type Verification, type Verified, type VerifyOptions } from './verify.ts';
import type { Fallout } from '../model/fallout.ts';
import type { IterationOutcome, Lost, Run, Trigger, RunOutcome } from '../model/run.ts';
import type { ManagedEntry } from '../model/entry.ts';
import type { Problem } from '../model/problem.ts';
import type { RunEvent } from '../model/event.ts';

export type ConvergeOptions = Trigger &
  WriteListeners & {
    /** Aborting cancels the run; the reason `superseded` (saved again) tells it from an interruption. */
    signal: AbortSignal;
    /** Release every entry first. */
    fresh?: boolean;
    transcripts?: number;
    emit: (event: RunEvent) => void;
    /** Called after each evaluation with the user's files that it read. */
    onInputs?: (files: string[]) => void;
    /** What the run begins with: changes of the user's own files, which they asked for. */
    edits?: readonly FileChange[];
    /** Computes what builds would show; without it every step takes a build. */
    predictor?: Predictor | undefined;
  };

/**
 * One run: evaluate, build, read, absorb, write, until nothing changes any more (ARCHITECTURE.md, "The loop").
 * Everything it did is in history when it returns; whatever stops it is an outcome, not an exception.
 */
export async function converge(target: Target, history: History, options: ConvergeOptions): Promise<Run> {
  const recorder = new Recorder(history, options.emit, target, options);
  const before = managedEntries(history, target.name);
  const { signal, onWrite, onDisplaced } = options;
  const processes = recordedChildren(history);
  const running = { target, history, run: recorder.run, signal, processes, onWrite, onDisplaced };
  const convergence = new Convergence(running, recorder, options);
  let outcome: RunOutcome;
  try {
    outcome = (await writeEdits(running, options.edits ?? [])) ?? (await convergence.toFixedPoint());
  } catch (error) {
    if (error instanceof BlockedError) outcome = { kind: 'blocked', problem: error.problem };
    else if (error instanceof InfrastructureError) outcome = { kind: 'infrastructure', problem: error.problem };
    else throw error;
  }
  if (options.transcripts !== undefined) retain(history, 'transcripts', options.transcripts);
  if (options.fresh === true && outcome.kind !== 'stable') await putBack(running, before);
  return recorder.end(outcome, convergence.gained(), convergence.lost, convergence.config);
}

/** Changes files of the user's; the end of the run where one cannot be changed. */
async function writeEdits(
  { target, history, run, signal, processes, onWrite, onDisplaced }: Running,
  edits: readonly FileChange[],
): Promise<RunOutcome | null> {
  const nix = { signal, processes, limit: limitOf(target.limits, 'evaluation') };
  const options = { history, target: target.name, run, root: writeRoot(target), onWrite, onDisplaced, nix };
  for (const edit of edits) {
    const written = await writeUserFile(edit, options);
    if (written.kind === 'refused') return { kind: 'blocked', problem: written.problem };
    if (written.kind === 'newer-save') return { kind: 'superseded' };
    if (written.kind === 'aborted') return interruptedBy(signal);
  }
  return null;
}

/** A save that supersedes a run aborts it with that as its reason. */
const interruptedBy = (signal: AbortSignal): RunOutcome => ({
  kind: signal.reason === 'superseded' ? 'superseded' : 'interrupted',
});

/** Puts back the entries that a run released at its start and did not come to replace. A save in this very moment stands. */
async function putBack(
  { target, history, run, onWrite, onDisplaced }: Running,
  entries: readonly ManagedEntry[],
): Promise<void> {
  if (replacementsOf(history, target.name, run).length === 0) return;
  try {
    await undoRun(target, history, run, { onWrite, onDisplaced });
    saveManaged(history, target.name, entries);
  } catch (error) {
    if (!(error instanceof FalloutdError)) throw error;
  }
}

/** So many changes of the .config are named. */
const SHOWN_CHANGES = 4;

const absorbable = (fallout: readonly Fallout[]): Fallout[] => fallout.filter(isAbsorbed);

/** What is built next, and what was predicted of it. */
type GoOn = { kind: 'go-on'; prepared: Prepared | Unwritten; predicted: Prediction | null };

const sameReasons = (before: Managed, after: Managed): boolean =>
  [...before].every(([symbol, { reason }]) => after.get(symbol)?.reason === reason);

type Step = { kind: 'again' } | { kind: 'end'; outcome: RunOutcome };

/** How a stage ends that cannot go on. */
type Stopped =
  | { kind: 'blocked' | 'infrastructure'; problem: Problem; transcript?: Transcript }
  | { kind: 'newer-save' }
  | { kind: 'aborted' };

class Convergence {
  lost: Lost = { lost: [] };
  /** What changed since the last stable run. */
  config: ConfigChanges | null = null;
  #managed: Managed | null = null;
  #recorded: Managed | null = null;
  #entriesAtStart: number | null = null;
  #builds = 0;
  readonly #seen = new Set<string>();
  readonly #foresight: Foresight;
  readonly #running: Running;
  readonly #recorder: Recorder;
  readonly #options: ConvergeOptions;
  readonly #sizes: ReturnType<typeof sourceSizes>;
  #hasWarnedOfSize = false;

  constructor(running: Running, recorder: Recorder, options: ConvergeOptions) {
    this.#running = running;
    this.#recorder = recorder;
    this.#options = options;
    const { target, signal, processes } = running;
    const onStep = (open: OpenIteration, step: string): void => this.#emitProgress(open, step);
    this.#foresight = new Foresight(options.predictor, running, recorder, onStep);
    this.#sizes = sourceSizes(target.nixArgs, { signal, processes, limit: limitOf(target.limits, 'evaluation') });
  }

  /** How many entries the managed patch has more than at the start. */
  gained(): number {
    return (this.#managed?.size ?? 0) - (this.#entriesAtStart ?? this.#managed?.size ?? 0);
  }

  async toFixedPoint(): Promise<RunOutcome> {
    for (;;) {
      const step = await this.#iterate();
      if (step.kind === 'end') return step.outcome;
    }
  }

  /** One iteration, stage by stage; a stage that cannot go on ends the run. */
  async #iterate(): Promise<Step> {
    const open = this.#recorder.begin(null);
    const found = await this.#evaluateAhead(open);
    if (found.kind !== 'ready' && found.kind !== 'unwritten') return this.#stop(open, found);
    if (found.kind === 'ready' && this.#seen.has(found.kernel.build.drvPath)) return this.#repeated(open);
    const ahead = await this.#predict(open, found);
    if (ahead.kind !== 'go-on') return ahead;
    const { predicted } = ahead;
    const prepared = ahead.prepared.kind === 'unwritten' ? await this.#evaluate(open) : ahead.prepared;
    if (prepared.kind !== 'ready') return this.#stop(open, prepared);
    if (this.#seen.has(prepared.kernel.build.drvPath)) return this.#repeated(open);
    return await this.#buildAndAbsorb(open, prepared, predicted);
  }

  #repeated(open: OpenIteration): Step {
    return this.#end(open, 'fallout', { kind: 'stalled', reason: 'repeated-state', symbols: [] });
  }

  async #buildAndAbsorb(open: OpenIteration, prepared: Prepared, predicted: Prediction | null): Promise<Step> {
    const built = await this.#buildAndJudge(open, prepared, predicted);
    if (built.kind !== 'verified') return this.#stop(open, built);
    const verified = await this.#foresight.explain(open, prepared, built, predicted);
    if (verified.kind !== 'verified') return this.#stop(open, verified);
    const known = new Set(open.fallout.map(({ kind, symbol }) => `${kind} ${symbol}`));
    open.fallout.push(...verified.fallout.filter(({ kind, symbol }) => !known.has(`${kind} ${symbol}`)));
    if (verified.dotConfig !== null && absorbable(verified.fallout).length === 0)
      return (await this.#review(open, prepared, verified)) ?? this.#stable(open, prepared, verified);
    if (this.#isExhausted()) return this.#exhausted(open, prepared, verified);
    return await this.#absorbAndWrite(open, prepared, verified);
  }

  async #evaluate(open: OpenIteration): Promise<Preparation> {
    const prepared = await prepare(this.#preparing(open));
    if (prepared.kind !== 'ready') return prepared;
    this.#entriesAtStart ??= prepared.managed.size - entryGain(open);
    this.#keepInMind(prepared);
    return prepared;
  }

  /** Where a prediction may follow, nothing is written before it. */
  async #evaluateAhead(open: OpenIteration): Promise<Preparation | Unwritten> {
    if (!this.#foresight.isPossible) return this.#evaluate(open);
    const prepared = await prepareUnwritten(this.#preparing(open));
    if (prepared.kind === 'unwritten') this.#entriesAtStart ??= prepared.found.size;
    if (prepared.kind !== 'ready') return prepared;
    this.#entriesAtStart ??= prepared.managed.size;
    this.#keepInMind(prepared);
    return prepared;
  }

  #keepInMind({ managed, isStable }: Prepared): void {
    this.#managed = managed;
    // Entries that are taken as they stand are not recorded again.
    if (!isStable) this.#recorded = managed;
  }

  #preparing(open: OpenIteration): PrepareOptions {
    this.#recorder.phase(open, 'evaluate');
    const { fresh = false, onInputs } = this.#options;
    return { ...this.#running, open, managed: this.#managed, recorded: this.#recorded, fresh, onInputs };
  }

  /**
   * Computes what a build would show, and writes the entries that this comes to. What no entry can remove ends the run; all
   * else is for a build to show.
   */
  async #predict(open: OpenIteration, prepared: Prepared | Unwritten): Promise<GoOn | Step> {
    const result = await this.#foresight.predict(open, prepared, this.#builds > 0);
    if (result === null) return { kind: 'go-on', prepared, predicted: null };
    if (result.kind !== 'predicted') return this.#stop(open, result);
    return await this.#foresee(open, prepared, result.prediction);
  }

  async #foresee(open: OpenIteration, prepared: Prepared | Unwritten, prediction: Prediction): Promise<GoOn | Step> {
    const { target } = this.#running;
    const fallout = withPositions(prediction.fallout, prepared.inputs);
    const problem = blockedBy(prediction, fallout, target);
    if (problem !== null) {
      open.fallout.push(...fallout);
      return this.#end(open, 'blocked', { kind: 'blocked', problem });
    }
    // A build shows whether nothing is left to try.
    if (prediction.outcome.kind === 'stalled') return { kind: 'go-on', prepared, predicted: null };
    const { found } = prepared;
    const managed: Managed = new Map(prediction.entries.map((entry) => [entry.symbol, entry]));
    const changes = changesBetween(found, managed);
    if (prepared.kind === 'ready' && changes.length === 0 && sameReasons(found, managed)) {
      this.#foresight.announce(open, prediction, prepared.inputs);
      return { kind: 'go-on', prepared, predicted: prediction };
    }
    open.fallout.push(...fallout);
    if (prepared.kind === 'unwritten' && prepared.restored !== undefined) open.restored = prepared.restored;
    const stopped = await this.#write(open, prepared.files, { from: found, to: managed });
    if (stopped !== null) return stopped;
    open.entries.push(...changes);
    const again = await this.#evaluate(open);
    if (again.kind !== 'ready') return this.#stop(open, again);
    const isAsked = this.#foresight.isAsked(open, prediction, again.kernel.settings);
    if (isAsked) this.#foresight.announce(open, prediction, again.inputs);
    return { kind: 'go-on', prepared: again, predicted: isAsked ? prediction : null };
  }

  #emitProgress(open: OpenIteration, step: string): void {
    const { run } = this.#running;
    this.#options.emit({ kind: 'progress', run, iteration: open.iteration, step, questions: 0, expected: null });
  }

  async #buildAndJudge(open: OpenIteration, prepared: Prepared, predicted: Prediction | null): Promise<Verification> {
    this.#seen.add(prepared.kernel.build.drvPath);
    this.#recorder.phase(open, 'build');
    const [verified] = await Promise.all([
      verify(prepared.kernel, this.#verifying(open)),
      this.#measure(open, prepared),
      this.#foresight.checkHost(prepared, predicted),
    ]);
    if (verified.kind === 'aborted') return verified;
    this.#builds++;
    open.buildMs = verified.ms;
    return verified;
  }

  /** Measures beside the build how much the evaluation copied; too much gives one warning per run. */
  async #measure(open: OpenIteration, { sources }: Prepared): Promise<void> {
    const copied = await this.#sizes(sources);
    if (copied === null || copied.length === 0) return;
    open.sourceBytes = copied.reduce((sum, { bytes }) => sum + bytes, 0);
    const warning = this.#hasWarnedOfSize ? null : sizeWarning(copied);
    if (warning === null) return;
    this.#hasWarnedOfSize = true;
    this.#recorder.warn(warning);
  }

  /**
   * After a green build: takes out the entries that the result does not need and corrects the reasons that it refutes. What
   * stands in the file then is evaluated, and built where its derivation is another one. null where all is well.
   */
  async #review(open: OpenIteration, prepared: Prepared, verified: Verified): Promise<Step | null> {
    const { finalValues } = verified.observation;
    if (finalValues === null || this.#isExhausted()) return null;
    const { managed, asked } = prepared;
    const lost = withEntryCauses(verified.lost, managed, finalValues);
    // What this run absorbed stays, so that it ends; what is taken as it stands is not built again for this.
    const met = [...this.#recorder.iterations, open].flatMap(({ fallout }) => fallout.map(({ symbol }) => symbol));
    const stays = new Set(verified.ms === 0 && prepared.isStable ? managed.keys() : met);
    const reviewed = reviewEntries(managed, asked, { values: finalValues, lost }, stays);
    if (sameReasons(managed, reviewed)) {
      if (this.#recorded === null || !areSame(this.#recorded, reviewed))
        saveManaged(this.#running.history, this.#running.target.name, [...reviewed.values()]);
      return null;
    }
    this.#seen.clear();
    return await this.#rewrite(open, prepared, reviewed, 'green', extrasOf(prepared, verified));
  }

  async #absorbAndWrite(open: OpenIteration, prepared: Prepared, verified: Verified): Promise<Step> {
    const extras = extrasOf(prepared, verified);
    const block = (problem: Problem): Step => this.#end(open, 'blocked', { kind: 'blocked', problem }, extras);
    const unknown = verified.fallout.find((f) => f.kind === 'unknown');
    const { target } = this.#running;
    if (unknown !== undefined && target.unknown === 'block') return block(unknownProblem(unknown));
    const absorbed = absorb(verified.fallout, prepared.managed, prepared.asked, target.policy);
    const [problem] = absorbed.problems;
    if (problem !== undefined) return block(problem);
    if (changesBetween(prepared.managed, absorbed.managed).length === 0) {
      const symbols = absorbed.stuck.map((f) => f.symbol);
      return this.#end(open, 'fallout', { kind: 'stalled', reason: 'no-rung', symbols }, extras);
    }
    return await this.#rewrite(open, prepared, absorbed.managed, 'fallout', extras);
  }

  /** Writes the managed patch; the next iteration shows what comes of it. */
  async #rewrite(
    open: OpenIteration,
    prepared: Prepared,
    managed: Managed,
    outcome: 'green' | 'fallout',
    extras: IterationExtras,
  ): Promise<Step> {
    const edit = { from: prepared.managed, to: managed };
    const stopped = await this.#write(open, prepared.files, edit, { outcome, extras });
    if (stopped !== null) return stopped;
    open.entries.push(...changesBetween(prepared.managed, managed));
    this.#recorder.finish(open, outcome, extras);
    return { kind: 'again' };
  }

  /** Writes the managed patch; the end of the run where that cannot be. */
  async #write(
    open: OpenIteration,
    files: Prepared['files'],
    edit: { from: Managed; to: Managed },
    { outcome = 'cancelled', extras = {} }: { outcome?: IterationOutcome; extras?: IterationExtras } = {},
  ): Promise<Step | null> {
    this.#recorder.phase(open, 'write');
    const written = await writeEntries(this.#running.target, files, edit, this.#running);
    if (written.kind === 'refused')
      return this.#end(open, 'blocked', { kind: 'blocked', problem: written.problem }, extras);
    if (written.kind === 'newer-save') return this.#end(open, outcome, { kind: 'superseded' }, extras);
    if (written.kind === 'aborted') return this.#stop(open, written, extras);
    this.#managed = edit.to;
    this.#recorded = edit.to;
    return null;
  }

  #stable(open: OpenIteration, prepared: Prepared, verified: Verified): Step {
    const { finalValues } = verified.observation;
    this.lost = finalValues === null ? verified.lost : withEntryCauses(verified.lost, prepared.managed, finalValues);
    const { drvPath, kernelDrvPath } = prepared.kernel.build;
    this.config = verified.dotConfig === null ? null : this.#changesIn(verified.dotConfig);
    const step = this.#end(open, 'green', { kind: 'stable' }, extrasOf(prepared, verified));
    markStable(this.#running.history, {
      target: this.#running.target.name,
      inputsHash: inputsHash(prepared.inputs),
      configDrvPath: drvPath,
      kernelDrvPath,
      iteration: open.iteration,
      inputs: inputHashes(prepared.inputs),
    });
    return step;
  }

  #changesIn(config: string): ConfigChanges | null {
    const { history, target } = this.#running;
    const last = stableOf(history, target.name)?.iteration;
    const before = last === undefined ? null : dotConfig(history, last);
    if (before === null) return null;
    const changes = compareSymbols(writtenValues(before), writtenValues(config));
    return { count: changes.length, first: changes.slice(0, SHOWN_CHANGES) };
  }

  #isExhausted(): boolean {
    return this.#builds >= this.#running.target.maxIterations;
  }

  #exhausted(open: OpenIteration, prepared: Prepared, verified: Verified): Step {
    const symbols = absorbable(verified.fallout).map((f) => f.symbol);
    const outcome: RunOutcome = { kind: 'stalled', reason: 'max-iterations', symbols };
    return this.#end(open, 'fallout', outcome, extrasOf(prepared, verified));
  }

  #stop(open: OpenIteration, stopped: Stopped, extras: IterationExtras = {}): Step {
    switch (stopped.kind) {
      case 'blocked':
      case 'infrastructure': {
        const { kind, problem, transcript } = stopped;
        return this.#end(open, kind, { kind, problem }, transcript === undefined ? extras : logOf({ transcript }));
      }
      case 'newer-save':
        return this.#end(open, 'cancelled', { kind: 'superseded' });
      case 'aborted':
        return this.#end(open, 'cancelled', interruptedBy(this.#options.signal), extras);
    }
  }

  #end(open: OpenIteration, iteration: IterationOutcome, outcome: RunOutcome, extras: IterationExtras = {}): Step {
    this.#recorder.finish(open, iteration, extras);
    return { kind: 'end', outcome };
  }

  #verifying(open: OpenIteration): VerifyOptions {
    const { target, history, run } = this.#running;
    const report = { kind: 'progress', run, iteration: open.iteration } as const;
    const before = expected(history, target.name);
    const onProgress = ({ step, questions }: BuildProgress): void =>
      this.#options.emit({ ...report, step, questions, expected: before });
    return { ...this.#running, onProgress };
  }
}

function entryGain(open: OpenIteration): number {
  return open.entries.filter((e) => e.from === null).length - open.entries.filter((e) => e.to === null).length;
}

function extrasOf(prepared: Prepared, verified: Verified): IterationExtras {
  return {
    ...logOf(verified),
    settings: prepared.kernel.settings,
    questions: verified.questions,
    ...(verified.dotConfig === null ? {} : { dotConfig: verified.dotConfig }),
  };
}

function logOf({ transcript }: Pick<Verified, 'transcript'>): { transcript: string; cut: boolean } {
  return { transcript: transcript.text, cut: transcript.cut };
}
