/** Where the git checkout and the flake around a directory begin, from the file system alone: no git is run. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The root of the git checkout that a directory lies in; null outside of git. */
export function checkoutAbove(dir: string): string | null {
  if (existsSync(join(dir, '.git'))) return dir;
  return dirname(dir) === dir ? null : checkoutAbove(dirname(dir));
}

/** What Nix copies of a flake in this directory: the root of its git checkout; outside of git the directory itself. */
export const checkoutOf = (dir: string): string => checkoutAbove(dir) ?? dir;

/** The nearest directory with a flake.nix, from `cwd` up to the root of its git checkout, as Nix looks for it. */
export function flakeAbove(cwd: string): string | null {
  const root = checkoutAbove(cwd);
  for (let at = cwd; ; at = dirname(at)) {
    if (existsSync(join(at, 'flake.nix'))) return at;
    if (at === root || dirname(at) === at) return null;
  }
}
