import { chmodSync, lstatSync, mkdirSync, readdirSync, statSync, writeFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { RefusedError } from '../model/errors.ts';
import { ifSeen } from '../system/ifSeen.ts';
import { userId } from '../system/user.ts';
import { whatIs } from '../system/wholeFile.ts';

/** What falloutd itself puts into a state directory. */
const OWN = /^(?:(?:falloutd|lock)\.db.*|falloutd\.sock|gcroots|facts|kconfig-[0-9a-f]+\.json)$/;
const DATABASES = /^(?:falloutd|lock)\.db/;

/** What is locked: the right to write, or to measure. */
export type LockFile = 'lock.db' | 'lock.db.measure';

/**
 * Makes a state directory, and in it a database, that only this user can read, whatever the umask: modes 0700 and 0600, also
 * for what is there already. A folder that holds other things too keeps its mode; its databases are private all the same.
 * @throws RefusedError where the folder or a database belongs to somebody else, or is something else.
 */
export function makePrivate(stateDir: string, database: 'falloutd.db' | LockFile): void {
  const folder = madeFolder(stateDir);
  refuseForeign(stateDir, folder.uid);
  const names = readdirSync(stateDir);
  if (names.every((name) => OWN.test(name))) tighten(stateDir, folder.mode);
  for (const name of names.filter((each) => DATABASES.test(each))) {
    const path = join(stateDir, name);
    // A link of somebody else's leads where they want.
    refuseForeign(path, ifSeen(() => lstatSync(path))?.uid ?? userId());
    const stat = ifSeen(() => statSync(path));
    // SQLite deletes its journals when a database is closed; what stands in place of the database, its reader says.
    if (stat === null || (name === 'falloutd.db' && !stat.isFile())) continue;
    if (!stat.isFile())
      throw new RefusedError({ message: 'is not a regular file', file: path, hint: 'move it away; falloutd makes a new one' });
    refuseForeign(path, stat.uid);
    tighten(path, stat.mode);
  }
  // SQLite gives its journals the mode of the database.
  if (!names.includes(database)) writeFileSync(join(stateDir, database), '', { flag: 'wx', mode: 0o600 });
}

/** @throws RefusedError where something else stands there. */
function madeFolder(stateDir: string): Stats {
  const stat = ifSeen(() => statSync(stateDir));
  if (stat?.isDirectory() === false)
    throw new RefusedError({
      message: `is ${whatIs(stat)}, not a folder: falloutd has no place for its database`,
      file: stateDir,
      hint: 'move it away, or name another folder with --state DIR',
    });
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  return statSync(stateDir);
}

function tighten(path: string, mode: number): void {
  if ((mode & 0o077) !== 0) chmodSync(path, mode & 0o700);
}

function refuseForeign(path: string, uid: number): void {
  if (uid === userId()) return;
  throw new RefusedError({
    message: `belongs to another user (${uid})`,
    file: path,
    hint: 'run falloutd as that user, or name a directory of your own with --state DIR',
  });
}
