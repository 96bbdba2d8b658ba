import { randomBytes } from 'node:crypto';
import { lstat, readdir, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { sha256 } from './contentHash.ts';
import { wholeFile } from './wholeFile.ts';

/** What follows the prefix: the hashes of the old and of the new content, and something unique. */
const SUFFIX = /^([0-9a-f]{32})-([0-9a-f]{32})-[0-9a-f]{12}$/;

/** A free name beside `real` from which `mendLeftovers` sees, after a kill, what was to replace what. */
export function nameBeside(real: string, expected: Buffer, next: Buffer): string {
  const suffix = `${shortHash(expected)}-${shortHash(next)}-${randomBytes(6).toString('hex')}`;
  return join(dirname(real), prefix(real) + suffix);
}

/**
 * Cleans up what a kill during `replaceFile` left beside a file: temporary files are deleted, and a save that came during the
 * replacement is put back if there was no save since. Only the one process that may write the file may call it. Gives the
 * paths that it found; none for a folder that cannot be read.
 * @param leftIn lists the names in a folder that may be such files.
 */
export async function mendLeftovers(path: string, leftIn = leftoversIn): Promise<string[]> {
  const real = await realpath(path).catch(() => path);
  const folder = dirname(real);
  const found: string[] = [];
  for (const name of await leftIn(folder)) {
    if (!name.startsWith(prefix(real))) continue;
    const [, expected, next] = SUFFIX.exec(name.slice(prefix(real).length)) ?? [];
    if (expected === undefined || next === undefined) continue;
    const left = join(folder, name);
    await mend(real, left, expected, next);
    await rm(left, { force: true });
    found.push(left);
  }
  return found;
}

/** The same for many files; each folder is listed once. */
export async function mendAllLeftovers(paths: readonly string[]): Promise<void> {
  const listed = new Map<string, Promise<string[]>>();
  for (const path of paths)
    await mendLeftovers(path, async (folder) => {
      const names = listed.get(folder) ?? leftoversIn(folder);
      listed.set(folder, names);
      return await names;
    });
}

async function leftoversIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.startsWith('.') && name.includes('.falloutd-'));
}

/** Puts a displaced save back if the file still has the content that displaced it. */
async function mend(real: string, left: string, expected: string, next: string): Promise<void> {
  try {
    const stands = await lstat(real);
    if (stands.ino === (await lstat(left)).ino) return;
    const save = wholeFile(left);
    // An empty file comes from an editor that was killed too.
    if (save.length === 0 || [expected, next].includes(shortHash(save)) || shortHash(wholeFile(real)) !== next) return;
    await rename(left, real);
  } catch {
    // The user's file is gone or cannot be read: nothing of ours is in it.
  }
}

const prefix = (real: string): string => `.${basename(real)}.falloutd-`;
const shortHash = (content: Buffer): string => sha256(content).slice(0, 32);
