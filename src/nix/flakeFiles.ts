/** What is wrong with the files that Nix itself opens first, where its own message would not say so. */
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Problem } from '../model/problem.ts';
import { ifSeen } from '../system/ifSeen.ts';
import { endlessKind, MOST_BYTES, readableText, tooLarge, UnreadableFile, wholeFile } from '../system/wholeFile.ts';
import type { Installable } from './installable.ts';

/** So many files are looked through; a host has some fifty. */
const MOST_FILES = 200;

/**
 * The first of these files, and of those that they import by a path literal, that Nix must not open, since it would wait for
 * ever; null if there is none. A file that only Nix can find is not seen here: then the evaluation lasts until it is ended.
 */
export function endlessFile(files: readonly string[]): Problem | null {
  const toSee = new Set(files);
  for (const file of toSee) {
    const what = endlessKind(file);
    if (what !== null)
      return {
        message: `is ${what}, not a regular file`,
        file,
        hint: 'put a regular file in its place: Nix would wait for this one for ever',
      };
    if (!/\.(?:nix|lock)$/.test(file)) continue;
    // Nix would read it into memory.
    const size = ifSeen(() => statSync(file))?.size ?? 0;
    if (size > MOST_BYTES) return tooLarge(file, size).problem;
    if (toSee.size < MOST_FILES) for (const next of namedIn(file)) toSee.add(next);
  }
  return null;
}

const namedIn = (file: string): string[] =>
  pathLiterals(readableText(file) ?? '').map(({ path }) => {
    const named = join(dirname(file), path);
    return ifSeen(() => statSync(named))?.isDirectory() === true ? join(named, 'default.nix') : named;
  });

/** The paths that are written out in a Nix file, and what reads them. One in a comment is found, too. */
export function pathLiterals(text: string): { path: string; isText: boolean }[] {
  return [...text.matchAll(PATH_LITERAL)].map(({ 1: reader, groups }) => ({
    path: groups?.['path'] ?? '',
    isText: reader !== undefined,
  }));
}

/** After `readFile` and in a string the file is text, whatever its name. */
const PATH_LITERAL = /(readFile\s+|\$\{)?(?<![\w./])(?<path>\.\.?\/[\w.+/-]*[\w+-])/g;

/** The files that Nix opens first, whatever they import. */
export const firstFiles = (installable: Installable): string[] =>
  installable.kind === 'flake'
    ? ['flake.nix', 'flake.lock'].map((name) => join(installable.dir, name))
    : installable.file.startsWith('/')
      ? [installable.file]
      : [];

/** What is wrong with the files of a flake that Nix could not evaluate, where it does not say so itself; null if nothing is seen. */
export function brokenFlake(installable: Installable): Problem | null {
  if (installable.kind !== 'flake') return null;
  const [flake, lock] = [seen(join(installable.dir, 'flake.nix')), seen(join(installable.dir, 'flake.lock'))];
  return flake.problem ?? lock.problem ?? brokenLock(lock);
}

type Seen = { file: string; text: string | null; problem: Problem | null };

/** The text of a file, or why it cannot be read; neither where it is missing. */
function seen(file: string): Seen {
  try {
    return { file, text: wholeFile(file).toString('utf8'), problem: null };
  } catch (error) {
    const isWrong = error instanceof UnreadableFile && error.fault.kind !== 'missing';
    return { file, text: null, problem: isWrong ? error.problem : null };
  }
}

function brokenLock({ file, text }: Seen): Problem | null {
  if (text === null) return null;
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
