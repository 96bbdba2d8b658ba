import type { EntryChange } from './entry.ts';
import type { Fallout, Wish } from './fallout.ts';
import type { Problem } from './problem.ts';

export type RunCause = 'start' | 'save' | 'command' | 'retry';

/** How a run ended (ARCHITECTURE.md, "The words"). */
export type RunOutcome =
  | { kind: 'stable' }
  | { kind: 'blocked'; problem: Problem }
  | { kind: 'stalled'; reason: 'no-rung' | 'max-iterations' | 'repeated-state'; symbols: string[] }
  | { kind: 'infrastructure'; problem: Problem }
  | { kind: 'superseded' }
  | { kind: 'interrupted' };

/** What one config build (or an evaluation that ended before one) came to. */
export type IterationOutcome = 'green' | 'fallout' | 'blocked' | 'infrastructure' | 'cancelled';

export type Iteration = {
  /** Counts from 1 through the whole history of the state directory. */
  iteration: number;
  run: number;
  /** ISO 8601, UTC. */
  startedAt: string;
  durationMs: number;
  evaluateMs: number;
  buildMs: number;
  probe: boolean;
  outcome: IterationOutcome;
  drvPath: string | null;
  patchesSha256: string | null;
  /** How much of the user's folders Nix copied into its store for the evaluation; null where it is not known. */
  sourceBytes: number | null;
  fallout: Fallout[];
  /** The entries that this iteration changed in the managed patch. */
  entries: EntryChange[];
  /** An older text of falloutd's own stood between the markers, and was answered from history: entries put back, and taken out. */
  restored?: { putBack: number; takenOut: number };
};

export type Run = {
  run: number;
  target: string;
  cause: RunCause;
  startedAt: string;
  durationMs: number | null;
  /** null while it goes on, or when falloutd was killed in the middle. */
  outcome: RunOutcome | null;
  iterations: Iteration[];
  /** How many entries the managed patch gained over the run, net. */
  absorbed: number;
  lost: Wish[];
};

/** The questions and the milliseconds that the last finished config build took. */
export type Expected = { questions: number; buildMs: number };
