import PQueue from 'p-queue';
import { KernelBuilds } from '../build/queue.ts';
import type { Config } from '../config/config.ts';
import { problemOf } from '../model/errors.ts';
import type { RunEvent } from '../model/event.ts';
import type { LiveStatus } from '../model/liveStatus.ts';
import type { History } from '../state/historyDatabase.ts';
import { RETRY_MS, TargetLoop, WORK, type LoopOptions, type Work } from './targetLoop.ts';

export type Daemon = {
  /** The loop of a target; null where the configuration has none of that name. */
  loop: (target: string) => TargetLoop | null;
  /** What each target does at the moment. */
  live: () => Record<string, LiveStatus>;
  /** Serves the targets from now on: a run at once, then one for each save. Never fails. */
  start: () => void;
  /** Ends the runs under way. Resolves when no process of theirs is left. */
  stop: () => Promise<void>;
};

export type DaemonOptions = {
  /** They outlive the daemon: the caller follows and stops them. */
  kernels?: KernelBuilds;
  retryMs?: readonly number[];
  onDisplaced?: LoopOptions['onDisplaced'];
  /** It outlives the daemon: the caller closes it. */
  predictor?: LoopOptions['predictor'];
  work?: Work;
};

/**
 * Makes the loops of all targets of a configuration. Nothing runs and nothing is watched before `start`, so another
 * daemon may still serve the same targets.
 * @param emit must not throw.
 * @throws HistoryError when the database cannot be read.
 */
export function createDaemon(
  config: Config,
  history: History,
  emit: (event: RunEvent) => void,
  { kernels = new KernelBuilds(history), retryMs = RETRY_MS, work = WORK, onDisplaced, predictor }: DaemonOptions = {},
): Daemon {
  const report = (event: RunEvent): void => {
    emit(event);
    if (event.kind !== 'run-finished' || event.run.outcome?.kind !== 'stable') return;
    const stable = config.targets.find((target) => target.name === event.run.target);
    try {
      if (stable !== undefined) kernels.foundStable(stable);
    } catch (error) {
      emit({ kind: 'trouble', target: event.run.target, problem: problemOf(error) });
    }
  };
  const queue = new PQueue({ concurrency: config.jobs });
  const { transcripts } = config;
  const options = { history, queue, predictor, transcripts, emit: report, retryMs, work, onDisplaced };
  const loops = new Map(config.targets.map((target) => [target.name, new TargetLoop(target, options)]));
  return {
    loop: (target) => loops.get(target) ?? null,
    live: () =>
      Object.fromEntries([...loops].map(([name, loop]) => [name, { ...loop.live(), kernel: kernels.live(name) }])),
    start: () => {
      kernels.logs = config.transcripts;
      for (const loop of loops.values()) loop.start();
    },
    stop: async () => {
      await Promise.all([...loops.values()].map(async (loop) => loop.stop()));
    },
  };
}
