import { constants, type Stats } from 'node:fs';
import { access, lstat, realpath } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { InfrastructureError } from '../model/errors.ts';
import type { Problem } from '../model/problem.ts';
import { errorCode, fileReason } from './fileErrors.ts';
import { userId } from './user.ts';

/** Why falloutd must not write `real`, the file that `path` leads to, in a flake at `root`; null where it may. */
export async function whyForbidden(path: string, real: string, root: string): Promise<Problem | null> {
  const found = await lstat(real);
  if (!found.isFile()) return { message: `${path} is not a regular file`, file: path };
  // A rename would replace it all the same, and root may write anything, but the mode says what the user wants.
  if ((found.mode & 0o222) === 0) {
    const hint = `\`chmod u+w ${path}\` lets falloutd write between the markers`;
    return { message: `${path} is read-only`, file: path, hint };
  }
  const other = await whyNotOurs(path, real, found);
  if (other !== null) return other;
  const linked = real === path ? path : `${path} leads to ${real}`;
  if (isInside('/nix/store', real)) {
    const hint = 'Point falloutd at the file that this copy was made from.';
    return { message: `${linked}: the Nix store cannot be written`, file: path, hint };
  }
  if (isInside(await realpath(root), real)) return null;
  const hint = 'Nix refuses links that leave the flake; put the file itself into it.';
  return { message: `${linked}, which is outside of ${root}`, file: path, hint };
}

/** An exchange puts another file in place: one of this user, without the other names of the old one. */
async function whyNotOurs(path: string, real: string, { uid, nlink }: Stats): Promise<Problem | null> {
  const self = userId();
  if (uid !== self) {
    const hint = 'run falloutd as that user, or `chown` the file';
    return { message: `${path} belongs to another user (${uid}; falloutd runs as ${self})`, file: path, hint };
  }
  if (nlink > 1) {
    const message = `${path} has ${nlink} names (hard links): a write would leave the others with the old text`;
    return { message, file: path, hint: `make it a file of its own: cp -p ${path} NEW && mv NEW ${path}` };
  }
  try {
    await access(real, constants.W_OK);
    return null;
  } catch (error) {
    return whyUnwritable(path, error);
  }
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
  const problem = { message: `cannot ${verb} ${path}: ${fileReason(error)}`, file: path, hint: HINTS[code] };
  if (TRANSIENT.has(code)) throw new InfrastructureError(problem, { cause: error });
  return problem;
}

/** What passes by itself or by making room, and is tried again. */
const TRANSIENT = new Set(['ENOSPC', 'EDQUOT', 'EIO']);

const HINTS: Record<string, string> = {
  ENOSPC: 'free some space',
  EDQUOT: 'free some space',
  EACCES: 'falloutd needs to write the file and its folder.',
  EPERM: 'falloutd needs to write the file and its folder.',
};
