/** A flake with other inputs than those that its lock file names. */
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { readableText } from '../system/wholeFile.ts';
import type { Installable } from './installable.ts';

/** The flake reference that an input is replaced by. */
export type OtherInput = { input: string; reference: string };

/** `NAME=REFERENCE`, with a relative path as seen from `cwd`; null for any other text. */
export function otherInput(text: string, cwd: string): OtherInput | null {
  const [, input, reference] = /^([^=\s]+)=(\S+)$/.exec(text) ?? [];
  if (input === undefined || reference === undefined) return null;
  // Nix would take it as seen from the flake.
  return {
    input,
    reference: reference.replace(
      /^(path:)?(\.\.?(?:\/.*)?)$/,
      (_, scheme: string | undefined, path: string) => `${scheme ?? ''}${resolve(cwd, path)}`,
    ),
  };
}

/** The arguments of nix for these inputs. The lock file stays as it is. */
export const otherInputArguments = (others: readonly OtherInput[]): string[] =>
  others.length === 0
    ? []
    : [...others.flatMap(({ input, reference }) => ['--override-input', input, reference]), '--no-write-lock-file'];

const lockSchema = z.object({
  root: z.string(),
  nodes: z.record(z.string(), z.object({ inputs: z.record(z.string(), z.unknown()).default({}) })),
});

/** The inputs that a flake's lock file names; null where there is none that can be read. */
export function lockedInputs(installable: Installable): string[] | null {
  if (installable.kind !== 'flake') return null;
  const text = readableText(join(installable.dir, 'flake.lock'));
  if (text === null) return null;
  try {
    const { root, nodes } = lockSchema.parse(JSON.parse(text));
    return Object.keys(nodes[root]?.inputs ?? {});
  } catch {
    return null;
  }
}
