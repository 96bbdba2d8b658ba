import type { KernelBuild, ExpectedKernel } from './kernelBuild.ts';
import type { Problem } from './problem.ts';
import type { RunCause, Iteration, Run, Expected } from './run.ts';

/** What a run tells while it goes; the terminal's live line, the log and the socket are fed from it. */
export type RunEvent =
  | { kind: 'run-started'; run: number; target: string; cause: RunCause; patchesFile: string }
  | { kind: 'phase'; run: number; iteration: number; phase: 'evaluate' | 'build' | 'probe' | 'write' }
  | { kind: 'progress'; run: number; iteration: number; step: string; questions: number; expected: Expected | null }
  | { kind: 'iteration-finished'; iteration: Iteration }
  | { kind: 'run-finished'; run: Run }
  /** Something that does not stop the run, but the user should know. */
  | { kind: 'warning'; run: number; target: string; problem: Problem }
  /** A run could not even be recorded: the state directory's disk is full, or the database is damaged. */
  | { kind: 'trouble'; target: string; problem: Problem }
  | { kind: 'build-started'; build: KernelBuild }
  | {
      kind: 'build-progress';
      build: number;
      target: string;
      step: string;
      objects: number;
      elapsedMs: number;
      expected: ExpectedKernel | null;
    }
  /** `use`: what to type to use a built kernel; `changed`: the user's files that changed since it was recorded. */
  | { kind: 'build-finished'; build: KernelBuild; use: string | null; changed: string[] };
