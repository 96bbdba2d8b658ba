import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { HistoryError } from '../../src/state/historyError.ts';
import { migrate, openHistory } from '../../src/state/historyDatabase.ts';
import { run, runs } from '../../src/state/recordedRuns.ts';
import { beginRun } from '../../src/state/recordRun.ts';
import { MIGRATIONS } from '../../src/state/schema.ts';
import { openDatabase, prepareStatement } from '../../src/state/sqlite.ts';
import { pragma } from '../helpers/pragma.ts';
import { opened, recordRun, START, stateDir } from '../helpers/history.ts';

function thrown(work: () => unknown): HistoryError {
  try {
    work();
  } catch (error) {
    if (error instanceof HistoryError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const fileIn = (dir: string): string => path.join(dir, 'falloutd.db');

test('a state directory is made where it is missing, and commits reach the disk', () => {
  const dir = path.join(stateDir(), 'not', 'there');
  const history = opened(dir);
  expect(history.notices).toEqual([]);
  expect(pragma(history.db, 'journal_mode')).toBe('wal');
  expect(pragma(history.db, 'synchronous')).toBe(2);
  expect(pragma(history.db, 'foreign_keys')).toBe(1);
  // Negative: KiB. The default of better-sqlite3 would grow a daemon by 16 MB.
  expect(pragma(history.db, 'cache_size')).toBe(-512);
  expect(pragma(history.db, 'user_version')).toBe(MIGRATIONS.length);
});

test('every table is strict', () => {
  const history = opened();
  const lax = history.all<{ name: string }>(
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
  );
  expect(lax).toEqual([]);
});

test('reading needs a database, and makes none', () => {
  const dir = stateDir();
  const error = thrown(() => openHistory(dir, { readonly: true }));
  expect(error).toMatchObject({ code: 'missing', exitCode: 2, message: 'nothing is recorded yet' });
  expect(readdirSync(dir)).toEqual([]);
});

test.runIf(process.getuid?.() === 0)("another user's history is not said to be missing", () => {
  const dir = stateDir();
  opened(dir).close();
  process.seteuid?.(65534);
  try {
    const error = thrown(() => openHistory(dir, { readonly: true }));
    expect(error).toMatchObject({ code: 'foreign', exitCode: 4 });
    expect(error.message).toBe('only the user that runs falloutd here may read the history');
  } finally {
    process.seteuid?.(0);
  }
});

test('reading works while another connection writes, and cannot write', () => {
  const dir = stateDir();
  const writer = opened(dir);
  recordRun(writer);
  const reader = opened(dir, { readonly: true });
  writer.write(() => {
    beginRun(writer, { target: 'x', cause: 'start', startedAt: START });
    expect(runs(reader, { limit: 9 })).toHaveLength(1);
  });
  expect(runs(reader, { limit: 9 })).toHaveLength(2);
  expect(thrown(() => beginRun(reader, { target: 'x', cause: 'start', startedAt: START }))).toMatchObject({
    code: 'disk',
    exitCode: 5,
  });
});

test('a database of version 1 keeps its data and becomes the newest', () => {
  const dir = stateDir();
  const db = openDatabase(fileIn(dir));
  migrate(db, MIGRATIONS.slice(0, 1));
  expect(pragma(db, 'user_version')).toBe(1);
  db.exec(`
    INSERT INTO runs (run, target, cause, started_at, duration_ms, detail, absorbed) VALUES (7, 't', 'save', '${START}', 5, '{"kind":"stable"}', 1);
    INSERT INTO iterations (iteration, run, started_at, outcome) VALUES (9, 7, '${START}', 'green');
    INSERT INTO fallout (iteration, seq, kind, symbol, wanted, got, detail) VALUES (9, 0, 'unused', 'A', 'y', NULL, '{"by":null}');`);
  db.close();
  const history = opened(dir);
  expect(pragma(history.db, 'user_version')).toBe(MIGRATIONS.length);
  expect(run(history, 7)).toMatchObject({
    target: 't',
    outcome: { kind: 'stable' },
    iterations: [{ iteration: 9, fallout: [{ symbol: 'A' }] }],
  });
  expect(history.all('SELECT iteration, fallout FROM history')).toEqual([{ iteration: 9, fallout: 1 }]);
});

test('a reading command brings an old database to the newest version too', () => {
  const dir = stateDir();
  const db = openDatabase(fileIn(dir));
  migrate(db, MIGRATIONS.slice(0, 1));
  db.close();
  expect(opened(dir, { readonly: true }).all('SELECT * FROM history')).toEqual([]);
});

test('a step that fails leaves the version and the tables before it', () => {
  const db = openDatabase(':memory:');
  expect(() => migrate(db, ['CREATE TABLE a (x)', 'CREATE TABLE b (x); CREATE TABLE a (y)'])).toThrow(/already exists/);
  expect(pragma(db, 'user_version')).toBe(1);
  expect(prepareStatement(db, "SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all()).toEqual(['a']);
  migrate(db, ['CREATE TABLE a (x)', 'CREATE TABLE b (x)']);
  expect(pragma(db, 'user_version')).toBe(2);
  db.close();
});

test.each([false, true])('a database of a newer falloutd is refused and left as it is (readonly: %s)', (readonly) => {
  const dir = stateDir();
  const db = openDatabase(fileIn(dir));
  db.exec('PRAGMA user_version = 99');
  db.close();
  const before = readFileSync(fileIn(dir));
  const error = thrown(() => openHistory(dir, { readonly }));
  const versions = `database version 99, this one knows ${MIGRATIONS.length}`;
  expect(error).toMatchObject({ code: 'newer', exitCode: 2, message: expect.stringContaining(versions) as string });
  expect(error.message).toContain('a newer falloutd wrote the history');
  expect(readFileSync(fileIn(dir)).subarray(60, 64)).toEqual(before.subarray(60, 64));
});

test('what is no database is moved aside with its companions, and said', () => {
  const dir = stateDir();
  for (const suffix of ['', '-wal', '-shm']) writeFileSync(fileIn(dir) + suffix, `garbage${suffix} `.repeat(1000));
  expect(thrown(() => openHistory(dir, { readonly: true }))).toMatchObject({
    code: 'corrupt',
    cause: { code: 'SQLITE_NOTADB' },
  });
  const history = opened(dir);
  recordRun(history);
  expect(history.notices).toHaveLength(1);
  const [aside = '', ...more] = readdirSync(dir)
    .filter((name) => name.includes('.corrupt-'))
    .sort();
  expect(history.notices[0]).toContain(aside);
  expect(readFileSync(path.join(dir, aside), 'utf8')).toBe('garbage '.repeat(1000));
  expect(more.map((name) => name.slice(aside.length))).toEqual(['-shm', '-wal']);
});

test('a damaged page under the tables that a run writes to is found at the opening', () => {
  const dir = stateDir();
  const history = openHistory(dir);
  for (let i = 0; i < 200; i++) recordRun(history, { target: `target ${i}` });
  const { rootpage } = history.get<{ rootpage: number }>("SELECT rootpage FROM sqlite_schema WHERE name = 'runs'") ?? {
    rootpage: 0,
  };
  history.close();
  const bytes = readFileSync(fileIn(dir));
  bytes.fill(0xaa, (rootpage - 1) * 4096, rootpage * 4096);
  writeFileSync(fileIn(dir), bytes);
  const fresh = opened(dir);
  expect(fresh.notices).toHaveLength(1);
  expect(runs(fresh, { limit: 9 })).toEqual([]);
});

test('a state directory that cannot be made is an error with its cause', () => {
  const dir = stateDir();
  writeFileSync(path.join(dir, 'file'), '');
  expect(thrown(() => openHistory(path.join(dir, 'file', 'state')))).toMatchObject({
    code: 'disk',
    exitCode: 5,
    cause: { code: 'ENOTDIR' },
  });
  mkdirSync(path.join(dir, 'taken', 'falloutd.db'), { recursive: true });
  expect(thrown(() => openHistory(path.join(dir, 'taken')))).toMatchObject({
    code: 'disk',
    cause: { fault: { kind: 'special', what: 'a directory' } },
  });
});
