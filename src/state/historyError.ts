import { FalloutdError } from '../model/errors.ts';

/** What went wrong with the database, as the caller can act on it. */
export type HistoryErrorCode =
  /** There is no database in the state directory yet. */
  | 'missing'
  /** It is in a folder of another user, who alone may read it. */
  | 'foreign'
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
  readonly exitCode: number;

  constructor(
    readonly code: HistoryErrorCode,
    readonly path: string,
    message: string,
    { hint, ...options }: { hint?: string } & ErrorOptions = {},
  ) {
    super({ message, file: path, ...(hint === undefined ? {} : { hint }) }, options);
    this.exitCode = code === 'missing' || code === 'newer' ? 2 : code === 'foreign' ? 4 : 5;
  }
}

/** What the beginning of an SQLite error code means. */
const MEANINGS: [RegExp, HistoryErrorCode, string][] = [
  [/^SQLITE_(NOTADB|CORRUPT)/, 'corrupt', 'the history database is damaged'],
  [/^SQLITE_(BUSY|LOCKED)/, 'busy', 'another process holds the history database'],
  [/^SQLITE_(FULL|IOERR|CANTOPEN|READONLY|PERM|AUTH)/, 'disk', 'the history database cannot be read or written'],
  [/^SQLITE_/, 'failed', 'the history database refused'],
];

/** The HistoryError for whatever SQLite threw; anything that is not SQLite's is given back as it is. */
export function fromSqlite(cause: unknown, path: string): unknown {
  if (!(cause instanceof Error) || !('code' in cause)) return cause;
  const [, code, meaning] = MEANINGS.find(([sign]) => sign.test(String(cause.code))) ?? [];
  if (code === undefined) return cause;
  const hint = code === 'disk' ? { hint: 'is there room on its disk, and may the file be written?' } : {};
  return new HistoryError(code, path, `${meaning} (${cause.message})`, { cause, ...hint });
}
