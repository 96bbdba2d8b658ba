import { join } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import { modulesOf } from '../kernel/modules/keptModules.ts';
import { symbolsOf } from '../kernel/modules/moduleQueries.ts';
import { newestFacts } from '../kernel/keptFacts.ts';
import type { LogReading } from '../report/data/documentSchemas.ts';
import { readLogStream } from '../report/data/readLogStream.ts';
import { logReadingLines } from '../report/text/logReadingLines.ts';
import { style } from '../report/text/style.ts';
import { givenStream } from '../system/givenStream.ts';
import { UnreadableFile } from '../system/wholeFile.ts';
import { ifSeen } from '../system/ifSeen.ts';
import { stateDirOf } from './commandLine.ts';
import { interruption } from './interruption.ts';
import { render } from './output.ts';
import { INTERRUPTED } from './runExitCode.ts';

/**
 * `falloutd read LOG`: what a build log says, from a file or a pipe (gzip too) or, without one or with `-`, from standard input.
 * Prints for people or as JSON. Gives the exit code: 0 when it was read, whatever it says; 2 when it could not be; 130 when
 * it was interrupted.
 */
export async function read(
  file: string | undefined,
  { json, stateDir }: { json: boolean; stateDir: string },
): Promise<number> {
  let reading: LogReading;
  try {
    reading = await readLogStream(givenStream(file ?? '-', interruption));
  } catch (error) {
    if (interruption.aborted) return INTERRUPTED;
    process.stderr.write(`falloutd: ${file ?? 'standard input'} ${whyUnread(error)}\n`);
    return 2;
  }
  const found = withSymbols(reading, stateDir);
  process.stdout.write(render(found, { json, style: style(process.stdout) }, logReadingLines));
  return 0;
}

/** Names the symbols of a module that is missing, from what is kept of the last kernel. */
function withSymbols(reading: LogReading, stateDir: string): LogReading {
  const { missingModule } = reading;
  const facts = missingModule === undefined ? null : newestFacts(join(stateDir, 'facts'));
  const index = facts === null ? null : ifSeen(() => modulesOf(facts));
  if (missingModule === undefined || index === null) return reading;
  const { module } = missingModule;
  return { ...reading, missingModule: { module, symbols: [...symbolsOf(index, [module])] } };
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
    .action(async (log, { json = false }, self) => {
      process.exitCode = await read(log, { json, stateDir: await stateDirOf(self) });
    });
}
