import { link, open, readFile, unlink } from 'node:fs/promises';
import { nameBeside } from './leftovers.ts';
import type { Replacement } from './replaceFile.ts';
import { errorCode, whyUnwritable } from './writable.ts';

/**
 * Creates a file, whole or not at all. `changed`: somebody else created it meanwhile.
 * @throws InfrastructureError when the disk is full or broken.
 */
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
    if (errorCode(error) === 'EEXIST') return { kind: 'changed' };
    return { kind: 'refused', problem: whyUnwritable(path, error, 'create') };
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}

/**
 * Deletes a file if it still has this content; `changed` if it has another.
 * @throws InfrastructureError when the disk is broken.
 */
export async function deleteFile(path: string, expected: Buffer): Promise<Replacement> {
  try {
    if (!(await readFile(path)).equals(expected)) return { kind: 'changed' };
    await unlink(path);
    return { kind: 'written' };
  } catch (error) {
    return { kind: 'refused', problem: whyUnwritable(path, error, 'delete') };
  }
}
