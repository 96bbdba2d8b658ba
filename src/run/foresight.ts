/** What the engine adds to a run: a prediction before a build, and the causes after it. */
import { isAbsorbed } from '../fallout/absorbedKinds.ts';
import type { Prediction } from '../kernel/prediction.ts';
import type { Pursued } from '../kernel/pursuit.ts';
import { withPositions, withRootPositions } from '../managed/positions.ts';
import type { EffectsFound } from '../kernel/engineMessages.ts';
import { InfrastructureError, Interrupted } from '../model/errors.ts';
import type { Problem } from '../model/problem.ts';
import type { Missed } from '../model/run.ts';
import { parseDotConfig } from '../script/dotConfig.ts';
import type { Settings } from '../script/settings.ts';
import { judged } from '../state/recordRun.ts';
import { hostModules, keepHostModules } from '../state/hostModules.ts';
import { settings } from '../state/recordedRuns.ts';
import { stableOf } from '../state/targets.ts';
import { someOf } from '../system/someOf.ts';
import { checkHost, neededByHost, readHost, type HostRead } from './checkHost.ts';
import { missedBy, requestMissed } from './misprediction.ts';
import { requestOf, type Predicted, type Predictor, type PredictOptions } from './predictor.ts';
import type { Prepared, Running, Unwritten } from './prepare.ts';
import type { OpenIteration, Recorder } from './runRecorder.ts';
import { located, type Verified } from './verify.ts';

/** How asking the engine ends a run. */
type Stopped = { kind: 'infrastructure'; problem: Problem } | { kind: 'aborted' };

type Unpredicted = Extract<Predicted, { isNews: boolean }>;

/** The predictions of one run. Everything about them is recorded here. */
export class Foresight {
  /** A build of this run showed something else than was predicted: from then on only builds count. */
  #isMistaken = false;
  /** What the last prediction says of options that nobody asked for. */
  #effects: EffectsFound = { kind: 'none' };
  /** Read once: what the host needs does not depend on the managed patch. */
  #host: Promise<HostRead> | null = null;

  constructor(
    /** undefined: there are no predictions. */
    private readonly predictor: Predictor | undefined,
    private readonly running: Running,
    private readonly recorder: Recorder,
    private readonly onStep: (open: OpenIteration, step: string) => void,
  ) {}

  /** Whether the next evaluation may be followed by a prediction. */
  get isPossible(): boolean {
    return this.predictor !== undefined && !this.#isMistaken;
  }

  /**
   * Computes what a build would show; null where a build has to. `hasBuilt`: a build of this run left something to absorb, so
   * facts are worth their time.
   */
  async predict(
    open: OpenIteration,
    prepared: Prepared | Unwritten,
    hasBuilt: boolean,
  ): Promise<{ kind: 'predicted'; prediction: Prediction } | Stopped | null> {
    if (this.predictor === undefined || this.#isMistaken) return null;
    const { history, target } = this.running;
    // What was built before need not be predicted; but lost wishes may be pursued only since then.
    const isJudged = prepared.kind === 'ready' && judged(history, prepared.kernel.build.drvPath) !== null;
    if (isJudged && target.pursue === 'none') return null;
    const mayBuild = hasBuilt || this.#hasNewRequest(prepared);
    const needed = await this.#needed(prepared);
    const result = await this.predictor.predict(prepared, { ...this.#options(open, mayBuild), needed });
    if (result.kind === 'unpredictable' || result.kind === 'engine-error') return this.#goWithout(open, result);
    if (result.kind === 'no-facts') return null;
    if (result.kind !== 'predicted') return result;
    const { prediction, effects, predictMs, factsMs } = result;
    this.#effects = effects;
    const times = { predictMs: Math.round(predictMs), factsMs: factsMs === null ? null : Math.round(factsMs) };
    open.prediction = { ...times, missed: [] };
    return { kind: 'predicted', prediction };
  }

  /** What must not be turned off for lost wishes; null where none is pursued, or where that cannot be known. */
  async #needed(prepared: Prepared | Unwritten): Promise<Pursued['needed'] | null> {
    try {
      return await neededByHost(this.running.target, () => this.#readHost(prepared));
    } catch (error) {
      if (error instanceof Interrupted) return null;
      throw error;
    }
  }

  #readHost(prepared: Prepared | Unwritten): Promise<HostRead> {
    return (this.#host ??= readHost(prepared, this.running));
  }

  /** Whether something else is asked for than in the last stable run: an edit of a source patch most likely builds as it is. */
  #hasNewRequest(prepared: Prepared | Unwritten): boolean {
    const { history, target } = this.running;
    const last = stableOf(history, target.name)?.iteration;
    const before = last === undefined ? null : settings(history, last);
    return before === null || requestMissed(before, requestOf(prepared)).length > 0;
  }

  /** Whether an evaluation asks for what was predicted of it; what it asks for otherwise is recorded. */
  isAsked(open: OpenIteration, prediction: Prediction, evaluated: Settings): boolean {
    return this.#holds(open, requestMissed(prediction.settings, evaluated), 'the evaluation asks for');
  }

  /** Tells the user what the build is going to show. */
  announce(open: OpenIteration, { entries, lost, unknown }: Prediction, inputs: readonly string[]): void {
    const { lost: wishes, lostDefaults: defaults = [] } = lost;
    this.#addEffects(open, this.#effects, inputs);
    this.recorder.predicted(open, entries.length, located(wishes, inputs, { defaults, unknown }));
  }

  /**
   * Adds to what a build showed the causes and the misspelt names that its log does not tell. A prediction that came true has
   * them; else the engine is asked once more, where there is something to explain.
   */
  async explain(
    open: OpenIteration,
    { kernel, inputs }: Prepared,
    built: Verified,
    predicted: Prediction | null,
  ): Promise<Verified | { kind: 'aborted' }> {
    const { observation, fallout, lost, dotConfig } = built;
    if (predicted !== null) {
      const values = predicted.dotConfig === null ? null : parseDotConfig(predicted.dotConfig);
      const missed = missedBy(values, observation.finalValues, fallout.filter(isAbsorbed));
      if (this.#holds(open, missed, 'the build shows')) return placed(built, { ...predicted, fallout }, inputs);
    }
    if (this.predictor === undefined) return placed(built, { fallout, lost, unknown: [] }, inputs);
    delete open.effects;
    const { intents, legacy, settings: request } = kernel;
    const { managedName } = this.running.target;
    const isPuzzling = fallout.some(isAbsorbed) || lost.lost.some(({ cause }) => cause === undefined);
    const input = { intents, legacy, managedName, settings: request, observation, dotConfig };
    const result = await this.predictor.explain(kernel, input, this.#options(open, isPuzzling));
    if (result.kind === 'aborted') return result;
    // A build stands even where its reasons cannot be had.
    if (result.kind === 'infrastructure') this.recorder.warn(result.problem);
    if (result.kind === 'unpredictable' || result.kind === 'engine-error') this.#goWithout(open, result);
    if (result.kind !== 'explained') return placed(built, { fallout, lost, unknown: [] }, inputs);
    this.#addEffects(open, result.effects, inputs);
    return placed(built, result.explained, inputs);
  }

  /** Looks up what the host needs in what was predicted, beside the build that verifies it. A run is not ended by this. */
  async checkHost(prepared: Prepared, predicted: Prediction | null): Promise<void> {
    const { predictor } = this;
    const config = predicted?.dotConfig ?? null;
    if (predictor === undefined || config === null) return;
    const { target, signal, processes } = this.running;
    const quiet = { mayBuild: false, onPhase: () => undefined, onProgress: () => undefined };
    try {
      const options = { target, signal, processes, ...quiet };
      const checked = await checkHost(prepared, config, predictor, options, () => this.#readHost(prepared));
      if (checked.kind !== 'checked') return;
      const { misses } = checked.found;
      keepHostModules(this.running.history, target.name, checked.modules);
      if (predictor.isNews(target.name, misses)) this.recorder.unfit(misses);
    } catch (error) {
      // The build has the same machine, and says what is wrong with it.
      if (!(error instanceof InfrastructureError)) throw error;
    }
  }

  #options(open: OpenIteration, mayBuild: boolean): PredictOptions {
    const { target, history, signal, processes } = this.running;
    return {
      target,
      signal,
      processes,
      mayBuild,
      hostModules: hostModules(history, target.name),
      onPhase: (phase) => this.recorder.phase(open, phase),
      onProgress: ({ step }) => this.onStep(open, step),
    };
  }

  /** Side effects with the user's lines for their wishes. */
  #addEffects(open: OpenIteration, found: EffectsFound, inputs: readonly string[]): void {
    if (found.kind === 'found') open.effects = withRootPositions(found.effects, inputs);
    else if (found.kind === 'failed')
      this.recorder.warn({
        message: 'engine error: what your wishes change beyond themselves is not told',
        hint: found.reason,
      });
  }

  #goWithout(open: OpenIteration, { kind, problem, isNews }: Unpredicted): null {
    open.unpredicted = problem;
    const message =
      kind === 'engine-error' ? `${problem.message}: the run goes on without a prediction` : problem.message;
    if (isNews) this.recorder.warn({ ...problem, message });
    return null;
  }

  #holds(open: OpenIteration, missed: Missed, who: string): boolean {
    if (missed.length === 0) return true;
    this.#isMistaken = true;
    open.prediction?.missed.push(...missed);
    const symbols = someOf(
      missed.map(({ symbol }) => symbol),
      ', ',
      4,
    );
    this.recorder.warn({
      message: `${who} something else than predicted: ${symbols}`,
      hint: `falloutd show ${open.iteration} lists it; the run goes on from what was built`,
    });
    return false;
  }
}

/** A build with what the engine says of its misses, and the user's lines. */
function placed(
  built: Verified,
  { fallout, lost, unknown }: Pick<Prediction, 'fallout' | 'lost' | 'unknown'>,
  inputs: readonly string[],
): Verified {
  const { lost: wishes, lostDefaults = [] } = lost;
  return {
    ...built,
    fallout: withPositions(fallout, inputs),
    lost: located(wishes, inputs, { defaults: lostDefaults, unknown }),
  };
}
