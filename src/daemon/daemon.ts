import PQueue from 'p-queue';
import type { LiveStatus } from '../model/liveStatus.ts';
import type { Config } from '../config/config.ts';
import type { History } from '../state/history.ts';
import { KernelBuilds } from '../build/queue.ts';
import { RETRY_MS, TargetLoop } from './targetLoop.ts';
import type { RunEvent } from '../model/event.ts';

export type Daemon = {
  /** The loop of a target; null where the configuration has none of that name. */
  loop: (target: string) => TargetLoop | null;
  kernels: KernelBuilds;
  /** What each target does at the moment. */
  live: () => Record<string, LiveStatus>;
  /** Ends the runs under way and resolves when no process of theirs is left. */
  stop: () => Promise<void>;
};

/**
 * Serves every target of a configuration: a run at the start, then one for each save. Only wiring lives here.
 * The kernel builds outlive it: who gave them stops them.
 */
export function startDaemon(
  config: Config,
  history: History,
  emit: (event: RunEvent) => void,
  kernels = new KernelBuilds(history),
  retryMs = RETRY_MS,
): Daemon {
  const queue = new PQueue({ concurrency: config.jobs });
  const tell = (event: RunEvent): void => {
    emit(event);
    if (event.kind !== 'run-finished' || event.run.outcome?.kind !== 'stable') return;
    const stable = config.targets.find((target) => target.name === event.run.target);
    if (stable !== undefined) kernels.foundStable(stable);
  };
  kernels.logs = config.transcripts;
  const unfollow = kernels.follow(tell);
  const loops = new Map(
    config.targets.map((target) => [target.name, new TargetLoop(target, config, history, queue, tell, retryMs)]),
  );
  for (const loop of loops.values()) loop.trigger('start');
  return {
    loop: (target) => loops.get(target) ?? null,
    kernels,
    live: () =>
      Object.fromEntries([...loops].map(([name, loop]) => [name, { ...loop.live(), kernel: kernels.live(name) }])),
    stop: async () => {
      for (const loop of loops.values()) loop.stop();
      await queue.onIdle();
      unfollow();
    },
  };
}
