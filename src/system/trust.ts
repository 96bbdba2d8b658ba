import { realpathSync, statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { userId } from './user.ts';
import { wholeFile } from './wholeFile.ts';

/** Why somebody else may have written what a file holds; null where only this user or root can. */
export function whyDistrusted(file: string): string | null {
  const real = realpathSync(file);
  for (const path of new Set([real, dirname(file), dirname(real)])) {
    const reason = reasonIn(statSync(path));
    if (reason !== null) return path === real ? reason : `its folder ${path} ${reason}`;
  }
  return null;
}

function reasonIn(stat: Stats): string | null {
  const uid = userId();
  if (stat.uid !== uid && stat.uid !== 0) return `belongs to ${userName(stat.uid)}`;
  // In a folder with the sticky bit, as /tmp, others cannot replace this user's files.
  if (stat.isDirectory() && (stat.mode & 0o1000) !== 0) return null;
  // Where every user has a group of their own, with the same number, its members are that user.
  const isOwnGroup = stat.gid === uid || stat.gid === 0;
  const open = (stat.mode & 0o002) !== 0 ? 'everybody' : (stat.mode & 0o020) !== 0 && !isOwnGroup ? 'its group' : null;
  return open === null ? null : `can be written by ${open}`;
}

/** A user's name as /etc/passwd has it, else the number. */
function userName(uid: number): string {
  const names = new Map(
    wholeFile('/etc/passwd')
      .toString('utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name, , id]) => [Number(id), name]),
  );
  return `user ${names.get(uid) ?? uid}`;
}
