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

/**
 * Keeps what falloutd is about to replace in a user's file; returns the number of the replacement.
 * When it returns, both contents are on disk: only then may the file change.
 */
export function keepReplaced(
  history: History,
  replacement: { path: string; target: string; run: number | null; before: Buffer; after: Buffer; at?: string },
): number {
  const { target, run, path, before, after, at = new Date().toISOString() } = replacement;
  return history.write(() =>
    history.insert('replaced', {
      target,
      run,
      path,
      before_sha256: keep(history, 'patches', before),
      after_sha256: keep(history, 'patches', after),
      replaced_at: at,
    }),
  );
}

const SELECT = `SELECT id, target, run, path, before_sha256 AS before, after_sha256 AS after, replaced_at AS replacedAt FROM replaced`;

type Row = Omit<Replaced, 'before' | 'after'> & { before: string; after: string };

function replacedOf(history: History, { before, after, ...row }: Row): Replaced {
  const bytes = (hash: string): Buffer => content(history, 'patches', hash) ?? Buffer.alloc(0);
  return { ...row, before: bytes(before), after: bytes(after) };
}

/** The newest replacements of a target, newest first. */
export function replacements(history: History, target: string, limit = 1): Replaced[] {
  return history
    .all<Row>(`${SELECT} WHERE target = ? ORDER BY id DESC LIMIT ?`, target, limit)
    .map((row) => replacedOf(history, row));
}

/** A process group that falloutd started, with the start time of its leader as the system tells it. */
export type ProcessGroup = { pgid: number; startTime: string; what: string };

/** Records a process group, so that a falloutd that comes after a killed one can end it. */
export function keepProcess(history: History, group: ProcessGroup): void {
  history.insert('processes', { pgid: group.pgid, start_time: group.startTime, what: group.what }, 'OR REPLACE');
}

/** Records that a process group has ended. */
export function forgetProcess(history: History, pgid: number): void {
  history.run('DELETE FROM processes WHERE pgid = ?', pgid);
}

/** The process groups that have not been seen to end. */
export function processes(history: History): ProcessGroup[] {
  return history.all<ProcessGroup>('SELECT pgid, start_time AS startTime, what FROM processes ORDER BY pgid');
}

/** The newest run of a target that replaced anything; null where none did. */
export function lastReplacingRun(history: History, target: string): number | null {
  return (
    history.get<{ run: number }>(
      'SELECT run FROM replaced WHERE target = ? AND run IS NOT NULL ORDER BY id DESC LIMIT 1',
      target,
    )?.run ?? null
  );
}

/** The first replacement of a run: its `before` is what stood there when the run began. null where it wrote nothing. */
export function firstReplacementOf(history: History, target: string, run: number): Replaced | null {
  const row = history.get<Row>(`${SELECT} WHERE target = ? AND run = ? ORDER BY id LIMIT 1`, target, run);
  return row === undefined ? null : replacedOf(history, row);
}
