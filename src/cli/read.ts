import type { Command } from '@commander-js/extra-typings';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { readLog } from '../report/data/readLog.ts';
import { logReadingLines } from '../report/text/logReadingLines.ts';
import { style } from '../report/text/style.ts';
import { render } from './output.ts';

/**
 * `falloutd read LOG`: what a build log says, from a file (gzip too) or, without one or with `-`, from standard input.
 * Prints for people or as JSON. Gives the exit code: 0 when it was read, whatever it says; 2 when it could not be.
 */
export async function read(file: string | undefined, { json }: { json: boolean }): Promise<number> {
  let text: string;
  try {
    text = decode(file === undefined || file === '-' ? await buffer(process.stdin) : await readFile(file));
  } catch (error) {
    process.stderr.write(
      `falloutd: ${file ?? 'standard input'} cannot be read: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return 2;
  }
  process.stdout.write(render(readLog(text), { json, style: style(process.stdout) }, logReadingLines));
  return 0;
}

function decode(bytes: Buffer): string {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return isUtf16 ? bytes.toString('utf16le') : (isGzip ? gunzipSync(bytes) : bytes).toString('utf8');
}

/** The arguments of `falloutd read`. */
export function readCommand(command: Command): void {
  command
    .description('what a build log says: from a file (.gz too) or standard input')
    .option('--json', 'print JSON')
    .argument('[log]', 'the file; - or none: standard input')
    .action(async (log, { json = false }) => {
      process.exitCode = await read(log, { json });
    });
}
