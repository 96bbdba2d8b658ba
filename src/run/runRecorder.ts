import { beginIteration, beginRun, finishIteration, finishRun, type IterationExtras } from '../state/recordRun.ts';
import type { History } from '../state/historyDatabase.ts';
import type { Iteration, IterationOutcome, Lost, Run, RunOutcome, Trigger } from '../model/run.ts';
import type { Miss } from '../model/preflight.ts';
import type { Problem } from '../model/problem.ts';
import type { RunEvent } from '../model/event.ts';
import type { SideEffect, SideEffects } from '../model/sideEffects.ts';
import { summed } from '../kernel/valueChanges.ts';
import { sideEffectsOf } from '../state/recordedRuns.ts';

/** The iteration under way, filled in by the stages as they go. */
export type OpenIteration = Omit<Iteration, 'run' | 'durationMs' | 'outcome' | 'sideEffects'> & {
  readonly started: number;
  /** All that the result holds beyond what was asked for, where that is known. */
  effects?: SideEffect[];
};

/** An iteration of which nothing is known yet. */
export function newIteration(iteration: number, patchesSha256: string | null): OpenIteration {
  return {
    iteration,
    startedAt: new Date().toISOString(),
    started: performance.now(),
    patchesSha256,
    sourceBytes: null,
    evaluateMs: 0,
    buildMs: 0,
    probe: false,
    drvPath: null,
    fallout: [],
    entries: [],
  };
}

const inShort = (effects: SideEffect[] | undefined): { sideEffects?: SideEffects } =>
  effects === undefined ? {} : { sideEffects: summed(effects) };

/** What the .config of a stable run has otherwise than that of the last one. */
export type ConfigChanges = NonNullable<Extract<RunEvent, { kind: 'run-finished' }>['config']>;

export type Phase = Extract<RunEvent, { kind: 'phase' }>['phase'];

/** Records one run as it goes, and emits each step. Wall-clock times are only for display; durations are monotonic. */
export class Recorder {
  readonly run: number;
  readonly iterations: Iteration[] = [];
  readonly #history: History;
  readonly #emit: (event: RunEvent) => void;
  readonly #begin: Pick<Run, 'target' | 'cause' | 'startedAt'>;
  readonly #started = performance.now();
  #open: OpenIteration | null = null;

  constructor(
    history: History,
    emit: (event: RunEvent) => void,
    target: { name: string; patchesFile: string },
    { cause, saved }: Trigger,
  ) {
    this.#history = history;
    this.#emit = emit;
    const { name, patchesFile } = target;
    this.#begin = { target: name, cause, startedAt: new Date().toISOString() };
    this.run = beginRun(history, this.#begin);
    const files = saved === undefined ? {} : { saved: [...saved] };
    emit({ kind: 'run-started', run: this.run, target: name, cause, patchesFile, ...files });
  }

  begin(patchesSha256: string | null): OpenIteration {
    const startedAt = new Date().toISOString();
    const iteration = beginIteration(this.#history, { run: this.run, startedAt, patchesSha256 });
    this.#open = { ...newIteration(iteration, patchesSha256), startedAt };
    return this.#open;
  }

  phase(open: OpenIteration, phase: Phase): void {
    this.#emit({ kind: 'phase', run: this.run, iteration: open.iteration, phase });
  }

  /** Reports a prediction that the build will verify. @param managed how many entries there are. */
  predicted(open: OpenIteration, managed: number, lost: Lost): void {
    const { iteration, fallout, entries, prediction, effects } = open;
    if (prediction === undefined) return;
    const { predictMs } = prediction;
    const { target } = this.#begin;
    const found = { fallout: [...fallout], entries: [...entries], managed, ...lost, ...inShort(effects) };
    this.#emit({ kind: 'predicted', run: this.run, iteration, target, predictMs, ...found });
  }

  /** Reports what the predicted kernel lacks of what its host needs. */
  unfit(misses: Miss[]): void {
    this.#emit({ kind: 'preflight', run: this.run, target: this.#begin.target, misses });
  }

  warn(problem: Problem): void {
    this.#emit({ kind: 'warning', run: this.run, target: this.#begin.target, problem });
  }

  finish(open: OpenIteration, outcome: IterationOutcome, extras: IterationExtras = {}): void {
    const { started, effects, ...rest } = open;
    // What was predicted of a build that did not come to an end is no result.
    const sideEffects = outcome === 'green' ? effects : undefined;
    this.#open = null;
    const iteration: Iteration = {
      ...rest,
      ...inShort(sideEffects),
      run: this.run,
      outcome,
      durationMs: Math.round(performance.now() - started),
      evaluateMs: Math.round(open.evaluateMs),
      buildMs: Math.round(open.buildMs),
    };
    finishIteration(this.#history, iteration, { ...extras, ...(sideEffects && { sideEffects }) });
    this.iterations.push(iteration);
    this.#emit({ kind: 'iteration-finished', iteration });
  }

  /** Ends the run; an iteration that an error left under way ends with it. @param config null where nothing stable was before. */
  end(outcome: RunOutcome, absorbed: number, lost: Lost, config: ConfigChanges | null = null): Run {
    if (this.#open !== null)
      this.finish(
        this.#open,
        outcome.kind === 'blocked' || outcome.kind === 'infrastructure' ? outcome.kind : 'cancelled',
      );
    const durationMs = Math.round(performance.now() - this.#started);
    const { run: number, iterations } = this;
    const ended = { durationMs, outcome, iterations, absorbed, ...lost, ...sideEffectsOf(iterations) };
    const run = { run: number, ...this.#begin, ...ended } satisfies Run;
    finishRun(this.#history, run);
    this.#emit({ kind: 'run-finished', run, ...(config && { config }) });
    return run;
  }
}
