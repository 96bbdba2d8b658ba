import { closeSync, constants, createReadStream, fstatSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { addAbortSignal, type Readable } from 'node:stream';
import { isatty, ReadStream } from 'node:tty';
import { MOST_BYTES, refuseSpecial, tooLarge, unreadableBecause } from './wholeFile.ts';

/**
 * What the user names as input: a file, or a pipe (`<(zcat LOG)`) or a terminal, which is waited for; `-` is standard input.
 * @param signal ends the stream with an AbortError.
 * @throws UnreadableFile where it is something else, or cannot be opened.
 */
export function givenStream(path: string, signal: AbortSignal): Readable {
  return addAbortSignal(signal, path === '-' ? process.stdin : opened(path));
}

/**
 * All that a stream gives, which `path` names.
 * @throws UnreadableFile where it gives more than a file may have, or fails.
 */
export async function wholeStream(stream: Readable, path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) throw tooLarge(path, bytes);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, bytes);
  } catch (error) {
    throw unreadableBecause(path, error);
  }
}

function opened(path: string): Readable {
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const stat = fstatSync(fd);
    if (stat.isFile()) return createReadStream(path, { fd, highWaterMark: 1 << 18 });
    if (isatty(fd)) return new ReadStream(fd);
    // Read by the event loop: a read in Node's thread pool would keep the process from ending.
    if (stat.isFIFO()) return new Socket({ fd, readable: true, writable: false });
    refuseSpecial(path, stat);
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    throw unreadableBecause(path, error);
  }
}
