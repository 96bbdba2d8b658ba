import type PQueue from 'p-queue';
import { thisMoment } from '../system/clock.ts';
import type { Config, Target } from '../config/config.ts';
import type { LiveStatus } from '../model/liveStatus.ts';
import { converge } from '../run/converge.ts';
import { FalloutdError, RefusedError } from '../model/errors.ts';
import type { History } from '../state/history.ts';
import { holdOf, setHold, type Hold } from '../state/targets.ts';
import { watchInputs, type InputWatcher } from '../system/inputWatch.ts';
import type { Run, RunCause, RunOutcome } from '../model/run.ts';
import type { RunEvent } from '../model/event.ts';

/** After an infrastructure failure: tried again after these times, then after the last one, again and again. */
export const RETRY_MS: readonly number[] = [10_000, 30_000, 60_000, 300_000];

type State =
  | { kind: 'idle' }
  /** An infrastructure failure is tried again later. */
  | { kind: 'waiting'; timer: NodeJS.Timeout }
  | { kind: 'running'; abort: AbortController; again: RunCause | null }
  /** The user paused the target or took a run back: saves start nothing. */
  | { kind: 'held' };

/** One target of the daemon (ARCHITECTURE.md, "The loop"): saves and commands in, runs out, one at a time. */
export class TargetLoop {
  readonly target: Target;
  #state: State;
  #failures = 0;
  #stopped = false;
  #doing = '';
  readonly #watcher: InputWatcher;
  readonly #config: Config;
  readonly #history: History;
  readonly #queue: PQueue;
  readonly #emit: (event: RunEvent) => void;
  readonly #retryMs: readonly number[];

  constructor(
    target: Target,
    config: Config,
    history: History,
    queue: PQueue,
    emit: (event: RunEvent) => void,
    retryMs = RETRY_MS,
  ) {
    this.target = target;
    this.#config = config;
    this.#history = history;
    this.#queue = queue;
    this.#emit = emit;
    this.#retryMs = retryMs;
    this.#state = holdOf(history, target.name) === null ? { kind: 'idle' } : { kind: 'held' };
    this.#watcher = watchInputs(() => this.trigger('save'));
    this.#watcher.set([target.patchesFile, target.managedFile], Date.now());
  }

  /** Asks for a run; one under way is cancelled and starts over. A held target stays as it is. */
  trigger(cause: RunCause): void {
    if (this.#stopped || this.#state.kind === 'held') return;
    if (this.#state.kind === 'running') {
      this.#state.again = cause;
      this.#state.abort.abort('superseded');
      return;
    }
    if (this.#state.kind === 'waiting') clearTimeout(this.#state.timer);
    const abort = new AbortController();
    this.#state = { kind: 'running', abort, again: null };
    void this.#queue.add(async () => this.#run(cause, abort));
  }

  /** Cancels what runs and starts nothing until `resume`; it survives the daemon. */
  hold(kind: Hold['kind']): void {
    setHold(this.#history, this.target.name, { kind, since: new Date().toISOString() });
    if (this.#state.kind === 'running') this.#state.abort.abort('interrupted');
    if (this.#state.kind === 'waiting') clearTimeout(this.#state.timer);
    this.#state = { kind: 'held' };
  }

  /** Runs now. @throws RefusedError while the target is held. */
  retry(): void {
    if (this.#state.kind === 'held')
      throw new RefusedError({ message: `${this.target.name} is held`, hint: '`falloutd resume` goes on' });
    this.trigger('retry');
  }

  resume(): void {
    setHold(this.#history, this.target.name, null);
    if (this.#state.kind === 'held') this.#state = { kind: 'idle' };
    this.trigger('command');
  }

  live(): LiveStatus {
    switch (this.#state.kind) {
      case 'running':
        return { state: this.#state.again === null ? 'running' : 'scheduled', doing: this.#doing };
      case 'waiting':
        return { state: 'idle', doing: 'waits to try again' };
      case 'idle':
      case 'held':
        return { state: this.#state.kind };
    }
  }

  /** What falloutd itself writes is no save. */
  expect(file: string, content: Buffer): void {
    this.#watcher.expect(file, content);
  }

  stop(): void {
    this.#stopped = true;
    if (this.#state.kind === 'running') this.#state.abort.abort('interrupted');
    if (this.#state.kind === 'waiting') clearTimeout(this.#state.timer);
    this.#watcher.close();
  }

  async #run(cause: RunCause, abort: AbortController): Promise<void> {
    if (this.#stopped || this.#state.kind !== 'running' || this.#state.abort !== abort) return;
    let outcome: RunOutcome | null;
    try {
      ({ outcome } = await this.#converge(cause, abort, thisMoment()));
    } catch (error) {
      if (!(error instanceof FalloutdError)) throw error;
      this.#emit({ kind: 'trouble', target: this.target.name, problem: error.problem });
      outcome = { kind: 'infrastructure', problem: error.problem };
    }
    this.#after(outcome, abort);
  }

  async #converge(cause: RunCause, abort: AbortController, since: () => number): Promise<Run> {
    return await converge(this.target, this.#history, {
      cause,
      signal: abort.signal,
      transcripts: this.#config.transcripts,
      emit: (event) => {
        if (event.kind === 'phase') this.#doing = `iteration ${event.iteration}, ${event.phase}`;
        this.#emit(event);
      },
      onInputs: (files) => this.#watcher.set(files, since()),
      onWrite: (file, content) => this.expect(file, content),
    });
  }

  #after(outcome: RunOutcome | null, abort: AbortController): void {
    // Held, or held and resumed, while it ended: this run decides nothing any more.
    if (this.#state.kind !== 'running' || this.#state.abort !== abort) return;
    const { again } = this.#state;
    this.#state = { kind: 'idle' };
    if (again !== null) this.trigger(again);
    // A save that a write found before the watcher did: its event may already be taken as known.
    else if (outcome?.kind === 'superseded') this.trigger('save');
    else if (outcome?.kind === 'infrastructure') this.#retryLater();
    else this.#failures = 0;
  }

  #retryLater(): void {
    const delay = this.#retryMs[Math.min(this.#failures++, this.#retryMs.length - 1)];
    this.#state = { kind: 'waiting', timer: setTimeout(() => this.trigger('retry'), delay) };
  }
}
