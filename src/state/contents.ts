import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { History } from './historyDatabase.ts';

/** The tables whose rows are found by the SHA-256 of what they hold. */
export type ContentTable = 'patches' | 'configs' | 'settings';

/** SHA-256 of the exact bytes, in hex: the name of a content in the database. */
export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Keeps the exact bytes of a patches file (or any other file of the user); returns their SHA-256 in hex. */
export function keepPatches(history: History, content: Buffer): string {
  return keep(history, 'patches', content);
}

/** The bytes that `keepPatches` kept, or null where that SHA-256 is not known. */
export function patches(history: History, hash: string): Buffer | null {
  return content(history, 'patches', hash);
}

/** Keeps `bytes` once, however often they come; returns their SHA-256. */
export function keep(history: History, table: ContentTable, bytes: Buffer): string {
  const hash = sha256(bytes);
  if (history.get(`SELECT 1 FROM ${table} WHERE sha256 = ?`, hash) === undefined) {
    history.insert(table, { sha256: hash, bytes: bytes.length, content: gzipSync(bytes) }, 'OR IGNORE');
  }
  return hash;
}

export function content(history: History, table: ContentTable, hash: string): Buffer | null {
  return unzipped(history.get(`SELECT content FROM ${table} WHERE sha256 = ?`, hash));
}

/** Keeps the transcript of an iteration, or the log of a kernel build. `cut`: whether lines are left out of it. */
export function keepLog(history: History, of: { iteration: number } | { build: number }, log: Buffer, cut: boolean): void {
  const table = 'build' in of ? 'kernel_logs' : 'transcripts';
  history.insert(table, { ...of, bytes: log.length, content: gzipSync(log), cut: cut ? 1 : 0 });
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

/**
 * Deletes the oldest transcripts until at most `transcripts` of them, and at most `bytes` compressed
 * bytes, are left; returns how many it deleted. Nothing else is ever deleted from the history.
 */
export function retain(history: History, limits: { transcripts?: number; bytes?: number }): number {
  return history.write(() => {
    let gone = 0;
    if (limits.transcripts !== undefined) {
      gone += history.run(
        `DELETE FROM transcripts WHERE iteration <=
           (SELECT iteration FROM transcripts ORDER BY iteration DESC LIMIT 1 OFFSET ?)`,
        limits.transcripts,
      );
    }
    if (limits.bytes !== undefined) {
      gone += history.run(
        `DELETE FROM transcripts WHERE iteration <=
           (SELECT max(iteration) FROM
             (SELECT iteration, sum(length(content)) OVER (ORDER BY iteration DESC) AS kept FROM transcripts)
            WHERE kept > ?)`,
        limits.bytes,
      );
    }
    return gone;
  });
}
