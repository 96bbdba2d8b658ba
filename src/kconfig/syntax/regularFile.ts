import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** The largest file of a tree that is read; the longest Kconfig file has 70 kB, the longest .config of a kernel 300 kB. */
const MOST_BYTES = 16 << 20;

/**
 * Reads a file of a tree. A FIFO or a device would keep the reader waiting for ever, or never end.
 * @throws Error where it is no regular file, too large, or cannot be read.
 */
export function readRegularFile(path: string): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw new Error(`${path} is not a regular file`);
    if (stat.size > MOST_BYTES) throw new Error(`${path} is larger than ${MOST_BYTES} bytes`);
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}
