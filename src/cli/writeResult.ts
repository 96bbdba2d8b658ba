import { statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { InfrastructureError, UsageError } from '../model/errors.ts';
import { ifSeen } from '../system/ifSeen.ts';
import { endlessKind } from '../system/wholeFile.ts';
import { printResult } from './output.ts';

/**
 * Refuses, before the work is done, a place that no result can go to, or in which it would overwrite what it is made from.
 * @throws UsageError.
 */
export function checkPlace(file: string | undefined, inputs: readonly string[]): void {
  if (file === undefined) return;
  const folder = dirname(file);
  if (ifSeen(() => statSync(folder)) === null)
    throw new UsageError({ message: `cannot be written: there is no folder ${folder}`, file });
  if (inputs.some((input) => isSameFile(input, file)))
    throw new UsageError({ message: 'is what is read, and would be overwritten', file, hint: 'name another file' });
}

function isSameFile(a: string, b: string): boolean {
  const [one, other] = [ifSeen(() => statSync(a)), ifSeen(() => statSync(b))];
  return one?.isFile() === true && one.dev === other?.dev && one.ino === other.ino;
}

/** Puts a result where the user wants it: in a file, or on standard output. @throws UsageError, InfrastructureError where the file cannot be written. */
export function writeResult(file: string | undefined, text: string): void {
  if (file === undefined) {
    printResult(text);
    return;
  }
  const endless = endlessKind(file);
  // Opening a FIFO waits for a reader. What begins with /dev is meant.
  if (endless !== null && endless !== 'a device')
    throw new UsageError({
      message: `is ${endless}, not a regular file`,
      file,
      hint: 'standard output can be a pipe: leave --output out',
    });
  try {
    writeFileSync(file, text);
  } catch (error) {
    const reason = isMissing(error) ? `there is no folder ${dirname(file)}` : reasonOf(error);
    const problem = { message: `cannot be written: ${reason}`, file };
    if (['ENOSPC', 'EDQUOT', 'EIO'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw new InfrastructureError(problem, { cause: error });
    throw new UsageError(problem, { cause: error });
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

/** `EACCES: permission denied, open 'FILE'` without what is said already. */
function reasonOf(error: unknown): string {
  return (error as Error).message.replace(/^[A-Z]+: /, '').replace(/, \w+(?: '.*')?$/s, '');
}
