import type { RunEvent } from './event.ts';

/** What the daemon does about the kernel of a target; `progress` while it is built. */
export type KernelLive = {
  state: 'waiting' | 'queued' | 'building';
  progress?: Extract<RunEvent, { kind: 'build-progress' }>;
};

/** What only a running daemon knows of a target. */
export type LiveStatus = {
  state: 'idle' | 'running' | 'scheduled' | 'held';
  /** What it does at the moment: `iteration 41, building`. */
  doing?: string;
  /** What it does about the whole kernel; null: nothing. */
  kernel?: KernelLive | null;
};
