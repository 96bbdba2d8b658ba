import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { watch, type FSWatcher } from 'chokidar';
import { InfrastructureError } from '../model/errors.ts';

/** `name` of `directory` was written, made, replaced or removed; with name null, anything there may have. */
type Listener = (directory: string, name: string | null) => void;

export type DirectoryWatch = {
  /**
   * Watches these directories from now on, and no others. What happens before the watch is set up is reported afterwards.
   * @throws InfrastructureError when the system allowed no more of them the last time.
   */
  set: (directories: Iterable<string>) => void;
  close: () => void;
};

/** Reports everything that happens to the entries of directories. One that is removed or replaced is watched again as soon as its name is there. */
export function watchDirectories(onEvent: Listener): DirectoryWatch {
  return {
    set: (directories) => {
      wanted.set(onEvent, new Set(directories));
      renew();
      if (failure === null) return;
      const { error, directory } = failure;
      failure = null;
      throw new InfrastructureError(
        {
          message: `${directory} cannot be watched: ${error.message}`,
          hint: 'the system lets a user watch only so many directories: see fs.inotify.max_user_instances and max_user_watches',
        },
        { cause: error },
      );
    },
    close: () => {
      wanted.delete(onEvent);
      renew();
    },
  };
}

/*
 * One watch for the whole process: chokidar shares what it opened by path, so a replaced directory is opened again only when nothing watches the
 * old one any more. Only its raw events count, which are the kernel's own (inotify(7)): its others come from watches of single files, which stay with a
 * replaced inode, and are held back when they come in quick succession.
 */
const wanted = new Map<Listener, ReadonlySet<string>>();
let standing: { watcher: FSWatcher; inodes: ReadonlyMap<string, bigint> } | null = null;
let failure: { error: Error; directory: string } | null = null;

/** Watches what exists of the wanted ones; of one that does not, the nearest directory above, where it would come back. */
function renew(): void {
  const inodes = new Map<string, bigint>();
  for (const directory of new Set([...wanted.values()].flatMap((directories) => [...directories]))) {
    const found = existing(directory);
    if (found !== null) inodes.set(found.directory, found.inode);
  }
  if (standing !== null && isDeepStrictEqual(standing.inodes, inodes)) return;
  void standing?.watcher.close();
  standing = inodes.size === 0 ? null : { watcher: stand(inodes), inodes };
}

function stand(inodes: ReadonlyMap<string, bigint>): FSWatcher {
  const directories = [...inodes.keys()];
  const watcher = watch(directories, {
    ignoreInitial: true,
    depth: 0,
    atomic: false,
    ignored: (path) => !inodes.has(path),
  });
  const isCurrent = (): boolean => standing?.watcher === watcher;
  watcher.on('raw', (kind, name, details) => {
    const { watchedPath } = details as { watchedPath: string };
    if (!isCurrent()) return;
    tell(watchedPath, name);
    // It may have been the directory itself, or one on the way to it that was missing.
    if (kind === 'rename') renew();
  });
  watcher.on('error', (error) => {
    if (!isCurrent()) return;
    failure = {
      error: error as Error,
      directory:
        directories.find((directory) => (error as NodeJS.ErrnoException).path === directory) ?? directories.join(', '),
    };
    standing = null;
    void watcher.close();
    for (const directory of directories) tell(directory, null);
  });
  // Nothing saw what came into a directory before its watch was set up.
  watcher.on('ready', () => {
    if (!isCurrent()) return;
    for (const directory of directories) tell(directory, null);
    renew();
  });
  return watcher;
}

/** Calls every listener that waits for the directory, or for one inside it. */
function tell(directory: string, name: string | null): void {
  for (const [listener, directories] of [...wanted]) {
    if (directories.has(directory)) listener(directory, name);
    else for (const one of directories) if (one.startsWith(`${directory}/`)) listener(one, null);
  }
}

function existing(directory: string): { directory: string; inode: bigint } | null {
  const found = statSync(directory, { throwIfNoEntry: false, bigint: true });
  if (found?.isDirectory() === true) return { directory, inode: found.ino };
  const above = dirname(directory);
  return above === directory ? null : existing(above);
}
