import { isDeepStrictEqual } from 'node:util';
import type PQueue from 'p-queue';
import type { Target } from '../config/config.ts';
import { problemOf, RefusedError } from '../model/errors.ts';
import type { RunEvent } from '../model/event.ts';
import type { LiveStatus } from '../model/liveStatus.ts';
import type { RunCause, RunOutcome, Trigger } from '../model/run.ts';
import type { Hold } from '../model/targetState.ts';
import { converge, type ConvergeOptions } from '../run/converge.ts';
import { tidyAsPlanned, type Tidied } from '../run/tidyTarget.ts';
import type { FindOptions } from '../run/findNeedless.ts';
import { undoRun, type Undone } from '../run/undo.ts';
import type { Predictor } from '../run/predictor.ts';
import type { WriteListeners } from '../run/writeUserFile.ts';
import type { History } from '../state/historyDatabase.ts';
import { run as recordedRun } from '../state/recordedRuns.ts';
import { closeUnfinishedRuns } from '../state/recordRun.ts';
import { holdOf, setHold } from '../state/targets.ts';
import { thisMoment } from '../system/clock.ts';
import { watchInputs, type InputWatcher } from '../system/inputWatch.ts';

/** After an infrastructure failure the loop tries again after these times, then again and again after the last one. */
export const RETRY_MS: readonly number[] = [10_000, 30_000, 60_000, 300_000];

/** What a loop works with; tests pass in their own. */
export type Work = {
  converge: typeof converge;
  undo: typeof undoRun;
  tidy: typeof tidyAsPlanned;
  watch: typeof watchInputs;
};

export const WORK: Work = { converge, undo: undoRun, tidy: tidyAsPlanned, watch: watchInputs };

/** What a user has agreed to see taken out of their files. */
export type TidyPlan = FindOptions & { plan: string };

export type LoopOptions = {
  history: History;
  /** Shared by the targets of a daemon: it limits how many runs go on at once. */
  queue: PQueue;
  /** Shared by the targets as well: one engine serves them all. */
  predictor?: Predictor | undefined;
  /** How many transcripts the database keeps. */
  transcripts: number;
  /** Must not throw. */
  emit: (event: RunEvent) => void;
  retryMs: readonly number[];
  onDisplaced?: WriteListeners['onDisplaced'];
  work: Work;
};

type State =
  /** Made, but another daemon may still serve the target. */
  | { kind: 'new'; isHeld: boolean }
  | Resting
  /** An infrastructure failure is tried again when the timer fires. */
  | { kind: 'waiting'; timer: NodeJS.Timeout }
  | Queued
  | Busy;

/** `held`: the user paused the target or took a run back, so saves start nothing. `stopped` is final. */
type Resting = { kind: 'idle' | 'held' | 'stopped' };

/** A run that waits until the queue lets it begin. Nothing of it is recorded yet. */
type Queued = { kind: 'queued'; trigger: Trigger };

/** A run, an undo or a tidying under way. Whatever comes next waits for `ended`, so no two of them ever overlap. */
type Busy = {
  kind: 'busy';
  doing: string;
  readonly abort: AbortController;
  /** Resolves when nothing of it is left and `next` has taken effect. It never rejects. */
  readonly ended: Promise<void>;
  /** What follows its end; null: what its outcome calls for. */
  next: Next | null;
  /** Reported when `next` has taken effect: whoever hears that a run has finished sees the state after it. */
  readonly lastEvents: RunEvent[];
};

type Next = Resting | { kind: 'run'; trigger: Trigger } | { kind: 'retry-later' };

/** One target of the daemon: saves and commands in, runs out, one at a time. */
export class TargetLoop {
  readonly target: Target;
  #state: State;
  #failures = 0;
  readonly #watcher: InputWatcher;
  readonly #options: LoopOptions;
  readonly #writeListeners: WriteListeners;

  /** Changes nothing before `start`. @throws HistoryError when the hold on the target cannot be read. */
  constructor(target: Target, options: LoopOptions) {
    this.target = target;
    this.#options = options;
    this.#state = { kind: 'new', isHeld: holdOf(options.history, target.name) !== null };
    this.#watcher = options.work.watch(
      (saved) => this.trigger('save', saved),
      (error) => this.#report(error),
    );
    this.#writeListeners = {
      onWrite: (file, content) => this.#watcher.expect(file, content),
      onDisplaced: options.onDisplaced,
    };
  }

  /** Begins to watch the target's files and, unless it is held, runs. */
  start(): void {
    if (this.#state.kind !== 'new') return;
    this.#state = { kind: this.#state.isHeld ? 'held' : 'idle' };
    try {
      // Nothing has been read yet, so no change can have been missed.
      this.#watcher.set([this.target.patchesFile, this.target.managedFile], Infinity);
    } catch (error) {
      this.#report(error);
    }
    this.trigger('start');
  }

  /** Asks for a run. One under way is cancelled and starts over. A held or stopped target stays as it is. */
  trigger(cause: RunCause, saved?: readonly string[]): void {
    const state = this.#state;
    const trigger = { cause, saved };
    switch (state.kind) {
      case 'held':
        if (cause === 'save') this.#options.emit({ kind: 'save-held', target: this.target.name });
        return;
      case 'new':
      case 'stopped':
        return;
      case 'queued':
        state.trigger = trigger;
        return;
      case 'busy':
        if (state.next?.kind === 'held' || state.next?.kind === 'stopped') return;
        state.next = { kind: 'run', trigger };
        state.abort.abort('superseded');
        return;
      case 'waiting':
        clearTimeout(state.timer);
        this.#enqueue(trigger);
        return;
      case 'idle':
        this.#enqueue(trigger);
    }
  }

  /** Cancels what runs and starts nothing until `resume`; the hold outlives the daemon. Resolves when nothing runs. */
  async hold(kind: Hold['kind']): Promise<void> {
    setHold(this.#options.history, this.target.name, { kind, since: new Date().toISOString() });
    await this.#rest('held');
    this.#options.emit({ kind: 'hold-changed', target: this.target.name, hold: kind });
  }

  /** Ends the hold, and runs. */
  resume(): void {
    const isHeld = this.live().state === 'held';
    setHold(this.#options.history, this.target.name, null);
    if (this.#state.kind === 'held') this.#state = { kind: 'idle' };
    if (this.#state.kind === 'busy' && this.#state.next?.kind === 'held') this.#state.next = { kind: 'idle' };
    if (isHeld) this.#options.emit({ kind: 'hold-changed', target: this.target.name, hold: null });
    this.trigger('command');
  }

  /** Runs now. @throws RefusedError while the target is held. */
  retry(): void {
    if (this.live().state === 'held')
      throw new RefusedError({ message: `${this.target.name} is held`, hint: '`falloutd resume` ends the hold' });
    this.trigger('retry');
  }

  /**
   * Holds the target and takes a run back, the last one that wrote when `run` is null. A refused undo leaves the hold as it was.
   * @throws RefusedError or BlockedError as `undoRun` does; RefusedError when the target went on meanwhile.
   */
  async undo(run: number | null): Promise<Undone> {
    const { history, work } = this.#options;
    const before = holdOf(history, this.target.name);
    await this.hold('undone');
    this.#assertHeld(this.#state, 'undone');
    const own = holdOf(history, this.target.name);
    try {
      return await this.#occupy('takes a run back', { kind: 'held' }, async ({ next }) => {
        // Resumed or stopped just now.
        this.#assertHeld(next, 'undone');
        return work.undo(this.target, history, run, this.#writeListeners);
      });
    } catch (error) {
      // A pause or a resume that came meanwhile stands.
      if (error instanceof RefusedError && isDeepStrictEqual(holdOf(history, this.target.name), own))
        await this.#restoreHold(before);
      throw error;
    }
  }

  /**
   * Takes needless settings out of the user's files while the target is held; then it goes on. null after an interruption.
   * @throws RefusedError or BlockedError as `tidyAsPlanned` does; RefusedError when the target went on meanwhile, or without an engine.
   */
  async tidy(plan: TidyPlan): Promise<Tidied | null> {
    const { history, work, predictor } = this.#options;
    if (predictor === undefined) throw new RefusedError({ message: 'there is no engine to predict with' });
    await this.#rest('held');
    this.#assertHeld(this.#state, 'written');
    try {
      return await this.#occupy('tidies', { kind: 'held' }, async (busy) => {
        this.#assertHeld(busy.next, 'written');
        const heard = { onPhase: () => undefined, onProgress: () => undefined };
        return work.tidy(this.target, history, plan, { ...this.#converging(busy), ...heard, predictor });
      });
    } finally {
      // What the user paused, before or meanwhile, stays so.
      if (this.#state.kind === 'held' && holdOf(history, this.target.name) === null) {
        this.#state = { kind: 'idle' };
        this.trigger('command');
      }
    }
  }

  #assertHeld(state: State | Next | null, what: 'undone' | 'written'): void {
    if (state?.kind === 'held') return;
    throw new RefusedError({
      message: `${this.target.name} went on meanwhile`,
      hint: `nothing was ${what}; try again`,
    });
  }

  async #restoreHold(before: Hold | null): Promise<void> {
    if (before !== null) await this.hold(before.kind);
    else if (this.#state.kind === 'held') this.resume();
  }

  /** Cancels what runs and starts nothing any more. Resolves when nothing runs. */
  async stop(): Promise<void> {
    this.#watcher.close();
    await this.#rest('stopped');
  }

  live(): LiveStatus {
    switch (this.#state.kind) {
      case 'new':
        return { state: this.#state.isHeld ? 'held' : 'idle' };
      case 'idle':
      case 'held':
        return { state: this.#state.kind };
      case 'stopped':
        return { state: 'idle' };
      case 'waiting':
        return { state: 'idle', doing: 'waits to try again' };
      case 'queued':
        return { state: 'scheduled', doing: 'waits for its turn' };
      case 'busy': {
        const { next, doing } = this.#state;
        return { state: next?.kind === 'held' ? 'held' : next?.kind === 'run' ? 'scheduled' : 'running', doing };
      }
    }
  }

  #enqueue(trigger: Trigger): void {
    const queued: Queued = { kind: 'queued', trigger };
    this.#state = queued;
    void this.#options.queue.add(async () => {
      // A target that was held or stopped while it waited gives up its turn.
      if (this.#state === queued) await this.#run(queued.trigger);
    });
  }

  async #run(trigger: Trigger): Promise<void> {
    await this.#occupy('starts', null, async (busy) => {
      // Held, stopped or requested again just now.
      if (busy.abort.signal.aborted) return;
      const outcome = await this.#converge(trigger, busy);
      busy.next ??= this.#nextAfter(outcome);
    });
  }

  /** Occupies the target with `task`; `next` follows its end, unless it is changed meanwhile. */
  async #occupy<T>(doing: string, next: Next | null, task: (busy: Busy) => Promise<T>): Promise<T> {
    // The task starts in a later turn, so that what it calls sees the new state.
    const work = Promise.resolve().then(async () => task(busy));
    const end = (): void => {
      this.#begin(busy.next ?? { kind: 'idle' });
      for (const event of busy.lastEvents) this.#options.emit(event);
    };
    const ended = work.then(end, end);
    const busy: Busy = { kind: 'busy', doing, abort: new AbortController(), ended, next, lastEvents: [] };
    this.#state = busy;
    await busy.ended;
    return await work;
  }

  #begin(next: Next): void {
    if (next.kind === 'run') this.#enqueue(next.trigger);
    else if (next.kind === 'retry-later') this.#retryLater();
    else this.#state = next;
  }

  /** Cancels whatever goes on or waits. Resolves when nothing runs; what was requested meanwhile may have started by then. */
  async #rest(kind: 'held' | 'stopped'): Promise<void> {
    const state = this.#state;
    if (state.kind === 'stopped') return;
    if (state.kind === 'busy') {
      if (state.next?.kind !== 'stopped') state.next = { kind };
      state.abort.abort('interrupted');
      await state.ended;
      return;
    }
    if (state.kind === 'waiting') clearTimeout(state.timer);
    this.#state = { kind };
  }

  /** @returns how the run ended; an error of any kind counts as infrastructure, so that it is tried again. */
  async #converge(trigger: Trigger, busy: Busy): Promise<RunOutcome | null> {
    const { work, history } = this.#options;
    try {
      const { outcome } = await work.converge(this.target, history, { ...trigger, ...this.#converging(busy) });
      return outcome;
    } catch (error) {
      this.#report(error);
      busy.lastEvents.push(...this.#closeRun());
      return { kind: 'infrastructure', problem: problemOf(error) };
    }
  }

  /** What a run of this target is given. */
  #converging(busy: Busy): Omit<ConvergeOptions, 'cause'> {
    const { predictor, transcripts, emit } = this.#options;
    const since = thisMoment();
    return {
      signal: busy.abort.signal,
      transcripts,
      predictor,
      emit: (event) => {
        if (event.kind === 'phase') busy.doing = `iteration ${event.iteration}, ${event.phase}`;
        if (event.kind === 'run-finished') busy.lastEvents.push(event);
        else emit(event);
      },
      onInputs: (files) => this.#watcher.set(files, since()),
      ...this.#writeListeners,
    };
  }

  #report(error: unknown): void {
    this.#options.emit({ kind: 'trouble', target: this.target.name, problem: problemOf(error) });
  }

  /** Records the end of a run that an error cut off. @returns its event. */
  #closeRun(): RunEvent[] {
    const { history } = this.#options;
    try {
      const closed = closeUnfinishedRuns(history, this.target.name).map((number) => recordedRun(history, number));
      return closed.flatMap((run) => (run === null ? [] : [{ kind: 'run-finished', run }]));
    } catch {
      // The database is the trouble, and that is reported. The next run closes this one.
      return [];
    }
  }

  #nextAfter(outcome: RunOutcome | null): Next {
    // The writer found this save before the watcher did, and the watcher may already know its content.
    if (outcome?.kind === 'superseded') return { kind: 'run', trigger: { cause: 'save' } };
    if (outcome?.kind === 'infrastructure') return { kind: 'retry-later' };
    this.#failures = 0;
    return { kind: 'idle' };
  }

  #retryLater(): void {
    const { retryMs } = this.#options;
    const delay = retryMs[Math.min(this.#failures++, retryMs.length - 1)];
    this.#state = { kind: 'waiting', timer: setTimeout(() => this.trigger('retry'), delay) };
  }
}
