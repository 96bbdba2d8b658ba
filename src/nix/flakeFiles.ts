/** What is wrong with the files that Nix itself opens first, where its own message would not say so. */
import { join } from 'node:path';
import type { Problem } from '../model/problem.ts';
import { endlessKind, UnreadableFile, wholeFile } from '../system/wholeFile.ts';
import type { Installable } from './installable.ts';

/** The first of these files that Nix must not open, since it would wait for ever; null if there is none. */
export function endlessFile(files: readonly string[]): Problem | null {
  for (const file of files) {
    const what = endlessKind(file);
    if (what !== null)
      return {
        message: `is ${what}, not a regular file`,
        file,
        hint: 'put a regular file in its place: Nix would wait for this one for ever',
      };
  }
  return null;
}

/** The files that Nix opens first, whatever they import. */
export const firstFiles = (installable: Installable): string[] =>
  installable.kind === 'flake'
    ? ['flake.nix', 'flake.lock'].map((name) => join(installable.dir, name))
    : installable.file.startsWith('/')
      ? [installable.file]
      : [];

/** What is wrong with the lock file of a flake that Nix could not evaluate; null if it is whole, or there is none. */
export function brokenLock(installable: Installable): Problem | null {
  if (installable.kind !== 'flake') return null;
  const file = join(installable.dir, 'flake.lock');
  let text: string;
  try {
    text = wholeFile(file).toString('utf8');
  } catch (error) {
    return error instanceof UnreadableFile && error.fault.kind !== 'missing' ? error.problem : null;
  }
  const hint =
    '`git checkout flake.lock` brings back the committed one; without it, delete the file and run `nix flake lock`';
  if (text.trim() === '') return { message: 'is empty: a full disk leaves it so', file, hint };
  const conflict = text.split('\n').findIndex((line) => /^(?:<{7}|={7}|>{7})(?: |$)/.test(line));
  if (conflict >= 0) {
    const settle = 'settle the conflict: keep one side (`git checkout --ours flake.lock`), then `nix flake lock`';
    return { message: 'holds the marks of a git conflict', file, line: conflict + 1, hint: settle };
  }
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return { message: `is no JSON: ${(error as Error).message}`, file, hint };
  }
}
