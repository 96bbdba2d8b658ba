import type { History } from './history.ts';

/** How a hook ended; `exitCode` is null when it outlived its time limit or was killed. */
export type HookRun = {
  target: string;
  hook: string;
  startedAt: string;
  durationMs: number;
  exitCode: number | null;
  output: string;
};

/** Records how a hook ended. */
export function keepHook(history: History, run: HookRun): void {
  history.run(
    'INSERT INTO hooks (target, hook, started_at, duration_ms, exit_code, output) VALUES (?, ?, ?, ?, ?, ?)',
    run.target,
    run.hook,
    run.startedAt,
    run.durationMs,
    run.exitCode,
    run.output,
  );
}

/** The newest hooks that ran, newest first. */
export function hookRuns(history: History, limit: number): HookRun[] {
  return history.all<HookRun>(
    'SELECT target, hook, started_at AS startedAt, duration_ms AS durationMs, exit_code AS exitCode, output FROM hooks ORDER BY id DESC LIMIT ?',
    limit,
  );
}
