import { z } from 'zod';
import { BlockedError, FalloutdError, InfrastructureError } from '../model/errors.ts';
import { runNix } from './command.ts';
import { BuildLogCollector, printedLines } from './buildLog.ts';
import { limitOf, type Limits } from '../model/limits.ts';
import { evalArguments, type Installable } from './installable.ts';
import { mapBack, readEvaluationError } from './evaluationError.ts';
import { mapSources } from './sources.ts';
import { checkoutOf } from '../system/checkout.ts';
import type { Problem } from '../model/problem.ts';

type Subject = { installable: Installable; nixArgs: readonly string[]; limits?: Limits };

export type Answer<T> =
  { kind: 'answer'; value: T } | { kind: 'no-such-attribute' } | { kind: 'failed'; problem: Problem };

/**
 * Applies a Nix function to an attribute and gives the JSON of the result, as `schema` reads it.
 * @throws InfrastructureError when Nix, the network or the disk fail; Interrupted.
 */
export async function askNix<T>(
  { installable, nixArgs, limits = {} }: Subject,
  apply: string,
  schema: z.ZodType<T>,
  signal?: AbortSignal,
): Promise<Answer<T>> {
  const log = new BuildLogCollector({ own: null });
  const exit = await runNix({
    command: 'nix',
    args: evalArguments(installable, apply, nixArgs),
    ...(installable.kind === 'flake' ? { cwd: installable.dir } : {}),
    signal,
    limit: limitOf(limits, 'evaluation'),
    onStderr: (chunk) => log.push(chunk),
  });
  if (exit.kind === 'aborted') throw new Interrupted();
  if (exit.kind === 'broken') throw new InfrastructureError(exit.problem);
  if (exit.code === 0) return { kind: 'answer', value: answered(() => schema.parse(JSON.parse(exit.stdout))) };
  const { messages, plain } = log.result();
  const error = readEvaluationError(printedLines({ messages, plain }));
  if (error === null)
    throw new InfrastructureError({ message: `nix eval exited with ${exit.code} and printed no error` });
  if (error.kind === 'no-such-flake-attribute') return { kind: 'no-such-attribute' };
  const sources =
    installable.kind === 'file'
      ? []
      : mapSources(
          messages.map((m) => m.text),
          installable.dir,
          [checkoutOf(installable.dir), installable.dir],
        );
  const problem = mapBack(error, sources);
  if (error.kind === 'infrastructure') throw new InfrastructureError(problem);
  return { kind: 'failed', problem };
}

/** What `read` makes of an answer. @throws InfrastructureError where Nix printed something else than it was asked for. */
export function answered<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof z.ZodError)) throw cause;
    throw new InfrastructureError(
      {
        message: 'nix eval printed something else than it was asked for',
        hint: 'is this nix the real one? See `command -v nix`',
      },
      { cause },
    );
  }
}

/** The user pressed Ctrl-C: nothing more is to be said. */
export class Interrupted extends FalloutdError {
  readonly exitCode = 130;

  constructor() {
    super({ message: 'interrupted' });
  }
}

/** The names below an attribute; null where it does not exist. */
export async function attributeNames(subject: Subject, signal?: AbortSignal): Promise<string[] | null> {
  const answer = await askNix(subject, 'builtins.attrNames', z.array(z.string()), signal);
  if (answer.kind === 'failed') throw new BlockedError(answer.problem);
  return answer.kind === 'answer' ? answer.value : null;
}

/** Says of an attribute path that leads nowhere how far it leads, and what there is. */
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
    if (!names.includes(missing.replaceAll('"', ''))) {
      return new BlockedError({
        message: `there is no \`${missing}\` in ${path} of ${where}`,
        hint: `there are: ${some(names)}`,
      });
    }
  }
  return new BlockedError({
    message: `there is no \`${installable.attribute}\` in ${where}`,
    hint: 'see `nix flake show` for what there is',
  });
}

function some(names: readonly string[]): string {
  const MOST = 20;
  return names.slice(0, MOST).join(', ') + (names.length > MOST ? `, … and ${names.length - MOST} more` : '');
}
