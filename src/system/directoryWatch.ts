import { statSync, watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import { InfrastructureError } from '../model/errors.ts';

/** Something in `directory` called `name` was written, made, replaced or removed; with name null, anything may have been. */
type Listener = (directory: string, name: string | null) => void;

export type DirectoryWatch = {
  /**
   * Watches these directories from now on, and no others.
   * @throws InfrastructureError when the system allows no more watches.
   */
  set: (directories: Iterable<string>) => void;
  close: () => void;
};

/**
 * Reports everything that happens to the entries of directories, as inotify(7) sees it. One that is removed or replaced is
 * watched again as soon as its name is back; until then the nearest directory above it is watched.
 */
export function watchDirectories(onEvent: Listener): DirectoryWatch {
  let wanted: ReadonlySet<string> = new Set();
  const standing = new Map<string, { watcher: FSWatcher; identity: string }>();

  const report = (directory: string, name: string | null): void => {
    if (wanted.has(directory)) onEvent(directory, name);
    else for (const one of wanted) if (one.startsWith(`${directory}/`)) onEvent(one, null);
  };
  const forget = (directory: string): void => {
    standing.get(directory)?.watcher.close();
    standing.delete(directory);
  };
  const open = (directory: string, identity: string): void => {
    const watcher = watch(directory, (kind, name) => {
      report(directory, name);
      // It may have been the directory itself, or a missing one on the way to it.
      if (kind === 'rename') restore();
    });
    watcher.on('error', () => {
      forget(directory);
      report(directory, null);
    });
    standing.set(directory, { watcher, identity });
  };
  /** Brings the watches in line with what exists. Gives the directories that it began to watch. */
  const renew = (): string[] => {
    const existing = new Map([...wanted].flatMap(nearestExisting));
    for (const [directory, { identity }] of standing) if (existing.get(directory) !== identity) forget(directory);
    const missing = [...existing].filter(([directory]) => !standing.has(directory));
    for (const [directory, identity] of missing) open(directory, identity);
    // A directory may have been made before the watch above it stood.
    return missing.length === 0 ? [] : [...missing.map(([directory]) => directory), ...renew()];
  };
  const restore = (): void => {
    try {
      // What came into a directory before its watch stood was seen by nobody.
      for (const directory of renew()) report(directory, null);
    } catch {
      // Whoever hears of it sets the watch again, and learns why it cannot be.
      for (const directory of wanted) onEvent(directory, null);
    }
  };

  return {
    set: (directories) => {
      wanted = new Set(directories);
      try {
        renew();
      } catch (cause) {
        const { message, path } = cause as NodeJS.ErrnoException;
        const problem = {
          message: `${path ?? 'a directory'} cannot be watched: ${message}`,
          hint: 'the system lets a user watch only so many directories: see fs.inotify.max_user_instances and max_user_watches',
        };
        throw new InfrastructureError(problem, { cause });
      }
    },
    close: () => {
      wanted = new Set();
      for (const directory of standing.keys()) forget(directory);
    },
  };
}

/** The directory, or the nearest one above it that exists, with what tells it from another one of that name. */
function nearestExisting(directory: string): [string, string][] {
  const found = statSync(directory, { throwIfNoEntry: false, bigint: true });
  // File systems give a free inode number away again.
  if (found?.isDirectory() === true) return [[directory, `${found.dev} ${found.ino} ${found.birthtimeNs}`]];
  const above = dirname(directory);
  return above === directory ? [] : nearestExisting(above);
}
