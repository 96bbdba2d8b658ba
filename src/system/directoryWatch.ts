import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers';
import { isDeepStrictEqual } from 'node:util';
import { watch, type FSWatcher } from 'chokidar';
import { InfrastructureError } from '../model/errors.ts';
import { ifSeen } from './ifSeen.ts';

/** `name` of `directory` was written, made, replaced or removed; with name null, anything there may have. */
type Listener = (directory: string, name: string | null) => void;

export type DirectoryWatch = {
  /** Watches these directories from now on, and no others. What happens before the watch is set up is reported afterwards. */
  set: (directories: Iterable<string>) => void;
  close: () => void;
};

/** After these times, in ms, a watch that the system refused is set up again, then again and again after the last one. */
const RETRY_MS = [10_000, 30_000, 60_000, 300_000];

/**
 * Reports everything that happens to the entries of directories. One that is removed or replaced is watched again as soon as its name is there.
 * Where the system refuses the watch, it is tried again later, and each failed attempt counts as an event with name null.
 * @param onTrouble hears why, once until a watch stands again. Of several listeners, one hears it: the watch is the same for all.
 */
export function watchDirectories(onEvent: Listener, onTrouble?: (error: InfrastructureError) => void): DirectoryWatch {
  if (onTrouble !== undefined) reporters.set(onEvent, onTrouble);
  return {
    set: (directories) => {
      wanted.set(onEvent, new Set(directories));
      renewSoon();
    },
    close: () => {
      wanted.delete(onEvent);
      reporters.delete(onEvent);
      renewSoon();
    },
  };
}

/*
 * One watch for the whole process: chokidar shares what it opened by path, so a replaced directory is opened again only when nothing watches the
 * old one any more. Only its raw events count, which are the kernel's own (inotify(7)): its others come from watches of single files, which stay with a
 * replaced inode, and are held back when they come in quick succession.
 */
const wanted = new Map<Listener, ReadonlySet<string>>();
const reporters = new Map<Listener, (error: InfrastructureError) => void>();
let standing: { watcher: FSWatcher; inodes: ReadonlyMap<string, bigint> } | null = null;
/** A watch that the system refused, and the timer of the next attempt. */
let refusal: { attempts: number; timer: NodeJS.Timeout | null } | null = null;

let isRenewalDue = false;

/** Renews once for all listeners that come, change or go in one turn: thousands of targets begin and end together. */
function renewSoon(): void {
  if (isRenewalDue) return;
  isRenewalDue = true;
  setImmediate(() => {
    isRenewalDue = false;
    renew();
  });
}

/** Watches what exists of the wanted ones; of one that does not, the nearest directory above, where it would come back. */
function renew(): void {
  const inodes = new Map<string, bigint>();
  for (const directory of new Set([...wanted.values()].flatMap((directories) => [...directories]))) {
    const found = existing(directory);
    if (found !== null) inodes.set(found.directory, found.inode);
  }
  if (inodes.size === 0 && refusal !== null) {
    clearTimeout(refusal.timer ?? undefined);
    refusal = null;
  }
  if (refusal !== null && refusal.timer !== null) return;
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
    standing = null;
    void watcher.close();
    retryLater(error as NodeJS.ErrnoException, directories);
    for (const directory of directories) tell(directory, null);
  });
  // Nothing saw what came into a directory before its watch was set up.
  watcher.on('ready', () => {
    if (!isCurrent()) return;
    refusal = null;
    for (const directory of directories) tell(directory, null);
    renew();
  });
  return watcher;
}

/** Until its time has come nothing sets up a watch. */
function retryLater(error: NodeJS.ErrnoException, directories: readonly string[]): void {
  const attempts = refusal?.attempts ?? 0;
  if (attempts === 0) [...reporters.values()][0]?.(troubleOf(error, directories));
  const retry = (): void => {
    refusal = { attempts: attempts + 1, timer: null };
    renew();
  };
  const timer = setTimeout(retry, RETRY_MS[Math.min(attempts, RETRY_MS.length - 1)]);
  // Whoever waits for events decides how long the process lives.
  timer.unref();
  refusal = { attempts: attempts + 1, timer };
}

/** What sets how many directories a user may watch, by the error of the system (inotify(7)). */
const LIMITS: Record<string, string> = {
  ENOSPC: 'fs.inotify.max_user_watches',
  EMFILE: 'fs.inotify.max_user_instances',
};

function troubleOf(error: NodeJS.ErrnoException, directories: readonly string[]): InfrastructureError {
  const directory = directories.find((one) => error.path === one) ?? directories[0] ?? '';
  const limit = LIMITS[error.code ?? ''];
  const problem =
    limit === undefined
      ? { message: `${directory} cannot be watched: ${error.message}`, hint: 'saves are not seen until it can' }
      : {
          message: `${directory} cannot be watched: the system's limit for watches is reached`,
          hint: `raise it: sysctl ${limit}=N (now: sysctl ${limit}). Until then saves are seen only every few minutes`,
        };
  return new InfrastructureError(problem, { cause: error });
}

/** Calls every listener that waits for the directory, or for one inside it. */
function tell(directory: string, name: string | null): void {
  for (const [listener, directories] of [...wanted]) {
    if (directories.has(directory)) listener(directory, name);
    else for (const one of directories) if (one.startsWith(`${directory}/`)) listener(one, null);
  }
}

function existing(directory: string): { directory: string; inode: bigint } | null {
  const found = ifSeen(() => statSync(directory, { bigint: true }));
  if (found?.isDirectory() === true) return { directory, inode: found.ino };
  const above = dirname(directory);
  return above === directory ? null : existing(above);
}
