import { isWish } from '../model/asker.ts';
import type { Run } from '../model/run.ts';

/** The options of `falloutd once`, with `--dry-run` and without. */
export type OnceOptions = { fresh: boolean; strict: boolean; json: boolean; signal: AbortSignal };

/** The exit code after Ctrl-C, as shells give it: 128 and the number of SIGINT. */
export const INTERRUPTED = 130;

/** What a run's outcome means to the shell: the codes of README's table. With `strict`, a lost wish counts as a failure. */
export function runExitCode({ outcome, lost }: Run, strict: boolean): number {
  const codes = { blocked: 3, infrastructure: 5, interrupted: INTERRUPTED, stalled: 1, superseded: 1 };
  if (outcome?.kind === 'stable') return strict && lost.some(isWish) ? 1 : 0;
  return outcome == null ? 1 : codes[outcome.kind];
}
