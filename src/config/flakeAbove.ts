import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The nearest directory with a flake.nix, from `cwd` up to the root of its git checkout, as Nix looks for it. */
export function flakeAbove(cwd: string): string | null {
  for (let at = cwd; ; at = dirname(at)) {
    if (existsSync(join(at, 'flake.nix'))) return at;
    if (dirname(at) === at || existsSync(join(at, '.git'))) return null;
  }
}
