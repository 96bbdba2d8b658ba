import type { Command } from '@commander-js/extra-typings';
import type { LogReading } from '../report/data/documentSchemas.ts';
import { readLogStream } from '../report/data/readLogStream.ts';
import { logReadingLines } from '../report/text/logReadingLines.ts';
import { style } from '../report/text/style.ts';
import { givenStream } from '../system/givenStream.ts';
import { UnreadableFile } from '../system/wholeFile.ts';
import { interruption } from './interruption.ts';
import { render } from './output.ts';
import { INTERRUPTED } from './runExitCode.ts';

/**
 * `falloutd read LOG`: what a build log says, from a file or a pipe (gzip too) or, without one or with `-`, from standard input.
 * Prints for people or as JSON. Gives the exit code: 0 when it was read, whatever it says; 2 when it could not be; 130 when
 * it was interrupted.
 */
export async function read(file: string | undefined, { json }: { json: boolean }): Promise<number> {
  let reading: LogReading;
  try {
    reading = await readLogStream(givenStream(file ?? '-', interruption));
  } catch (error) {
    if (interruption.aborted) return INTERRUPTED;
    process.stderr.write(`falloutd: ${file ?? 'standard input'} ${whyUnread(error)}\n`);
    return 2;
  }
  process.stdout.write(render(reading, { json, style: style(process.stdout) }, logReadingLines));
  return 0;
}

function whyUnread(error: unknown): string {
  if (error instanceof UnreadableFile && error.fault.kind !== 'missing') return error.problem.message;
  const reason = error instanceof UnreadableFile ? 'there is no such file' : (error as Error).message;
  return `cannot be read: ${reason}`;
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
