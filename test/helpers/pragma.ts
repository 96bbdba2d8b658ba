import type { Database } from 'better-sqlite3';
import { prepareStatement } from '../../src/state/sqlite.ts';

/** What a pragma answers: the first column of its first row. */
export function pragma(db: Database, text: string): unknown {
  return prepareStatement(db, `PRAGMA ${text}`).pluck().get();
}
