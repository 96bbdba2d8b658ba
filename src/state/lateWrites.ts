import type { LateWrite } from '../model/lateWrite.ts';
import { textOf } from '../system/fileText.ts';
import { readableText } from '../system/wholeFile.ts';
import { content, keep } from './contents.ts';
import type { History } from './historyDatabase.ts';

type Row = { id: number; path: string; foundAt: string; before: string; late: string };

/** Records what stands in a file after its replacement, the whole of it; what was recorded of this replacement before is older. */
export function keepLate(history: History, replaced: number, bytes: Buffer, foundAt = new Date().toISOString()): void {
  history.write(() => {
    history.insert('late_writes', { replaced, foundAt, sha256: keep(history, 'patches', bytes) }, 'OR REPLACE');
  });
}

/** The late writes of one replacement, or of a target since a time (ISO 8601, UTC), the newest first. */
export function lateWrites(history: History, of: { replaced: number } | { target: string; since: string }): LateWrite[] {
  const [where, ...parameters] =
    'replaced' in of ? ['replaced = ?', of.replaced] : ['target = ? AND found_at >= ?', of.target, of.since];
  const sql = `SELECT id, path, found_at, before_sha256 AS before, sha256 AS late
    FROM late_writes JOIN replaced ON id = replaced WHERE ${where} ORDER BY id DESC`;
  return history.all<Row>(sql, ...parameters).map(({ id, path, foundAt, before, late }) => {
    const known = new Set(linesOf(content(history, 'patches', before)));
    for (const line of (readableText(path) ?? '').split('\n')) known.add(line);
    const lines = linesOf(content(history, 'patches', late)).filter((line) => !known.has(line));
    return { id, path, foundAt, lines: lines.length };
  });
}

/** The file as a late write left it; null where none is recorded. */
export function lateContent(history: History, replaced: number): Buffer | null {
  const row = history.get<{ sha256: string }>('SELECT sha256 FROM late_writes WHERE replaced = ?', replaced);
  return row === undefined ? null : content(history, 'patches', row.sha256);
}

const linesOf = (bytes: Buffer | null): string[] => (bytes === null ? [] : textOf(bytes).split('\n'));
