import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { Config } from '../config/config.ts';
import { UsageError } from '../model/errors.ts';
import { checkoutOf } from '../system/checkout.ts';
import { isIgnored } from '../system/git.ts';

/**
 * Nix copies a flake with all that it holds: a database in it would be copied at each save, and change the flake each time.
 * What git ignores Nix does not see.
 * @throws UsageError when the state directory lies in the flake of a target.
 */
export async function refuseStateInFlake({ stateDir, targets }: Config): Promise<void> {
  const state = realPath(stateDir);
  for (const { installable } of targets) {
    if (installable.kind !== 'flake') continue;
    const root = checkoutOf(realPath(installable.dir));
    const way = relative(root, state);
    if (way === '..' || way.startsWith('../') || (await isIgnored(root, join(state, 'falloutd.db')))) continue;
    throw new UsageError({
      message: `the state directory lies in the flake ${root}, which Nix copies at each save`,
      file: stateDir,
      hint: 'name one outside of it: --state DIR, or `state = "~/.local/state/falloutd"` in falloutd.toml; or let git ignore it',
    });
  }
}

/** Links followed as far as the path exists. */
function realPath(path: string): string {
  return existsSync(path)
    ? realpathSync(path)
    : dirname(path) === path
      ? path
      : join(realPath(dirname(path)), basename(path));
}
