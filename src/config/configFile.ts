/** The file of a configuration as text and as TOML. Apart from config.ts, so that reading the history does not load the schema. */
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, TomlError } from 'smol-toml';
import { UsageError } from '../model/errors.ts';
import { shortPath } from '../system/shortPath.ts';
import { fromHome } from '../system/user.ts';
import { UnreadableFile, wholeFile } from '../system/wholeFile.ts';
import { defaultStateDir } from './findConfig.ts';

/** A configuration of ten thousand targets is smaller. */
const MOST_BYTES = 4 << 20;

/** The file of this installation that shows every key. */
export const EVERY_KEY = `every key: ${shortPath(fileURLToPath(new URL('../../config/falloutd.toml', import.meta.url)))}`;

/** A TOML text as a table. @throws UsageError with file, line and column where it is not TOML. */
export function readToml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const { line, column } = cause;
    const message = cause.message.split('\n')[0] ?? '';
    throw new UsageError({ message, file, line, column, hint: EVERY_KEY }, { cause });
  }
}

/** The state directory that a configuration file names, also where another key is wrong. @throws UsageError when it is not TOML. */
export function stateDirIn(file: string): string {
  const { state } = readToml(readText(file), file) as { state?: unknown };
  return typeof state === 'string' ? placeFrom(file)(state) : defaultStateDir();
}

/** The text of a configuration file. @throws UsageError */
export function readText(file: string): string {
  try {
    return wholeFile(file, MOST_BYTES).toString('utf8');
  } catch (cause) {
    if (!(cause instanceof UnreadableFile)) throw cause;
    const { message } = cause.problem;
    const why = cause.fault.kind === 'failed' ? message : `cannot be read: it ${message}`;
    throw new UsageError({ ...cause.problem, message: `the configuration ${why}` }, { cause });
  }
}

/** What a path in the file means: relative to its directory, `~` for the home directory. */
export function placeFrom(file: string): (path: string) => string {
  return (path) => resolve(dirname(file), fromHome(path));
}
