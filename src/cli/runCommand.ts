import { CommanderError } from '@commander-js/extra-typings';
import { FalloutdError, InfrastructureError } from '../model/errors.ts';
import { fileReason } from '../system/fileErrors.ts';
import { program } from './program.ts';

/** Runs the command that `words` call, and sets the exit code. @throws what is a fault of falloutd's own. */
export async function runCommand(words: readonly string[]): Promise<void> {
  try {
    await (await program(words)).parseAsync([...words], { from: 'user' });
  } catch (error) {
    await endWith(error);
  }
}

/** Says what went wrong, and sets the exit code. @throws what is a fault of falloutd's own. */
export async function endWith(error: unknown): Promise<void> {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    return;
  }
  const known = error instanceof FalloutdError ? error : ofTheSystem(error);
  if (known === null) throw error;
  const { printProblem } = await import('./output.ts');
  printProblem(known.problem);
  process.exitCode = known.exitCode;
}

/** What the system refused where no command had foreseen it; null for any other error. */
function ofTheSystem(error: unknown): InfrastructureError | null {
  if (!(error instanceof Error) || !('syscall' in error)) return null;
  const file = 'path' in error && typeof error.path === 'string' ? { file: error.path } : {};
  const message = `${String(error.syscall)} failed: ${fileReason(error)}`;
  return new InfrastructureError({ message, ...file }, { cause: error });
}
