/** Where the configuration and the state are. Apart from config.ts, so that reading the history does not load the schema. */
import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { flakeAbove } from '../system/checkout.ts';

/**
 * The configuration file to use: the one named, else falloutd.toml here or beside the flake.nix above, else the user's own.
 * @returns null if there is none.
 * @throws UsageError when the named one cannot be read.
 */
export function findConfigFile(named: string | undefined, cwd: string): string | null {
  if (named !== undefined) return resolve(cwd, named);
  const places = [
    join(cwd, 'falloutd.toml'),
    join(flakeAbove(cwd) ?? cwd, 'falloutd.toml'),
    join(xdg('XDG_CONFIG_HOME', '.config'), 'falloutd', 'falloutd.toml'),
  ];
  return places.find((file) => existsSync(file)) ?? null;
}

/** `state/` of a checkout of falloutd, else `$XDG_STATE_HOME/falloutd`. */
export function defaultStateDir(): string {
  const root = realpathSync(fileURLToPath(new URL('../..', import.meta.url)));
  return existsSync(join(root, '.git')) ? join(root, 'state') : join(xdg('XDG_STATE_HOME', '.local/state'), 'falloutd');
}

function xdg(variable: string, fallback: string): string {
  const value = process.env[variable];
  // The XDG base directory specification: a relative path is to be ignored.
  return value !== undefined && isAbsolute(value) ? value : join(homedir(), fallback);
}
