import { FalloutdError } from '../model/errors.ts';

/** What went wrong with the database, as the caller can act on it. */
export type HistoryErrorCode =
  /** There is no database in the state directory yet. */
  | 'missing'
  /** A newer falloutd wrote it. */
  | 'newer'
  /** It is not a database, or damaged. */
  | 'corrupt'
  /** Another process holds it longer than we wait. */
  | 'busy'
  /** The disk is full, or the file cannot be written. */
  | 'disk'
  /** A call that contradicts what is recorded (finishing an iteration twice, an unknown run). */
  | 'misuse'
  | 'failed';

/** An error of the history database. `path` is the database file; `cause` the error underneath, if any. */
export class HistoryError extends FalloutdError {
  readonly code: HistoryErrorCode;
  readonly path: string;
  /** newer: the version of the database and the newest one that this falloutd knows. */
  readonly version: { found: number; known: number } | undefined;
  readonly exitCode: number;

  constructor(
    code: HistoryErrorCode,
    path: string,
    message: string,
    more: { hint?: string; cause?: unknown; version?: { found: number; known: number } } = {},
  ) {
    super(
      { message, file: path, ...(more.hint === undefined ? {} : { hint: more.hint }) },
      more.cause === undefined ? undefined : { cause: more.cause },
    );
    this.code = code;
    this.path = path;
    this.version = more.version;
    this.exitCode = code === 'missing' || code === 'newer' ? 2 : 5;
  }
}

/** The HistoryError for whatever SQLite threw; anything that is not SQLite's is given back as it is. */
export function fromSqlite(error: unknown, path: string): unknown {
  const sqlite = sqliteCode(error);
  if (sqlite === null || !(error instanceof Error)) return error;
  const code = codeOf(sqlite);
  const hint = code === 'disk' ? { hint: 'is there room on its disk, and may the file be written?' } : {};
  return new HistoryError(code, path, `${MEANING[code] ?? 'the history database refused'} (${error.message})`, {
    cause: error,
    ...hint,
  });
}

/** True when SQLite says that the file itself is damaged or no database. */
export function isCorruption(error: unknown): boolean {
  const sqlite = sqliteCode(error);
  return sqlite !== null && codeOf(sqlite) === 'corrupt';
}

const MEANING: Partial<Record<HistoryErrorCode, string>> = {
  corrupt: 'the history database is damaged',
  busy: 'another process holds the history database',
  disk: 'the history database cannot be read or written',
};

function sqliteCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' && error.code.startsWith('SQLITE_') ? error.code : null;
}

function codeOf(sqlite: string): HistoryErrorCode {
  if (sqlite === 'SQLITE_NOTADB' || sqlite.startsWith('SQLITE_CORRUPT')) return 'corrupt';
  if (sqlite.startsWith('SQLITE_BUSY') || sqlite.startsWith('SQLITE_LOCKED')) return 'busy';
  if (/^SQLITE_(FULL|IOERR|CANTOPEN|READONLY|PERM|AUTH)/.test(sqlite)) return 'disk';
  return 'failed';
}
