import PQueue from 'p-queue';
import type { Config, Target } from './config.ts';
import { converge } from './converge.ts';
import type { History } from './history/open.ts';
import { watchInputs, type InputWatcher } from './watch.ts';
import type { Run, RunCause, RunEvent } from './words.ts';

/** After an infrastructure failure: tried again after these times, then after the last one, again and again. */
const RETRY_MS = [10_000, 30_000, 60_000, 300_000] as const;

type State =
  | { kind: 'idle' }
  | { kind: 'waiting'; timer: NodeJS.Timeout }
  | { kind: 'running'; abort: AbortController; again: RunCause | null };

export type Daemon = {
  /** Ends the runs under way and resolves when no process of theirs is left. */
  stop: () => Promise<void>;
};

/** Serves every target of a configuration: a run at the start, then one for each save. Only wiring lives here. */
export function startDaemon(config: Config, history: History, emit: (event: RunEvent) => void): Daemon {
  // Two config builds at once would only share the processors.
  const queue = new PQueue({ concurrency: 1 });
  const loops = config.targets.map((target) => new TargetLoop(target, config, history, queue, emit));
  for (const loop of loops) loop.trigger('start');
  return {
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
      await queue.onIdle();
    },
  };
}

/** One target: idle, or running, or running and to run again (DESIGN section 3). */
class TargetLoop {
  #state: State = { kind: 'idle' };
  #failures = 0;
  #stopped = false;
  readonly #watcher: InputWatcher;
  readonly #target: Target;
  readonly #config: Config;
  readonly #history: History;
  readonly #queue: PQueue;
  readonly #emit: (event: RunEvent) => void;

  constructor(target: Target, config: Config, history: History, queue: PQueue, emit: (event: RunEvent) => void) {
    this.#target = target;
    this.#config = config;
    this.#history = history;
    this.#queue = queue;
    this.#emit = emit;
    this.#watcher = watchInputs(() => this.trigger('save'));
    this.#watcher.set([target.patchesFile, target.managedFile], Date.now());
  }

  /** Asks for a run; one under way is cancelled and starts over. */
  trigger(cause: RunCause): void {
    if (this.#stopped) return;
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

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#state.kind === 'running') this.#state.abort.abort('interrupted');
    if (this.#state.kind === 'waiting') clearTimeout(this.#state.timer);
    await this.#watcher.close();
  }

  async #run(cause: RunCause, abort: AbortController): Promise<void> {
    if (this.#stopped) return;
    const since = Date.now();
    const run = await converge(this.#target, this.#history, {
      cause,
      signal: abort.signal,
      transcripts: this.#config.transcripts,
      emit: this.#emit,
      onInputs: (files) => this.#watcher.set(files, since),
      onWrite: (file, content) => this.#watcher.expect(file, content),
    });
    const again = this.#state.kind === 'running' ? this.#state.again : null;
    this.#state = { kind: 'idle' };
    if (again !== null) this.trigger(again);
    // A save that a write found before the watcher did: its event may already be taken as known.
    else if (run.outcome?.kind === 'superseded') this.trigger('save');
    else this.#retryLater(run);
  }

  #retryLater(run: Run): void {
    if (run.outcome?.kind !== 'infrastructure') {
      this.#failures = 0;
      return;
    }
    const delay = RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)];
    this.#state = { kind: 'waiting', timer: setTimeout(() => this.trigger('retry'), delay) };
  }
}
