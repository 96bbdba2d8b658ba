import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Problem } from '../model/problem.ts';
import { size } from './byteSize.ts';
import { errorCode, fileReason } from './fileErrors.ts';
import { ifSeen } from './ifSeen.ts';

/** No file that people write is larger; a larger one is most likely the wrong one. */
export const MOST_BYTES = 64 << 20;
const CHUNK_BYTES = 1 << 16;

/** Why a file cannot be read whole. */
type FileFault =
  | { kind: 'missing' }
  /** A link to a file that does not exist. */
  | { kind: 'dangling' }
  /** Links that lead in a circle. */
  | { kind: 'ring' }
  /** It is no regular file: a FIFO would keep its reader waiting, a device may never end. */
  | { kind: 'special'; what: string }
  | { kind: 'too-large'; bytes: number; modified: number }
  | { kind: 'failed'; reason: string };

/** A file cannot be read whole; `problem` is what to say about it. */
export class UnreadableFile extends Error {
  constructor(
    readonly fault: FileFault,
    readonly problem: Problem & { file: string; hint: string },
    options?: ErrorOptions,
  ) {
    super(`${problem.file} ${problem.message}`, options);
    this.name = 'UnreadableFile';
  }
}

/**
 * Reads a file whole, and never waits for one: everything that falloutd reads and somebody else can have made is read here.
 * @param mostBytes the size from which it is refused.
 * @throws UnreadableFile where it is missing, no regular file, too large, or may not be read.
 */
export function wholeFile(file: string | URL, mostBytes = MOST_BYTES): Buffer {
  const path = file instanceof URL ? fileURLToPath(file) : file;
  return withRegular(path, (fd, stat) => {
    const content = stat.size > mostBytes ? null : contentOf(fd, mostBytes);
    if (content !== null && content.length <= mostBytes) return content;
    throw unreadable(path, { kind: 'too-large', bytes: stat.size, modified: stat.mtimeMs }, mostBytes);
  });
}

/** The first bytes of a file of any size. @throws UnreadableFile like `wholeFile`. */
export function firstBytes(path: string, count: number): Buffer {
  return withRegular(path, (fd) => {
    const bytes = Buffer.alloc(count);
    return bytes.subarray(0, readSync(fd, bytes));
  });
}

function withRegular<T>(path: string, read: (fd: number, stat: Stats) => T): T {
  let fd: number | undefined;
  try {
    // Without O_NONBLOCK, opening a FIFO waits for a writer.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const stat = fstatSync(fd);
    if (!stat.isFile()) refuseSpecial(path, stat);
    return read(fd, stat);
  } catch (error) {
    throw unreadableBecause(path, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** The bytes of a file, or null where it cannot be read. */
export function readableBytes(file: string): Buffer | null {
  try {
    return wholeFile(file);
  } catch {
    return null;
  }
}

/** The text of a file, or null where it cannot be read. */
export const readableText = (file: string): string | null => readableBytes(file)?.toString('utf8') ?? null;

/** What a path names where a program that opens it may wait for ever: a FIFO, a socket or a device; else null. */
export function endlessKind(path: string): string | null {
  const stat = ifSeen(() => statSync(path));
  return stat === null || stat.isFile() || stat.isDirectory() ? null : whatIs(stat);
}

/** @throws UnreadableFile that says what stands there in place of a regular file. */
export function refuseSpecial(path: string, stat: Stats): never {
  throw unreadable(path, { kind: 'special', what: whatIs(stat) });
}

/** The error for a file that could not be opened or read. */
export function unreadableBecause(path: string, cause: unknown): UnreadableFile {
  return cause instanceof UnreadableFile ? cause : unreadable(path, faultOf(path, cause), MOST_BYTES, { cause });
}

/** The error for what turned out too large while it was read. */
export function tooLarge(path: string, bytes: number): UnreadableFile {
  return unreadable(path, { kind: 'too-large', bytes, modified: 0 });
}

/** The bytes of an open file from its beginning, wherever the descriptor stands. Once there are more than `mostBytes` it reads no further. */
export function contentOf(fd: number, mostBytes = Infinity): Buffer {
  // Room for the whole file and one byte more, which shows where it ends: a chunk of its own for each small file would fill the memory.
  let content = Buffer.allocUnsafe(Math.min(fstatSync(fd).size, mostBytes) + 1);
  for (let bytes = 0; ;) {
    const read = readSync(fd, content, bytes, content.length - bytes, bytes);
    bytes += read;
    if (read === 0 || bytes > mostBytes) return content.subarray(0, bytes);
    if (bytes === content.length) content = Buffer.concat([content], bytes + Math.max(bytes, CHUNK_BYTES));
  }
}

function faultOf(path: string, error: unknown): FileFault {
  const code = errorCode(error);
  // What open(2) says of a socket.
  if (code === 'ENXIO') return { kind: 'special', what: 'a socket' };
  if (code === 'ELOOP') return { kind: 'ring' };
  if (code !== 'ENOENT') return { kind: 'failed', reason: fileReason(error) };
  const isLink = ifSeen(() => lstatSync(path))?.isSymbolicLink() === true;
  return { kind: isLink ? 'dangling' : 'missing' };
}

/** What stands somewhere, in words. */
export function whatIs(stat: Stats): string {
  if (stat.isFile()) return 'a file';
  if (stat.isDirectory()) return 'a directory';
  if (stat.isFIFO()) return 'a FIFO';
  return stat.isSocket() ? 'a socket' : 'a device';
}

function unreadable(file: string, fault: FileFault, mostBytes = MOST_BYTES, options?: ErrorOptions): UnreadableFile {
  return new UnreadableFile(fault, { file, ...described(fault, mostBytes) }, options);
}

function described(fault: FileFault, mostBytes: number): { message: string; hint: string } {
  switch (fault.kind) {
    case 'missing':
      return { message: 'does not exist', hint: 'is its name right?' };
    case 'dangling':
      return { message: 'is a link to a file that does not exist', hint: 'create that file, or take the link out' };
    case 'ring':
      return {
        message: 'cannot be read: the links lead in a circle',
        hint: 'take the link out, or let it lead to the file',
      };
    case 'special':
      return { message: `is ${fault.what}, not a regular file`, hint: 'put a regular file in its place' };
    case 'too-large':
      return {
        message: `is too large: ${size(fault.bytes)}; at most ${size(mostBytes)} are read`,
        hint: 'is this the right file?',
      };
    case 'failed':
      return { message: `cannot be read: ${fault.reason}`, hint: 'see its owner and mode, and those of its folder' };
  }
}
