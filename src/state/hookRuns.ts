import type { History } from './historyDatabase.ts';

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
  history.insert('hooks', run);
}

/** The newest hooks that ran, newest first; of one target, or of all. */
export function hookRuns(history: History, limit: number, target?: string): HookRun[] {
  const sql = `SELECT target, hook, started_at, duration_ms, exit_code, output FROM hooks
    WHERE target = coalesce(?, target) ORDER BY id DESC LIMIT ?`;
  return history.all<HookRun>(sql, target ?? null, limit);
}
