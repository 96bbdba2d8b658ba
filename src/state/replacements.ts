import { content, keep } from './contents.ts';
import type { History } from './historyDatabase.ts';

/** One replacement of a user's file by falloutd. */
export type Replaced = {
  id: number;
  target: string;
  run: number | null;
  path: string;
  before: Buffer;
  after: Buffer;
  /** ISO 8601, UTC. */
  replacedAt: string;
};

/** Keeps both contents on disk, before which the file must not change; returns the number of the replacement. */
export function keepReplaced(
  history: History,
  replacement: { path: string; target: string; run: number | null; before: Buffer; after: Buffer; at?: string },
): number {
  const { target, run, path, before, after, at = new Date().toISOString() } = replacement;
  return history.write(() => {
    const [beforeSha256, afterSha256] = [before, after].map((bytes) => keep(history, 'patches', bytes));
    return history.insert('replaced', { target, run, path, beforeSha256, afterSha256, replacedAt: at });
  });
}


/** The newest replacements of a target, newest first. */
export function replacements(history: History, target: string, limit = 1): Replaced[] {
  return selected(history, 'WHERE target = ? ORDER BY id DESC LIMIT ?', target, limit);
}

/** The newest run of a target that replaced anything; null where none did. */
export function lastReplacingRun(history: History, target: string): number | null {
  const sql = 'SELECT run FROM replaced WHERE target = ? AND run IS NOT NULL ORDER BY id DESC LIMIT 1';
  return history.get<{ run: number }>(sql, target)?.run ?? null;
}

/** The replacements of a run in their order. */
export function replacementsOf(history: History, target: string, run: number): Replaced[] {
  return selected(history, 'WHERE target = ? AND run = ? ORDER BY id', target, run);
}

/** The files of a target that were ever replaced. */
export function replacedFiles(history: History, target: string): string[] {
  return history
    .all<{ path: string }>('SELECT DISTINCT path FROM replaced WHERE target = ?', target)
    .map(({ path }) => path);
}

function selected(history: History, which: string, ...parameters: unknown[]): Replaced[] {
  type Row = Omit<Replaced, 'before' | 'after'> & { before: string; after: string };
  const columns = 'id, target, run, path, before_sha256 AS before, after_sha256 AS after, replaced_at';
  const bytes = (hash: string): Buffer => content(history, 'patches', hash) ?? Buffer.alloc(0);
  return history
    .all<Row>(`SELECT ${columns} FROM replaced ${which}`, ...parameters)
    .map((row) => ({ ...row, before: bytes(row.before), after: bytes(row.after) }));
}
