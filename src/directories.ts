import { statSync, watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import { InfrastructureError } from './errors.ts';

export type DirectoryWatch = {
  /**
   * Watches these directories from now on, and no others; the watch stands when this returns.
   * @throws InfrastructureError when the system allows no more of them.
   */
  set: (directories: Iterable<string>) => void;
  close: () => void;
};

/**
 * Tells of everything that happens to the entries of directories: `name` of `directory` was written, made, replaced or
 * removed; with name null, anything there may have. A directory that is removed or replaced is watched again as soon as
 * there is one of its name.
 *
 * The kernel's own watch of a directory (inotify(7)) sees each replacement of a file in it; a watch of the file itself, as
 * chokidar keeps one, stays with the replaced inode and is deaf until it is renewed.
 */
export function watchDirectories(onEvent: (directory: string, name: string | null) => void): DirectoryWatch {
  let wanted: ReadonlySet<string> = new Set();
  const standing = new Map<string, { watcher: FSWatcher; inode: bigint }>();

  /**
   * Watches what exists of the wanted ones; of one that does not, the nearest directory above, where it would come back.
   * Gives those that it watches now and did not before.
   */
  const renew = (): string[] => {
    const nearest = new Set([...wanted].flatMap((directory) => existing(directory) ?? []));
    for (const directory of standing.keys()) if (!nearest.has(directory)) drop(directory);
    return [...nearest].filter((directory) => {
      const inode = inodeOf(directory);
      if (inode === null || standing.get(directory)?.inode === inode) return false;
      drop(directory);
      return stand(directory, inode);
    });
  };
  const stand = (directory: string, inode: bigint): boolean => {
    try {
      const watcher = watch(directory, (kind, name) => {
        onEvent(directory, name);
        // It may have been the directory itself, or one on the way to it that was missing.
        if (kind === 'rename') again(directory);
      });
      watcher.on('error', () => {
        drop(directory);
        again(directory);
      });
      standing.set(directory, { watcher, inode });
      return true;
    } catch (cause) {
      if (inodeOf(directory) === null) return false;
      throw new InfrastructureError({
        message: `${directory} cannot be watched: ${(cause as Error).message}`,
        hint: 'the system lets a user watch only so many directories: see fs.inotify.max_user_instances and max_user_watches',
      }, { cause });
    }
  };
  /** What came into a directory before its watch stood was seen by nobody. */
  const again = (directory: string): void => {
    try {
      for (const found of renew()) onEvent(found, null);
    } catch {
      // Nobody hears an error here; who looks at the files now sets the watch again, and hears it.
      onEvent(directory, null);
    }
  };
  const drop = (directory: string): void => {
    standing.get(directory)?.watcher.close();
    standing.delete(directory);
  };

  return {
    set: (directories) => {
      const before = wanted;
      wanted = new Set(directories);
      for (const directory of renew()) if (before.has(directory)) onEvent(directory, null);
    },
    close: () => {
      wanted = new Set();
      renew();
    },
  };
}

function existing(directory: string): string | null {
  if (inodeOf(directory) !== null) return directory;
  const above = dirname(directory);
  return above === directory ? null : existing(above);
}

/** What tells a directory from another of the same name; null where there is none. */
function inodeOf(directory: string): bigint | null {
  const found = statSync(directory, { throwIfNoEntry: false, bigint: true });
  return found?.isDirectory() === true ? found.ino : null;
}
