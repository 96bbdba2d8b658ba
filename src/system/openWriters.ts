import { constants } from 'node:os';
import { cLibrary } from './cLibrary.ts';

/** fcntl(2), <fcntl.h> of Linux. */
const [F_SETSIG, F_SETLEASE, F_RDLCK, F_UNLCK] = [10, 1024, 0, 2];

/** One number on Linux. */
const WRITTEN = new Set(['EAGAIN', 'EWOULDBLOCK']);

/**
 * Whether a program has a file open for writing, this process included; null where the file system does not know. `fd` is a
 * descriptor for reading, of a file of this user's.
 *
 * The kernel grants a read lease only while nobody can write. It is given back at once; who opens the file in between waits for
 * that, and the signal that announces it is one that is ignored by default.
 */
export async function isOpenForWriting(fd: number): Promise<boolean | null> {
  try {
    const { declare, lastError } = await cLibrary();
    const fcntl = declare('int fcntl(int, int, ...)') as (
      fd: number,
      command: number,
      type: 'int',
      value: number,
    ) => number;
    fcntl(fd, F_SETSIG, 'int', constants.signals.SIGURG);
    if (fcntl(fd, F_SETLEASE, 'int', F_RDLCK) === 0) {
      fcntl(fd, F_SETLEASE, 'int', F_UNLCK);
      return false;
    }
    return WRITTEN.has(lastError('fcntl').code) ? true : null;
  } catch {
    return null;
  }
}
