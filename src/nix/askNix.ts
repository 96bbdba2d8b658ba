import { z } from 'zod';
import { BlockedError, InfrastructureError, Interrupted } from '../model/errors.ts';
import { limitOf, type Limits } from '../model/limits.ts';
import type { Problem } from '../model/problem.ts';
import { someOf } from '../system/someOf.ts';
import { BuildLogCollector, printedLines } from './buildLog.ts';
import { runNix, type Running } from './command.ts';
import { mapBack, readEvaluationError, type EvaluationError } from './evaluationError.ts';
import { brokenFlake, endlessFile, firstFiles } from './flakeFiles.ts';
import { evalArguments, type Installable } from './installable.ts';
import { sourcesOf } from './sources.ts';

/** What is evaluated and with which arguments of nix. */
export type Subject = { installable: Installable; nixArgs: readonly string[]; limits?: Limits | undefined };

/** What may end an evaluation early, and who hears of it. */
export type EvaluationRunning = Omit<Running, 'limit'>;

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
  running: EvaluationRunning = {},
): Promise<EvaluationEnd> {
  const endless = endlessFile(firstFiles(installable));
  if (endless !== null) return { kind: 'error', error: notOfNix(endless), messages: [] };
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
  const broken = brokenFlake(installable);
  if (broken !== null) return { kind: 'error', error: notOfNix(broken), messages };
  const error = readEvaluationError(printedLines(said));
  const problem = { message: `nix eval exited with ${exit.code} and printed no error` };
  return error === null ? { kind: 'infrastructure', problem, messages } : { kind: 'error', error, messages };
}

/** A problem of the user's own files, in the shape of an error that Nix printed. */
const notOfNix = (problem: Problem): EvaluationError => ({
  ...problem,
  kind: 'unreadable',
  about: '',
  definitions: [],
});

export type Answer<T> =
  { kind: 'answer'; value: T } | { kind: 'no-such-attribute' } | { kind: 'failed'; problem: Problem };

/**
 * Applies a Nix function to an attribute and gives the JSON of the result, as `schema` reads it.
 * @throws InfrastructureError when Nix, the network or the disk fails; Interrupted.
 */
export async function askNix<T>(
  subject: Subject,
  apply: string,
  schema: z.ZodType<T>,
  running: EvaluationRunning = {},
): Promise<Answer<T>> {
  const end = await runEvaluation(subject, apply, running);
  if (end.kind === 'aborted') throw new Interrupted();
  if (end.kind === 'infrastructure') throw new InfrastructureError(end.problem);
  if (end.kind === 'answer') return { kind: 'answer', value: answered(() => schema.parse(JSON.parse(end.json))) };
  if (end.error.kind === 'no-such-flake-attribute') return { kind: 'no-such-attribute' };
  const problem = mapBack(end.error, sourcesOf(end.messages, subject));
  if (end.error.kind === 'infrastructure') throw new InfrastructureError(problem);
  return { kind: 'failed', problem };
}

/** Reads an answer. @throws InfrastructureError if Nix printed something else than it was asked for. */
export function answered<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof z.ZodError)) throw cause;
    const hint = 'is this nix the real one? See `command -v nix`';
    throw new InfrastructureError(
      { message: 'nix eval printed something else than it was asked for', hint },
      { cause },
    );
  }
}

/** The names below an attribute; null where it does not exist. */
export async function attributeNames(subject: Subject, signal?: AbortSignal): Promise<string[] | null> {
  const answer = await askNix(subject, 'builtins.attrNames', z.array(z.string()), { signal });
  if (answer.kind === 'failed') throw new BlockedError(answer.problem);
  return answer.kind === 'answer' ? answer.value : null;
}

/** The error for an attribute path that leads nowhere: how far it leads, and what there is instead. */
export async function noSuchAttribute(
  { installable, ...subject }: Subject,
  signal?: AbortSignal,
): Promise<BlockedError> {
  const parts = installable.attribute.match(/"(?:\\.|[^"\\])*"|[^.]+/g) ?? [];
  const where = installable.kind === 'flake' ? installable.dir : installable.file;
  // Nothing lists the outputs of a flake itself: `nix eval DIR#` means its default package.
  for (let depth = 1; depth < parts.length; depth++) {
    const path = parts.slice(0, depth).join('.');
    const names = await attributeNames({ installable: { ...installable, attribute: path }, ...subject }, signal);
    if (names === null) break;
    const missing = parts[depth] ?? '';
    if (names.includes(missing.replaceAll('"', ''))) continue;
    const hint = `there are: ${someOf(names)}`;
    return new BlockedError({ message: `there is no \`${missing}\` in ${path} of ${where}`, hint });
  }
  const hint = 'see `nix flake show` for what there is';
  return new BlockedError({ message: `there is no \`${installable.attribute}\` in ${where}`, hint });
}
