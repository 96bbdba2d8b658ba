import { InfrastructureError } from '../model/errors.ts';
import { readEvaluationError } from './evaluationError.ts';
import { NOT_FOUND, runNix, type Running } from './command.ts';
import type { Problem } from '../model/problem.ts';
import { bytesOf } from '../system/fileText.ts';

/** A syntax error and its excerpt are a few lines. */
const MAX_STDERR_BYTES = 1 << 20;

/**
 * Asks Nix itself whether a text parses (`nix-instantiate --parse`). Without Nix on the path the answer is ok, since then
 * nothing can be evaluated either. Undefined variables are errors, as they are for Nix.
 * @throws InfrastructureError when Nix does not answer.
 */
export async function checkWithNix(
  text: string,
  running: Running = {},
): Promise<{ kind: 'ok' } | { kind: 'aborted' } | { kind: 'syntax'; problem: Problem }> {
  const said: Buffer[] = [];
  let room = MAX_STDERR_BYTES;
  // Parsing needs no store.
  const exit = await runNix({
    command: 'nix-instantiate',
    args: ['--store', 'dummy://', '--parse', '-'],
    input: bytesOf(text),
    ...running,
    onStderr: (chunk) => {
      if (room > 0) said.push(chunk.subarray(0, room));
      room -= chunk.length;
    },
  }).catch((error: unknown) => {
    if (error instanceof InfrastructureError && (error.cause as { exitCode?: number }).exitCode === NOT_FOUND)
      return null;
    throw error;
  });
  if (exit === null || (exit.kind === 'exited' && exit.code === 0)) return { kind: 'ok' };
  if (exit.kind === 'aborted') return exit;
  if (exit.kind === 'broken') throw new InfrastructureError(exit.problem);
  const stderr = Buffer.concat(said).toString('utf8');
  const error = readEvaluationError(stderr);
  // Without a place in the text, Nix complains about something else.
  if (error?.line === undefined)
    throw new InfrastructureError({
      message: `nix-instantiate --parse failed: ${error?.message ?? (stderr.trim() || `exit code ${exit.code}`)}`,
      hint: 'see what Nix says, then try again',
    });
  const { message, line, column } = error;
  return { kind: 'syntax', problem: { message, line, column } };
}
