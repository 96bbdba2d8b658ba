import { existsSync, lstatSync, renameSync } from 'node:fs';
import path from 'node:path';
import type { Database, Statement } from 'better-sqlite3';
import { HistoryError, fromSqlite } from './historyError.ts';
import { RefusedError } from '../model/errors.ts';
import { makePrivate } from './privateDirectory.ts';
import { MIGRATIONS } from './schema.ts';
import { errorCode, fileReason } from '../system/fileErrors.ts';
import { ifSeen } from '../system/ifSeen.ts';
import { firstBytes, UnreadableFile } from '../system/wholeFile.ts';
import { openDatabase, prepareStatement, SqliteError } from './sqlite.ts';

/** The writer looks up what it wrote lately; better-sqlite3's 16 MB would fill in weeks, page by page. */
const CACHE_KIB = 512;
/** How long a statement waits for another process, in ms. */
const BUSY_MS = 10_000;
/** The same for a reader that would rather do without. */
const GLANCE_MS = 100;

/** The values of a row by column. Numbers are rounded, and objects become JSON. */
type Columns = Readonly<Record<string, string | number | boolean | object | null | undefined>>;

/** Columns are in snake_case in the database and in camelCase in this program. */
const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** An open history database. Made by `openHistory`; the functions of this folder take it as their first argument. */
export class History {
  readonly #statements = new Map<string, Statement>();
  /** Those of `insert`, by table and keys: a run may insert thousands of rows of one form. */
  readonly #insertions = new Map<string, Statement>();

  /** @param notices what to report about the opening (a damaged database was moved aside), one line each. */
  constructor(
    readonly path: string,
    readonly db: Database,
    readonly notices: readonly string[],
  ) {}

  /** One row or undefined; `Row` is what the statement selects. Parameters are positional. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- SQL has no types of its own
  get<Row>(sql: string, ...parameters: unknown[]): Row | undefined {
    return this.all<Row>(sql, ...parameters)[0];
  }

  /** All rows, like `get`. */
  all<Row>(sql: string, ...parameters: unknown[]): Row[] {
    const rows = this.#guard(() => this.#statement(sql).all(...parameters)) as object[];
    if (!Object.keys(rows[0] ?? {}).some((name) => name.includes('_'))) return rows as Row[];
    return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [camelCase(name), value])) as Row);
  }

  /** Runs a statement that changes something; returns how many rows it changed. */
  run(sql: string, ...parameters: unknown[]): number {
    return this.#guard(() => this.#statement(sql).run(...parameters).changes);
  }

  /** Adds a row; returns its rowid. `conflict`: what becomes of a row with the same key. */
  insert(table: string, row: Columns, conflict: '' | 'OR REPLACE' | 'OR IGNORE' = ''): number {
    const values = Object.values(row).map(stored);
    return this.#guard(() => Number(this.#insertion(table, Object.keys(row), conflict).run(values).lastInsertRowid));
  }

  /** Sets columns of the rows that `where` selects; returns how many rows it changed. */
  update(table: string, columns: Columns, where: string, ...parameters: unknown[]): number {
    const set = Object.keys(columns).map((name) => `${snakeCase(name)} = ?`);
    const values = Object.values(columns).map(stored);
    return this.run(`UPDATE ${table} SET ${set.join(', ')} WHERE ${where}`, ...values, ...parameters);
  }

  /** Runs `work` in one transaction: all of it is recorded, or nothing. May be nested. */
  write<T>(work: () => T): T {
    return this.#guard(() => this.db.transaction(work).immediate());
  }

  /** Runs `work` on one snapshot: what a daemon writes meanwhile is not seen. */
  read<T>(work: () => T): T {
    return this.#guard(() => this.db.transaction(work).deferred());
  }

  close(): void {
    this.db.close();
  }

  #insertion(table: string, keys: readonly string[], conflict: string): Statement {
    const form = `${conflict} ${table} ${keys.join()}`;
    const known = this.#insertions.get(form);
    if (known !== undefined) return known;
    const columns = keys.map(snakeCase).join(', ');
    const values = keys.map(() => '?').join(', ');
    const statement = this.#statement(`INSERT ${conflict} INTO ${table} (${columns}) VALUES (${values})`);
    this.#insertions.set(form, statement);
    return statement;
  }

  #statement(sql: string): Statement {
    const statement = this.#statements.get(sql) ?? prepareStatement(this.db, sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw fromSqlite(error, this.path);
    }
  }
}

function stored(value: Columns[string]): string | number | Buffer | null {
  if (typeof value === 'boolean' || typeof value === 'number') return Math.round(Number(value));
  if (value === undefined || value === null || typeof value === 'string' || Buffer.isBuffer(value)) return value ?? null;
  return JSON.stringify(value);
}

/**
 * Opens `falloutd.db` in `stateDir`; for writing it is created where it is missing (the directory too) and brought to the newest
 * version. A damaged one is moved aside, never deleted, and a fresh one made: `notices` then says so. With `readonly`, nothing is
 * created and several processes may read while one writes.
 * @throws HistoryError `newer`, `busy`, `disk`; with `readonly` also `missing`, `foreign` and `corrupt`.
 */
export function openHistory(stateDir: string, options: { readonly?: boolean } = {}): History {
  const file = path.join(stateDir, 'falloutd.db');
  if (options.readonly === true) return openForReading(file);
  try {
    makePrivate(stateDir, 'falloutd.db');
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    const message = `the state directory ${stateDir} cannot be used: ${fileReason(error)}`;
    throw new HistoryError('disk', file, message, { cause: error, hint: '`--state DIR` names another one' });
  }
  try {
    return new History(file, openForWriting(file), []);
  } catch (thrown) {
    const error = fromSqlite(thrown, file);
    if (!(error instanceof HistoryError && error.code === 'corrupt')) throw error;
    const aside = moveAside(file);
    makePrivate(stateDir, 'falloutd.db');
    const notice = `${file} was damaged; it is kept as ${path.basename(aside)}, and a new history begins`;
    return new History(file, openForWriting(file), [notice]);
  }
}

/**
 * Brings `db` to the newest of `steps`, each step in a transaction of its own with its `user_version`.
 * @throws HistoryError `newer` when the database has seen more steps than there are.
 */
export function migrate(db: Database, steps: readonly string[] = MIGRATIONS): void {
  refuseNewer(db, steps.length);
  const step = db.transaction((): boolean => {
    // Read inside the transaction: another process may have taken this step while we waited.
    const at = versionOf(db);
    const sql = steps[at];
    if (sql === undefined) return false;
    db.exec(`${sql}; PRAGMA user_version = ${at + 1}`);
    return true;
  });
  while (step.immediate());
}

/**
 * The history as it is, for a reader that neither writes nor waits nor complains: null where none can be read at once. A statement
 * may fail where an older falloutd wrote last.
 */
export function glanceAtHistory(stateDir: string): History | null {
  const file = path.join(stateDir, 'falloutd.db');
  try {
    checkHeader(file);
    return new History(file, openDatabase(file, { readonly: true, fileMustExist: true, timeout: GLANCE_MS }), []);
  } catch {
    return null;
  }
}

function isOutOfReach(file: string): boolean {
  try {
    lstatSync(file);
    return false;
  } catch (error) {
    return errorCode(error) === 'EACCES';
  }
}

function openForReading(file: string): History {
  if (isOutOfReach(file))
    throw new HistoryError('foreign', file, 'only the user that runs falloutd here may read the history', {
      hint: 'run the command as that user; `falloutd status` is for the members of its `socket-group`, too',
    });
  let db: Database | undefined;
  try {
    if (checkHeader(file) === 'missing')
      throw new HistoryError('missing', file, 'nothing is recorded yet', {
        hint: '`falloutd once` or `falloutd watch` begins a history; `--state DIR` reads another one',
      });
    db = openDatabase(file, { readonly: true, timeout: BUSY_MS });
    refuseNewer(db, MIGRATIONS.length);
    if (versionOf(db) < MIGRATIONS.length) {
      db.close();
      // An older falloutd wrote last. The steps only add, so that it can go on if it still runs.
      openForWriting(file).close();
      db = openDatabase(file, { readonly: true, timeout: BUSY_MS });
    }
    prepareStatement(db, 'SELECT count(*) FROM sqlite_schema').get();
    return new History(file, db, []);
  } catch (error) {
    db?.close();
    throw fromSqlite(error, file);
  }
}

function openForWriting(file: string): Database {
  checkHeader(file);
  const db = openDatabase(file, { timeout: BUSY_MS });
  try {
    // FULL: what is replaced in a user's file must be on disk before the file changes.
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
      PRAGMA journal_size_limit = 16777216; PRAGMA cache_size = -${CACHE_KIB}`);
    migrate(db);
    checkWhatWritesNeed(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Before SQLite opens what is no database: closing it, SQLite would delete the -wal beside it.
 * @throws HistoryError where it, or what SQLite keeps beside it, is no regular file or cannot be read.
 */
function checkHeader(file: string): 'there' | 'missing' {
  let header: string;
  try {
    header = firstBytes(file, 16).toString('latin1');
  } catch (cause) {
    if (!(cause instanceof UnreadableFile)) throw cause;
    const { kind } = cause.fault;
    if (kind === 'missing' || kind === 'dangling') return 'missing';
    const { message, hint } = cause.problem;
    throw new HistoryError('disk', file, `the history database ${message}`, { cause, hint });
  }
  for (const beside of [`${file}-wal`, `${file}-shm`]) {
    const stat = ifSeen(() => lstatSync(beside));
    if (stat !== null && !stat.isFile())
      throw new HistoryError('disk', beside, 'is not a regular file', { hint: 'move it away; SQLite makes a new one' });
  }
  if (header === '' || header === 'SQLite format 3\0') return 'there';
  throw new SqliteError('file is not a database', 'SQLITE_NOTADB');
}

/** The small tables that every run writes to; the large ones (contents, fallout) would take seconds. */
const NEEDED = ['runs', 'managed_entries', 'stable', 'holds', 'processes', 'replaced'];

function checkWhatWritesNeed(db: Database): void {
  for (const table of NEEDED) {
    const first = prepareStatement(db, `PRAGMA quick_check(${table})`).get() as { quick_check: string } | undefined;
    if (first?.quick_check !== 'ok') throw new SqliteError(first?.quick_check ?? 'no answer', 'SQLITE_CORRUPT');
  }
}

function moveAside(file: string): string {
  const aside = `${file}.corrupt-${new Date().toISOString().replaceAll(':', '')}`;
  // The database last: until it is gone, the next start finds the damage again.
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  }
  return aside;
}

const versionOf = (db: Database): number => prepareStatement(db, 'PRAGMA user_version').pluck().get() as number;

function refuseNewer(db: Database, known: number): void {
  const found = versionOf(db);
  if (found <= known) return;
  const message = `a newer falloutd wrote the history (database version ${found}, this one knows ${known})`;
  throw new HistoryError('newer', db.name, message, {
    hint: 'use that falloutd, or another directory with `--state DIR`',
  });
}
