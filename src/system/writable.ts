import { lstat, realpath } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { InfrastructureError } from '../model/errors.ts';
import type { Problem } from '../model/problem.ts';

/** Why falloutd must not write `real`, the file that `path` leads to, in a flake at `root`; null where it may. */
export async function whyForbidden(path: string, real: string, root: string): Promise<Problem | null> {
  const found = await lstat(real);
  if (!found.isFile()) return { message: `${path} is not a regular file`, file: path };
  // A rename would replace it all the same, and root may write anything, but the mode says what the user wants.
  if ((found.mode & 0o222) === 0) {
    const hint = `\`chmod u+w ${path}\` lets falloutd write between the markers`;
    return { message: `${path} is read-only`, file: path, hint };
  }
  const linked = real === path ? path : `${path} leads to ${real}`;
  if (isInside('/nix/store', real)) {
    const hint = 'Point falloutd at the file that this copy was made from.';
    return { message: `${linked}: the Nix store cannot be written`, file: path, hint };
  }
  if (isInside(await realpath(root), real)) return null;
  const hint = 'Nix refuses links that leave the flake; put the file itself into it.';
  return { message: `${linked}, which is outside of ${root}`, file: path, hint };
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith('../') && !isAbsolute(way);
}

/**
 * What a failed write is to the user; `verb` is what could not be done.
 * @throws InfrastructureError for what passes by itself or by making room.
 */
export function whyUnwritable(path: string, error: unknown, verb = 'write'): Problem {
  const code = errorCode(error);
  const [reason, hint] = FILE_ERRORS[code] ?? [error instanceof Error ? error.message : String(error), undefined];
  const problem = { message: `cannot ${verb} ${path}: ${reason}`, file: path, hint };
  if (TRANSIENT.has(code)) throw new InfrastructureError(problem, { cause: error });
  return problem;
}

/** What passes by itself or by making room, and is tried again. */
const TRANSIENT = new Set(['ENOSPC', 'EDQUOT', 'EIO']);

/** The code of an error of node:fs; empty for any other error. */
export const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

const FILE_ERRORS: Record<string, [reason: string, hint: string | undefined]> = {
  ENOSPC: ['no space left on the disk', 'free some space'],
  EDQUOT: ['the disk quota is used up', 'free some space'],
  EACCES: ['permission denied', 'falloutd needs to write the file and its folder.'],
  EPERM: ['not permitted', 'falloutd needs to write the file and its folder.'],
  EROFS: ['the file system is read-only', undefined],
  ENOENT: ['there is no such file', undefined],
  EISDIR: ['there is a folder of that name', undefined],
  ELOOP: ['the links lead in a circle', undefined],
  EIO: ['the disk reports an error', undefined],
};
