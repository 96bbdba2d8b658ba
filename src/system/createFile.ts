import { link, open, readFile, unlink } from 'node:fs/promises';
import { nameBeside } from './leftovers.ts';
import type { Replacement } from './replaceFile.ts';
import { errorCode } from './writable.ts';

/** Makes a file that is not there yet: whole, or not at all. `changed`: there is one by now. */
export async function createFile(path: string, content: Buffer): Promise<Replacement> {
  const temporary = nameBeside(path, Buffer.alloc(0), content);
  try {
    const handle = await open(temporary, 'wx', 0o666);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(temporary, path);
    return { kind: 'written' };
  } catch (error) {
    return errorCode(error) === 'EEXIST' ? { kind: 'changed' } : forbidden('made', path, error);
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}

/** Deletes a file if it still has this content; `changed` if it has another. */
export async function deleteFile(path: string, expected: Buffer): Promise<Replacement> {
  try {
    if (!(await readFile(path)).equals(expected)) return { kind: 'changed' };
    await unlink(path);
    return { kind: 'written' };
  } catch (error) {
    return forbidden('deleted', path, error);
  }
}

const REASONS: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the disk',
};

function forbidden(what: 'made' | 'deleted', path: string, error: unknown): Replacement {
  const reason = REASONS[errorCode(error)] ?? (error instanceof Error ? error.message : String(error));
  const hint = 'falloutd needs to write in this folder';
  return { kind: 'refused', problem: { message: `cannot be ${what}: ${reason}`, file: path, hint } };
}
