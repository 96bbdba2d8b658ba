import { isWish } from '../model/asker.ts';
import type { Run } from '../model/run.ts';

/** The options of `falloutd once`, with `--dry-run` and without. */
export type OnceOptions = { fresh: boolean; strict: boolean; json: boolean; signal: AbortSignal };

/** The exit code after Ctrl-C, as shells give it: 128 and the number of SIGINT. */
export const INTERRUPTED = 130;

/** What a run's outcome means to the shell: the codes of README's table. With `strict`, a lost wish counts as a failure. */
export function runExitCode(run: Run, strict: boolean): number {
  switch (run.outcome?.kind) {
    case 'stable':
      return strict && run.lost.some(isWish) ? 1 : 0;
    case 'blocked':
      return 3;
    case 'infrastructure':
      return 5;
    case 'interrupted':
      return INTERRUPTED;
    case 'stalled':
    case 'superseded':
    case undefined:
      return 1;
  }
}
