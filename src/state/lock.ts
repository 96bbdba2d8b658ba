import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { InfrastructureError, RefusedError } from '../model/errors.ts';
import type { Problem } from '../model/problem.ts';
import { errorCode, fileReason } from '../system/fileErrors.ts';
import { makePrivate, type LockFile } from './privateDirectory.ts';
import { openDatabase } from './sqlite.ts';

/** The right to write in a state directory; it dies with its process, however that ends. */
export type Lock = { release: () => void };

/**
 * Takes the lock of a state directory: an exclusive transaction on lock.db that stays open.
 * @throws RefusedError when another falloutd holds it, or it belongs to another user.
 */
export function takeLock(stateDir: string): Lock {
  return taken(stateDir, WRITING, {
    message: `another falloutd is at work in ${stateDir}`,
    hint: 'it runs by itself at each save; `falloutd status` and `falloutd history` show what it does. Or give this one its own directory with --state DIR',
  });
}

/** The right to measure, which another falloutd may have beside a run. @throws RefusedError as `takeLock` does. */
export function takeMeasuringLock(stateDir: string): Lock {
  return taken(stateDir, 'lock.db.measure', {
    message: 'another `falloutd measure` is at work',
    hint: 'two at a time would slow each other down: wait until it has ended',
  });
}

const WRITING = 'lock.db';

function taken(stateDir: string, file: LockFile, refusal: Problem): Lock {
  const db = tryLock(stateDir, file, true);
  if (db === null) throw new RefusedError(refusal);
  return { release: () => db.close() };
}

/** Whether a falloutd that writes is running on a state directory. */
export function isLocked(stateDir: string): boolean {
  if (!existsSync(join(stateDir, WRITING))) return false;
  const db = tryLock(stateDir, WRITING, false);
  db?.close();
  return db === null;
}

function tryLock(stateDir: string, file: LockFile, mayMake: boolean): Database | null {
  let db: Database | undefined;
  try {
    if (mayMake) makePrivate(stateDir, file);
    db = openDatabase(join(stateDir, file), { timeout: 0 });
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (cause) {
    db?.close();
    if (cause instanceof RefusedError) throw cause;
    if ((cause as { code?: string }).code === 'SQLITE_BUSY') return null;
    throw new InfrastructureError(whyNoLock(stateDir, file, cause), { cause });
  }
}

function whyNoLock(stateDir: string, file: LockFile, cause: unknown): Problem {
  const code = errorCode(cause);
  const message = `the state directory cannot be used: ${fileReason(cause)}`;
  if (!code.startsWith('SQLITE_'))
    return { message, file: stateDir, hint: 'is it writable, and is there room on its disk? `--state DIR` names another one' };
  const hint =
    code === 'SQLITE_NOTADB'
      ? 'delete this file; falloutd makes a new one'
      : 'may this file be written, and is there room on its disk?';
  return { message, file: join(stateDir, file), hint };
}
