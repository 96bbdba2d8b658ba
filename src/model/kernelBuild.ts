import type { Problem } from './problem.ts';

export type KernelBuildOutcome = 'built' | 'failed' | 'cancelled' | 'infrastructure';

/** One build of a whole kernel, from the derivation that a stable run recorded. */
export type KernelBuild = {
  /** Counts from 1 through the whole history of the state directory. */
  build: number;
  target: string;
  /** The iteration whose config build was green. */
  iteration: number;
  startedAt: string;
  /** null while it goes on, and where falloutd was killed in the middle. */
  durationMs: number | null;
  /** null while it goes on. */
  outcome: KernelBuildOutcome | null;
  drvPath: string;
  outPath: string | null;
  /** The sizes of the kernel image and of all modules; null where they are not known. */
  kernelBytes: number | null;
  modulesBytes: number | null;
  /** How many objects were compiled; null where the kernel was there already. */
  objects: number | null;
  problem: Problem | null;
};

/** The objects and the milliseconds that the last finished kernel build took. */
export type ExpectedKernel = { objects: number; durationMs: number };
