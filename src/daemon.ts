import PQueue from 'p-queue';
import type { LiveStatus } from './commands/status.ts';
import type { Config } from './config.ts';
import type { History } from './history/open.ts';
import { TargetLoop } from './targetLoop.ts';
import type { RunEvent } from './words.ts';

export type Daemon = {
  /** The loop of a target; null where the configuration has none of that name. */
  loop: (target: string) => TargetLoop | null;
  /** What each target does at the moment. */
  live: () => Record<string, LiveStatus>;
  /** Calls `listener` with every event from now on; gives what ends that. */
  follow: (listener: (event: RunEvent) => void) => () => void;
  /** Ends the runs under way and resolves when no process of theirs is left. */
  stop: () => Promise<void>;
};

/** Serves every target of a configuration: a run at the start, then one for each save. Only wiring lives here. */
export function startDaemon(config: Config, history: History, emit: (event: RunEvent) => void): Daemon {
  const queue = new PQueue({ concurrency: config.jobs });
  const listeners = new Set([emit]);
  const tell = (event: RunEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const loops = new Map(config.targets.map((target) => [target.name, new TargetLoop(target, config, history, queue, tell)]));
  for (const loop of loops.values()) loop.trigger('start');
  return {
    loop: (target) => loops.get(target) ?? null,
    live: () => Object.fromEntries([...loops].map(([name, loop]) => [name, loop.live()])),
    follow: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: async () => {
      await Promise.all([...loops.values()].map((loop) => loop.stop()));
      await queue.onIdle();
    },
  };
}
