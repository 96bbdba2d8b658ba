import { setImmediate } from 'node:timers/promises';
import { KernelBuilds } from '../build/queue.ts';
import { loadConfig, type Config, type Target } from '../config/config.ts';
import { problemOf, UsageError } from '../model/errors.ts';
import type { RunEvent } from '../model/event.ts';
import type { LateWrite } from '../model/lateWrite.ts';
import type { Problem } from '../model/problem.ts';
import { targetStatuses } from '../report/data/targetStatus.ts';
import type { TargetStatus } from '../report/data/documentSchemas.ts';
import { LateWrites } from '../run/lateWrites.ts';
import { Predictor } from '../run/predictor.ts';
import type { Tidied } from '../run/tidyTarget.ts';
import type { Undone } from '../run/undo.ts';
import type { History } from '../state/historyDatabase.ts';
import { takeLock } from '../state/lock.ts';
import { replacedFiles } from '../state/replacements.ts';
import { openLocked, refuseStateInFlake, type State } from '../state/stateDirectory.ts';
import { claimTargets } from '../state/targetNames.ts';
import type { InputWatcher } from '../system/inputWatch.ts';
import { mendAllLeftovers } from '../system/leftovers.ts';
import { socketPath } from './address.ts';
import { createDaemon, type Daemon, type DaemonOptions } from './daemon.ts';
import { startHooks, type HookRunner } from './runHooks.ts';
import { routes, type Serving } from './routes.ts';
import { serveSocket, type Server } from './server.ts';
import { WORK, type TargetLoop, type TidyPlan } from './targetLoop.ts';

/** What a service reports beside the events of its runs and builds. */
export type ServiceNews =
  /** What there is to say of the database. */
  | { kind: 'notices'; lines: readonly string[] }
  /** This configuration takes effect. */
  | { kind: 'serving'; config: Config }
  /** A changed configuration cannot be served. The old one stays in force. */
  | { kind: 'reload-failed'; problem: Problem };

export type ServiceOptions = {
  /** Neither may throw. */
  onEvent: (event: RunEvent) => void;
  onNews: (news: ServiceNews) => void;
  /** Not before this time the configuration was read, in ms since the epoch. */
  configReadAt: number;
  /** The one target to serve, also after the configuration changed; all of them without. */
  only?: string | undefined;
} & Pick<DaemonOptions, 'work' | 'retryMs'>;

/**
 * All that `falloutd watch` does: it holds the state directory, answers on the socket, serves the targets of the
 * configuration in force, runs the hooks, and takes over a changed configuration. The socket, its followers and the kernel
 * builds stay over such a change.
 */
export class Service implements Serving {
  readonly #state: State;
  readonly #server: Server;
  readonly #options: ServiceOptions;
  readonly kernels: KernelBuilds;
  readonly #followers: Set<(event: RunEvent) => void>;
  readonly #lateWrites: LateWrites;
  readonly #predictor: Predictor;
  readonly #configWatch: InputWatcher;
  readonly #formerHooks: HookRunner[] = [];
  #config: Config;
  #daemon: Daemon;
  #hooks: HookRunner;
  #reloading = Promise.resolve();
  /** Resolves when `#daemon` may be asked. */
  #swapped = Promise.resolve();

  /**
   * Resolves when saves are seen and commands are answered. The socket comes first: a command waits there until the rest stands.
   * @throws FalloutdError when the state directory, the socket or the configuration cannot be used; nothing is left then.
   */
  static async start(config: Config, options: ServiceOptions): Promise<Service> {
    await refuseStateInFlake(config);
    const lock = takeLock(config.stateDir);
    let server: Server | undefined;
    let state: State | undefined;
    let service: Service | undefined;
    try {
      server = await serveSocket(socketPath(config.stateDir));
      server.admit(config.socketGroup);
      state = await openLocked(config, lock);
      service = new Service(config, state, server, options);
      await service.#open();
      return service;
    } catch (error) {
      if (service !== undefined) await service.stop();
      else {
        await server?.close();
        if (state === undefined) lock.release();
        else state.close();
      }
      throw error;
    }
  }

  private constructor(config: Config, state: State, server: Server, options: ServiceOptions) {
    this.#state = state;
    this.#server = server;
    this.#options = options;
    this.#followers = new Set([options.onEvent]);
    this.#lateWrites = new LateWrites(state.history, (event) => this.#emit(event));
    this.#predictor = new Predictor(config.stateDir);
    this.kernels = new KernelBuilds(state.history);
    this.kernels.follow(this.#emit);
    this.#config = config;
    this.#daemon = this.#createDaemon(config);
    this.#hooks = startHooks(config.hooks, state.history, this.#emit);
    this.#configWatch = (options.work ?? WORK).watch(() => {
      this.#reloading = this.#reloading.then(async () => this.#reload());
    });
  }

  /** The daemon of the configuration in force; while another one takes its place, callers wait for it. */
  async daemon(): Promise<Daemon> {
    await this.#swapped;
    return this.#daemon;
  }

  follow(follower: (event: RunEvent) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  async statuses(): Promise<TargetStatus[]> {
    const live = (await this.daemon()).live();
    return targetStatuses(this.#state.history, { live, configured: this.#config.targets });
  }

  async undo(loop: TargetLoop, run: number | null): Promise<Undone & { late: LateWrite[] }> {
    const { done, late } = await this.#hearingLate(loop, async () => loop.undo(run));
    return { ...done, late };
  }

  async tidy(loop: TargetLoop, plan: TidyPlan): Promise<{ done: Tidied | null; late: LateWrite[] }> {
    return await this.#hearingLate(loop, async () => loop.tidy(plan));
  }

  /** Does something that writes, and hears what programs wrote meanwhile to the files that were replaced. */
  async #hearingLate<T>(loop: TargetLoop, act: () => Promise<T>): Promise<{ done: T; late: LateWrite[] }> {
    const late: LateWrite[] = [];
    const stop = this.follow((event) => {
      if (event.kind === 'late-write' && event.target === loop.target.name) late.push(event.late);
    });
    try {
      const done = await act();
      await this.#lateWrites.settled(loop.target.name);
      return { done, late };
    } finally {
      stop();
    }
  }

  /** Ends the runs, the kernel builds and the socket, waits for the hooks, and lets go of the state directory. */
  async stop(): Promise<void> {
    try {
      this.#configWatch.close();
      await this.#reloading;
      await this.kernels.stop();
      await this.#server.close();
      await this.#daemon.stop();
      await this.#predictor.close();
      await this.#lateWrites.end(AbortSignal.abort());
      await Promise.all([...this.#formerHooks, this.#hooks].map(async (hooks) => hooks.settled()));
    } finally {
      this.#state.close();
    }
  }

  async #open(): Promise<void> {
    const { file, targets } = this.#config;
    this.#options.onNews({ kind: 'notices', lines: this.#state.history.notices });
    await mend(this.#state.history, targets);
    this.#server.answer(routes(this));
    if (file !== null) this.#configWatch.set([file], this.#options.configReadAt);
    this.#begin();
  }

  #begin(): void {
    this.#options.onNews({ kind: 'serving', config: this.#config });
    this.#daemon.start();
  }

  /** Loads the configuration from its file. One that cannot be served is reported and changes nothing. */
  async #reload(): Promise<void> {
    try {
      const config = this.#load();
      await refuseStateInFlake(config);
      this.#server.admit(config.socketGroup);
      claimTargets(this.#state.history, config.targets);
      // Files that are served already may be in the middle of a write.
      const served = new Set(this.#config.targets.map((target) => target.managedFile));
      const fresh = config.targets.filter((target) => !served.has(target.managedFile));
      await mend(this.#state.history, fresh);
      this.#swapped = this.#swap(config, this.#createDaemon(config));
      await this.#swapped;
    } catch (error) {
      this.#options.onNews({ kind: 'reload-failed', problem: problemOf(error) });
    }
  }

  /** The configuration as its file has it now. @throws UsageError when it is wrong, or lacks the one target to serve. */
  #load(): Config {
    const config = loadConfig(this.#config.file ?? '', this.#config.stateDir);
    const { only } = this.#options;
    const targets = config.targets.filter(({ name }) => only === undefined || name === only);
    if (targets.length > 0) return { ...config, targets };
    throw new UsageError({ message: `there is no target \`${only ?? ''}\` any more`, file: config.file ?? '' });
  }

  /** Puts a new daemon in the place of the old one, whose runs end first. Cannot fail. */
  async #swap(config: Config, daemon: Daemon): Promise<void> {
    // Whoever got the old daemon in this turn acts before it stops; whoever asks from now on gets the new one.
    await setImmediate();
    await this.#daemon.stop();
    this.#formerHooks.push(this.#hooks);
    this.#config = config;
    this.#daemon = daemon;
    this.#hooks = startHooks(config.hooks, this.#state.history, this.#emit);
    this.#begin();
  }

  #createDaemon(config: Config): Daemon {
    return createDaemon(config, this.#state.history, this.#emit, {
      ...this.#options,
      kernels: this.kernels,
      onDisplaced: this.#lateWrites.take,
      predictor: this.#predictor,
    });
  }

  readonly #emit = (event: RunEvent): void => {
    for (const follower of this.#followers) follower(event);
    this.#hooks.handle(event);
  };
}

async function mend(history: History, targets: readonly Target[]): Promise<void> {
  const files = targets.flatMap(({ name, managedFile }) => [managedFile, ...replacedFiles(history, name)]);
  await mendAllLeftovers([...new Set(files)]);
}
