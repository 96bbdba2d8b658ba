import { setImmediate } from 'node:timers/promises';
import type { Work } from '../../src/daemon/targetLoop.ts';
import type { RunCause, RunOutcome } from '../../src/model/run.ts';
import { Recorder } from '../../src/run/runRecorder.ts';
import type { Undone } from '../../src/run/undo.ts';

/** A run that takes no Nix. It is recorded like a real one, and goes on until its test ends it, also when it is cancelled. */
export type FakeRun = {
  target: string;
  cause: RunCause;
  signal: AbortSignal;
  isOver: boolean;
  isCrashed: boolean;
  end: (outcome: RunOutcome) => void;
  /** Lets the run fail with an error, its record unfinished. */
  crash: (error: unknown) => void;
};

export type FakeUndo = { target: string; run: number | null; isOver: boolean; end: () => void };

type FakeWatch = { files: readonly string[]; onSave: (files: string[]) => void };

/** What a daemon does its work with, for tests of the daemon alone. */
export class FakeWork implements Work {
  readonly runs: FakeRun[] = [];
  readonly undos: FakeUndo[] = [];
  readonly #watches = new Set<FakeWatch>();
  readonly #onRun: (run: FakeRun) => void;
  readonly #onUndo: (undo: FakeUndo) => void;

  constructor({
    onRun = () => undefined,
    onUndo = () => undefined,
  }: { onRun?: (run: FakeRun) => void; onUndo?: (undo: FakeUndo) => void } = {}) {
    this.#onRun = onRun;
    this.#onUndo = onUndo;
  }

  readonly converge: Work['converge'] = async (target, history, options) => {
    const recorder = new Recorder(history, options.emit, target, options);
    const open = recorder.begin(null);
    recorder.phase(open, 'evaluate');
    let run: FakeRun | undefined;
    const ended = new Promise<RunOutcome>((resolve, reject) => {
      const { cause, signal } = options;
      run = { target: target.name, cause, signal, isOver: false, isCrashed: false, end: resolve, crash: reject };
      this.runs.push(run);
      this.#onRun(run);
    });
    try {
      const outcome = await ended;
      recorder.finish(open, outcome.kind === 'stable' ? 'green' : 'cancelled');
      return recorder.end(outcome, 0, { lost: [] });
    } catch (error) {
      if (run !== undefined) run.isCrashed = true;
      throw error;
    } finally {
      if (run !== undefined) run.isOver = true;
    }
  };

  readonly undo: Work['undo'] = async (target, _history, run) => {
    const name = target.name;
    return await new Promise<Undone>((resolve) => {
      const undo: FakeUndo = {
        target: name,
        run,
        isOver: false,
        end: () => {
          undo.isOver = true;
          resolve({ target: name, run: run ?? 1, path: target.managedFile, changed: true });
        },
      };
      this.undos.push(undo);
      this.#onUndo(undo);
    });
  };

  /** Nothing is ever tidied. */
  readonly tidy: Work['tidy'] = async () => Promise.resolve(null);

  readonly watch: Work['watch'] = (onSave) => {
    const watch: FakeWatch = { files: [], onSave };
    this.#watches.add(watch);
    return {
      set: (files) => {
        watch.files = files;
      },
      expect: () => undefined,
      close: () => {
        this.#watches.delete(watch);
      },
    };
  };

  /** As if the user saved a file. */
  save(file: string): void {
    for (const { files, onSave } of [...this.#watches]) if (files.includes(file)) onSave([file]);
  }

  /** The newest run. */
  get run(): FakeRun {
    const run = this.runs.at(-1);
    if (run === undefined) throw new Error('nothing has run');
    return run;
  }

  get underWay(): FakeRun[] {
    return this.runs.filter((run) => !run.isOver);
  }
}

/** Lets everything happen that waits for nothing but its turn. */
export async function turns(count = 5): Promise<void> {
  for (let i = 0; i < count; i++) await setImmediate();
}
