/** A build log of any length, read in bounded memory. */
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ANY_FORM } from '../../nix/logFrame.ts';
import { createLineSplitter } from '../../nix/lineSplitter.ts';
import { KeptLines } from '../../script/keptLines.ts';
import type { LogReading } from './documentSchemas.ts';
import { readLog } from './readLog.ts';

/** What is kept of a log, in characters; the longest config build of a whole NixOS has a fourth of this. */
const MOST_KEPT = 16 << 20;
/** What is read of a log, in bytes after unpacking: nobody's log is longer, and zeros pack a thousand to one. */
const MOST_READ = 1 << 30;

/**
 * Reads a log as `readLog` does, plain, gzip or UTF-16. Of one that is too long, the beginning, the end and the lines of a
 * verdict between them are read, and `cut` is true.
 * @param mostKept in characters, for the beginning and the end; half as many again for the lines between them.
 * @throws the stream's error, or zlib's.
 */
export async function readLogStream(source: Readable, mostKept = MOST_KEPT): Promise<LogReading> {
  const kept = new KeptLines(mostKept, ANY_FORM);
  const lines = createLineSplitter((line) => kept.push(line));
  let bytes = 0;
  for await (const chunk of await decoded(source)) {
    lines.push(chunk);
    bytes += chunk.length;
    if (bytes > MOST_READ) break;
  }
  lines.end();
  const reading = readLog(kept.lines({ isMarked: false }).join('\n'));
  return { ...reading, cut: reading.cut || bytes > MOST_READ || lines.isCut() || kept.cut() !== 'nothing' };
}

async function decoded(source: Readable): Promise<AsyncIterable<Buffer | string>> {
  const chunks = (source as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let start = Buffer.alloc(0);
  while (start.length < 2) {
    const next = await chunks.next();
    if (next.done === true) break;
    start = Buffer.concat([start, next.value]);
  }
  const whole = Readable.from(from(start, chunks), { objectMode: false });
  // What it meets in the source, the unpacked stream gives to its reader.
  if (start[0] === 0x1f && start[1] === 0x8b) return pipeline(whole, createGunzip(), () => undefined);
  return start[0] === 0xff && start[1] === 0xfe ? whole.setEncoding('utf16le') : whole;
}

async function* from(start: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield start;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
