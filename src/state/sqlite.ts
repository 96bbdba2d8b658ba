/**
 * The only place that makes SQLite's objects. None of them is ever left to the garbage collector: with Node 24.19 and newer a native
 * object of better-sqlite3 12 that is freed while no JavaScript runs ends the process with an assertion (`node::ObjectWrap`
 * registers each one with an environment that it then does not find). better-sqlite3 13 is free of it, but wants Node 22.14.
 */
import Database from 'better-sqlite3';

export const { SqliteError } = Database;

/** Some fifty statements and two databases in a process that runs for weeks. */
const kept: unknown[] = [];

/** Opens a database as `new Database` does. @throws SqliteError, TypeError */
export function openDatabase(file: string, options: Database.Options = {}): Database.Database {
  const db = new Database(file, options);
  // It prepares the statements of its transactions once.
  kept.push(db);
  return db;
}

/** Prepares a statement, for a fixed number of different texts: every one is kept. @throws SqliteError */
export function prepareStatement(db: Database.Database, sql: string): Database.Statement {
  const statement = db.prepare(sql);
  kept.push(statement);
  return statement;
}
