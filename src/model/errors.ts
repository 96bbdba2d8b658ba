import type { Problem } from './problem.ts';

/** An error that the user sees as `problem`; the kinds differ only in the exit code (README, "Exit codes"). */
export abstract class FalloutdError extends Error {
  abstract readonly exitCode: number;
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message, options);
    this.name = new.target.name;
    this.problem = problem;
  }
}

/** The command line or the configuration is wrong. */
export class UsageError extends FalloutdError {
  readonly exitCode = 2;
}

/** The user must change their files before falloutd can go on. */
export class BlockedError extends FalloutdError {
  readonly exitCode = 3;
}

/** The request is refused in the present state. */
export class RefusedError extends FalloutdError {
  readonly exitCode = 4;
}

/** Nix is missing or broken, or the network, the disk, the daemon or a builder failed. */
export class InfrastructureError extends FalloutdError {
  readonly exitCode = 5;
}

/** The user pressed Ctrl-C: there is nothing more to say. */
export class Interrupted extends FalloutdError {
  readonly exitCode = 130;

  constructor() {
    super({ message: 'interrupted' });
  }
}

/** What a function gives instead of its result if the user has to act first. */
export type Refused = { kind: 'refused'; problem: Problem };

export function refused(problem: Problem): Refused {
  return { kind: 'refused', problem };
}

/** The problem that an error reports. An unexpected one names the place where it happened. */
export function problemOf(error: unknown): Problem {
  if (error instanceof FalloutdError) return error.problem;
  if (!(error instanceof Error)) return { message: `unexpected error: ${String(error)}` };
  const frames = error.stack?.match(/^ +at .+$/gm) ?? [];
  return {
    message: `unexpected error: ${error.message}`,
    hint: ['if it happens again, please report it with these lines:', ...frames.slice(0, 4)].join('\n'),
  };
}
