import type { KernelLive } from '../model/liveStatus.ts';
import { existsSync } from 'node:fs';
import PQueue from 'p-queue';
import { recordedChildren } from '../state/childProcesses.ts';
import type { Target } from '../config/config.ts';
import { BlockedError, InfrastructureError, problemOf, RefusedError } from '../model/errors.ts';
import { judgedBuild } from '../state/kernelBuilds.ts';
import type { History } from '../state/historyDatabase.ts';
import type { KernelBuild } from '../model/kernelBuild.ts';
import type { RunEvent } from '../model/event.ts';
import { recordedBuild } from './recordedBuild.ts';
import { recordedKernel, stillStable, type StableKernel } from './stableKernel.ts';

/** One kernel that is to be built. */
export type KernelJob = {
  /** `waiting`: for the target to become stable. */
  state: 'waiting' | 'queued' | 'building';
  /** Its record from the moment it begins. */
  build: KernelBuild | null;
  /** The finished build; null if it was cancelled before it began. */
  readonly done: Promise<KernelBuild | null>;
};

/** The lines with which the daemon answers a request for a kernel build. */
export type KernelAnswer =
  ({ kind: 'accepted' } & Pick<KernelJob, 'state' | 'build'>) | RunEvent | { kind: 'ended'; build: KernelBuild | null };

type Job = KernelJob & {
  target: Target;
  kernel: StableKernel | null;
  progress: KernelLive['progress'];
  readonly abort: AbortController;
  readonly settle: (build: KernelBuild | null) => void;
};

/** A target as the daemon sees it when a build is asked for. */
export type AskedTarget = {
  target: Target;
  state: 'idle' | 'running' | 'scheduled' | 'held';
  /** Starts a run. */
  converge: () => void;
};

/**
 * The kernel builds of a daemon: one at a time, parallel to its runs, undisturbed by edits and by a changed configuration.
 * Each target has at most one build under way and one that waits; a newer request replaces the one that waits.
 */
export class KernelBuilds {
  /** How many logs of kernel builds the database keeps. */
  logs = 200;
  readonly #history: History;
  readonly #queue = new PQueue({ concurrency: 1 });
  readonly #building = new Map<string, Job>();
  readonly #next = new Map<string, Job>();
  readonly #listeners = new Set<(event: RunEvent) => void>();
  readonly #stopping = new AbortController();

  constructor(history: History) {
    this.#history = history;
  }

  /** Calls `listener` with every event of a kernel build from now on. @returns a function that ends this. */
  follow(listener: (event: RunEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Builds the recorded kernel of a stable target. With `whenStable`, waits for the target to become stable.
   * @throws RefusedError, BlockedError, InfrastructureError when it is not stable now.
   */
  async request({ target, state, converge }: AskedTarget, { whenStable }: { whenStable: boolean }): Promise<KernelJob> {
    if (state === 'running' || state === 'scheduled') {
      if (!whenStable)
        throw new RefusedError({
          message: `a run of ${target.name} is under way`,
          hint: '`falloutd build --when-stable` waits for it',
        });
      return this.#wait(target);
    }
    try {
      const kernel = await stillStable(target, this.#history, {
        signal: this.#stopping.signal,
        processes: recordedChildren(this.#history),
      });
      if (kernel === null) throw new InfrastructureError({ message: 'the daemon is shutting down' });
      return this.#enqueue(target, kernel);
    } catch (error) {
      if (!whenStable || !(error instanceof RefusedError || error instanceof BlockedError)) throw error;
      if (state === 'held')
        throw new RefusedError(
          { message: `${target.name} is held and will not become stable`, hint: '`falloutd resume` ends the hold' },
          { cause: error },
        );
      converge();
      return this.#wait(target);
    }
  }

  /** Builds the kernel of a target that a run has found stable, if somebody waits for it or the configuration always wants it. */
  foundStable(target: Target): void {
    const kernel = recordedKernel(this.#history, target.name);
    if (kernel === null) return;
    const isAwaited = this.#next.get(target.name)?.state === 'waiting';
    if (isAwaited || (target.build === 'when-stable' && !this.#isJudged(kernel))) this.#enqueue(target, kernel);
  }

  /**
   * Cancels the builds of a target, also the one that waits. Resolves when none of their processes is left.
   * @throws RefusedError if there are none.
   */
  async cancel(target: string): Promise<void> {
    const jobs = [this.#building.get(target), this.#next.get(target)].filter((job) => job !== undefined);
    if (jobs.length === 0) throw new RefusedError({ message: `no kernel build of ${target} is under way` });
    for (const job of jobs) job.abort.abort('cancelled');
    this.#next.get(target)?.settle(null);
    this.#next.delete(target);
    await Promise.all(jobs.map((job) => job.done));
  }

  /** The kernel build of a target that is under way or waits; null: there is none. */
  live(target: string): KernelLive | null {
    const job = this.#building.get(target) ?? this.#next.get(target);
    if (job === undefined) return null;
    return { state: job.state, ...(job.progress === undefined ? {} : { progress: job.progress }) };
  }

  /** Cancels all builds. Resolves when none of their processes is left. */
  async stop(): Promise<void> {
    this.#stopping.abort('interrupted');
    const targets = new Set([...this.#building.keys(), ...this.#next.keys()]);
    await Promise.all([...targets].map((target) => this.cancel(target)));
    await this.#queue.onIdle();
  }

  #wait(target: Target): Job {
    const job = this.#next.get(target.name) ?? newJob(target, null);
    this.#next.set(target.name, job);
    return job;
  }

  #enqueue(target: Target, kernel: StableKernel): Job {
    const building = this.#building.get(target.name);
    const next = this.#next.get(target.name);
    if (next === undefined && building?.kernel?.drvPath === kernel.drvPath) return building;
    const job = next ?? newJob(target, kernel);
    Object.assign(job, { target, kernel });
    this.#next.set(target.name, job);
    if (job.state === 'waiting') {
      job.state = 'queued';
      void this.#queue.add(async () => this.#build(job));
    }
    return job;
  }

  async #build(job: Job): Promise<void> {
    const { target, kernel, abort } = job;
    if (abort.signal.aborted || kernel === null) return;
    this.#next.delete(target.name);
    this.#building.set(target.name, job);
    job.state = 'building';
    let build: KernelBuild | null = null;
    try {
      build = await recordedBuild(target, kernel, this.#history, {
        signal: abort.signal,
        logs: this.logs,
        emit: (event) => this.#report(event, job),
      });
    } catch (error) {
      this.#report({ kind: 'trouble', target: target.name, problem: problemOf(error) }, job);
    } finally {
      this.#building.delete(target.name);
      job.settle(build);
    }
  }

  #report(event: RunEvent, job: Job): void {
    if (event.kind === 'build-started') job.build = event.build;
    if (event.kind === 'build-progress') job.progress = event;
    for (const listener of this.#listeners) listener(event);
  }

  /** Whether building it again would give the same result: it is built and still there, or it failed by itself. */
  #isJudged({ drvPath }: StableKernel): boolean {
    const judged = judgedBuild(this.#history, drvPath);
    return judged !== null && (judged.outPath === null || existsSync(judged.outPath));
  }
}

function newJob(target: Target, kernel: StableKernel | null): Job {
  let settle!: Job['settle'];
  const done = new Promise<KernelBuild | null>((resolve) => (settle = resolve));
  const abort = new AbortController();
  return { state: 'waiting', build: null, target, kernel, progress: undefined, abort, done, settle };
}
