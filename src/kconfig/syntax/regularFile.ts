import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** The largest file of a tree that is read; the longest Kconfig file has 70 kB, the longest .config of a kernel 300 kB. */
const MOST_BYTES = 16 << 20;

/** There is something of that name, but it cannot be read as a file; `reason` says why. */
export class UnreadableFile extends Error {
  constructor(
    path: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${path}: ${reason}`, options);
    this.name = 'UnreadableFile';
  }
}

/**
 * Reads a file of a tree. A FIFO or a device would keep the reader waiting for ever, or never end.
 * @throws UnreadableFile where it is no regular file or too large, and what node throws where it is missing or may not be read.
 */
export function readRegularFile(path: string): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile())
      throw new UnreadableFile(path, stat.isDirectory() ? 'it is a directory' : 'it is not a regular file');
    if (stat.size > MOST_BYTES) throw new UnreadableFile(path, `it is larger than ${MOST_BYTES} bytes`);
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}
