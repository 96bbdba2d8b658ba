import { gunzipSync, gzipSync } from 'node:zlib';
import { sha256 } from '../system/contentHash.ts';
import type { History } from './historyDatabase.ts';

/** The tables whose rows are found by the SHA-256 of what they hold; `patches` are files of the user. */
export type ContentTable = 'patches' | 'configs' | 'settings' | 'side_effects';

/** Keeps the exact bytes once, however often they come; returns their SHA-256 in hex. */
export function keep(history: History, table: ContentTable, bytes: Buffer): string {
  const hash = sha256(bytes);
  if (history.get(`SELECT 1 FROM ${table} WHERE sha256 = ?`, hash) === undefined)
    history.insert(table, { sha256: hash, bytes: bytes.length, content: gzipSync(bytes) }, 'OR IGNORE');
  return hash;
}

/** The bytes that `keep` kept, or null where that SHA-256 is not known. */
export function content(history: History, table: ContentTable, hash: string): Buffer | null {
  return unzipped(history.get(`SELECT content FROM ${table} WHERE sha256 = ?`, hash));
}

/** Keeps the transcript of an iteration, or the log of a kernel build. `cut`: whether lines are left out of it. */
export function keepLog(history: History, of: { iteration: number } | { build: number }, log: Buffer, cut: boolean): void {
  const table = 'build' in of ? 'kernel_logs' : 'transcripts';
  history.insert(table, { ...of, bytes: log.length, content: gzipSync(log), cut });
}

/** The exact bytes of an iteration's transcript; null where it had none, or retention has deleted it. */
export function transcript(history: History, iteration: number): Buffer | null {
  return unzipped(history.get('SELECT content FROM transcripts WHERE iteration = ?', iteration));
}

/** The bytes of a row of any of these tables; null where there is none. */
export function unzipped(row: { content: Buffer } | undefined): Buffer | null {
  return row === undefined ? null : gunzipSync(row.content);
}

/** Whether lines are left out of an iteration's transcript. */
export function isCut(history: History, iteration: number): boolean {
  return history.get<{ cut: number }>('SELECT cut FROM transcripts WHERE iteration = ?', iteration)?.cut === 1;
}

/** Deletes all but the newest logs of a table; returns how many it deleted. Nothing else is ever deleted from the history. */
export function retain(history: History, table: 'transcripts' | 'kernel_logs', newest: number): number {
  const key = table === 'transcripts' ? 'iteration' : 'build';
  return history.run(
    `DELETE FROM ${table} WHERE ${key} <= (SELECT ${key} FROM ${table} ORDER BY ${key} DESC LIMIT 1 OFFSET ?)`,
    newest,
  );
}
