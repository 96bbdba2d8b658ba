import type { Installable } from './installable.ts';
import type { Limits } from '../model/limits.ts';
import { limitOf } from '../model/limits.ts';
import type { Problem } from '../model/problem.ts';
import { BuildLogCollector, printedLines } from './buildLog.ts';
import { runNix, type NixCommand } from './command.ts';
import { readEvaluationError, type EvaluationError } from './evaluationError.ts';
import { evalArguments } from './installable.ts';

/** What is evaluated and with which arguments of nix. */
export type Subject = { installable: Installable; nixArgs: readonly string[]; limits?: Limits | undefined };

/** How `nix eval` ended. `messages` is what it printed at -vv, which names the files that it read. */
type EvaluationEnd = { messages: string[] } & (
  | { kind: 'answer'; json: string }
  | { kind: 'error'; error: EvaluationError }
  | { kind: 'infrastructure'; problem: Problem }
  | { kind: 'aborted' }
);

/**
 * Applies a Nix function to the installable and gives the JSON of the result as text.
 * @throws InfrastructureError when nix cannot be started.
 */
export async function runEvaluation(
  { installable, nixArgs, limits = {} }: Subject,
  apply: string,
  running: Pick<NixCommand, 'signal' | 'processes'> = {},
): Promise<EvaluationEnd> {
  const log = new BuildLogCollector({ own: null });
  const exit = await runNix({
    command: 'nix',
    args: evalArguments(installable, apply, nixArgs),
    ...(installable.kind === 'flake' ? { cwd: installable.dir } : {}),
    limit: limitOf(limits, 'evaluation'),
    ...running,
    onStderr: (chunk) => log.push(chunk),
  });
  const said = log.result();
  const messages = said.messages.map(({ text }) => text);
  if (exit.kind === 'aborted') return { kind: 'aborted', messages };
  if (exit.kind === 'broken') return { kind: 'infrastructure', problem: exit.problem, messages };
  if (exit.code === 0) return { kind: 'answer', json: exit.stdout, messages };
  const error = readEvaluationError(printedLines(said));
  const problem = { message: `nix eval exited with ${exit.code} and printed no error` };
  return error === null ? { kind: 'infrastructure', problem, messages } : { kind: 'error', error, messages };
}
