import { z } from 'zod';
import { BlockedError, FalloutdError, InfrastructureError } from '../model/errors.ts';
import type { Problem } from '../model/problem.ts';
import { checkoutOf } from '../system/checkout.ts';
import { someOf } from '../system/someOf.ts';
import { mapBack } from './evaluationError.ts';
import { runEvaluation, type Subject } from './runEvaluation.ts';
import { mapSources } from './sources.ts';

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
  signal?: AbortSignal,
): Promise<Answer<T>> {
  const end = await runEvaluation(subject, apply, { signal });
  if (end.kind === 'aborted') throw new Interrupted();
  if (end.kind === 'infrastructure') throw new InfrastructureError(end.problem);
  if (end.kind === 'answer') return { kind: 'answer', value: answered(() => schema.parse(JSON.parse(end.json))) };
  if (end.error.kind === 'no-such-flake-attribute') return { kind: 'no-such-attribute' };
  const { installable } = subject;
  const sources =
    installable.kind === 'file'
      ? []
      : mapSources(end.messages, installable.dir, [checkoutOf(installable.dir), installable.dir]);
  const problem = mapBack(end.error, sources);
  if (end.error.kind === 'infrastructure') throw new InfrastructureError(problem);
  return { kind: 'failed', problem };
}

/** Reads an answer. @throws InfrastructureError if Nix printed something else than it was asked for. */
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

/** The user pressed Ctrl-C: there is nothing more to say. */
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
    if (!names.includes(missing.replaceAll('"', ''))) {
      return new BlockedError({
        message: `there is no \`${missing}\` in ${path} of ${where}`,
        hint: `there are: ${someOf(names)}`,
      });
    }
  }
  return new BlockedError({
    message: `there is no \`${installable.attribute}\` in ${where}`,
    hint: 'see `nix flake show` for what there is',
  });
}
