import { lstat, realpath } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { InfrastructureError } from '../model/errors.ts';
import type { Problem } from '../model/problem.ts';

/** Why the rules forbid to write the file that `path` leads to, `real`, in a flake at `root`; null where they do not. */
export async function whyForbidden(path: string, real: string, root: string): Promise<Problem | null> {
  const found = await lstat(real);
  if (!found.isFile()) return { message: `${path} is not a regular file`, file: path };
  // A rename would replace it all the same, and root may write anything: the mode is the user's word.
  if ((found.mode & 0o222) === 0)
    return {
      message: `${path} is read-only`,
      file: path,
      hint: `\`chmod u+w ${path}\` lets falloutd write between the markers`,
    };
  const linked = real === path ? path : `${path} leads to ${real}`;
  if (isInside('/nix/store', real)) {
    return {
      message: `${linked}: the Nix store cannot be written`,
      file: path,
      hint: 'Point falloutd at the file that this copy was made from.',
    };
  }
  if (!isInside(await realpath(root), real)) {
    return {
      message: `${linked}, which is outside of ${root}`,
      file: path,
      hint: 'Nix refuses links that leave the flake; put the file itself into it.',
    };
  }
  return null;
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith('../') && !isAbsolute(way);
}

/**
 * What a failed write says to the user.
 * @throws InfrastructureError for what passes by itself or by making room.
 */
export function whyUnwritable(path: string, error: unknown): Problem {
  const problem = fileProblem(path, error);
  if (TRANSIENT.has(errorCode(error))) throw new InfrastructureError(problem, { cause: error });
  return problem;
}

/** What passes by itself, or by making room: tried again. */
const TRANSIENT = new Set(['ENOSPC', 'EDQUOT', 'EIO']);

/** Of an error of node:fs; empty for any other. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function fileProblem(path: string, error: unknown): Problem {
  const [message, hint] = FILE_ERRORS[errorCode(error)] ?? [
    error instanceof Error ? error.message : String(error),
    null,
  ];
  return { message: `cannot write ${path}: ${message}`, file: path, ...(hint === null ? {} : { hint }) };
}

const FILE_ERRORS: Record<string, [string, string | null]> = {
  ENOSPC: ['no space left on the disk', 'free some space'],
  EDQUOT: ['the disk quota is used up', 'free some space'],
  EACCES: ['permission denied', 'falloutd needs to write the file and its folder.'],
  EPERM: ['not permitted', 'falloutd needs to write the file and its folder.'],
  EROFS: ['the file system is read-only', null],
  ENOENT: ['there is no such file', null],
  ELOOP: ['the links lead in a circle', null],
  EIO: ['the disk reports an error', null],
};
