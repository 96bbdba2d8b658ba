/** Where the configuration and the state are. Apart from config.ts, so that reading the history does not load the schema. */
import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RefusedError } from '../model/errors.ts';
import { flakeAbove } from '../system/checkout.ts';
import { shellWord } from '../system/shellWord.ts';
import { whyDistrusted } from '../system/trust.ts';
import { xdgFolder } from '../system/user.ts';

/** Where a machine's administrator, or the NixOS module, puts the configuration of the machine's service. */
const OF_THE_MACHINE = '/etc/falloutd/falloutd.toml';

/**
 * The configuration file to use: the one named, else falloutd.toml here or beside the flake.nix above, else the user's own, else
 * the machine's.
 * @returns null if there is none.
 * @throws RefusedError when one that is not named may be somebody else's: its hooks and Nix arguments run as this user.
 */
export function findConfigFile(named: string | undefined, cwd: string): string | null {
  if (named !== undefined) return resolve(cwd, named);
  const places = [
    join(cwd, 'falloutd.toml'),
    join(flakeAbove(cwd) ?? cwd, 'falloutd.toml'),
    join(xdgFolder('XDG_CONFIG_HOME', '.config'), 'falloutd', 'falloutd.toml'),
    OF_THE_MACHINE,
  ];
  const file = places.find(isThere) ?? null;
  const reason = file === null || !existsSync(file) ? null : whyDistrusted(file);
  if (file === null || reason === null) return file;
  throw new RefusedError({
    message: `not used: ${reason}, and what it says would run as you`,
    file,
    hint: `if you trust it, name it: --config ${shellWord(file)}`,
  });
}

/** A link to nothing and what this user may not see count too: whoever put it there wants it to count. Reading it says what it is. */
function isThere(place: string): boolean {
  try {
    return lstatSync(place, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}

/** `state/` of a checkout of falloutd, else `$XDG_STATE_HOME/falloutd`. */
export function defaultStateDir(): string {
  const root = realpathSync(fileURLToPath(new URL('../..', import.meta.url)));
  return existsSync(join(root, '.git'))
    ? join(root, 'state')
    : join(xdgFolder('XDG_STATE_HOME', '.local/state'), 'falloutd');
}
