import { createHash } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { watchDirectories } from './directoryWatch.ts';
import { contentHash } from './contentHash.ts';

/** The events of one save come in a burst (write, rename, chmod), which ends this long after the last one. */
const BURST_MS = 60;

export type InputWatcher = {
  /**
   * Watches these files from now on, and no others. A file that is new to the watcher and was modified after
   * `readSince` (ms since the epoch) may have changed after it was read: it counts as saved.
   */
  set: (files: readonly string[], readSince: number) => void;
  /** Takes `content` as known for a file: what falloutd itself writes is not a save. */
  expect: (file: string, content: Buffer) => void;
  close: () => void;
};

/**
 * Calls `onSave` when the content of a watched file changes. A touch and a save of the same content do not count.
 * Directories are watched, not files, so that a file that is replaced by rename, deleted or created again stays in view; for a
 * link, the directory of its real file is watched too.
 */
export function watchInputs(onSave: (files: string[]) => void): InputWatcher {
  const known = new Map<string, string | null>();
  const dirty = new Set<string>();
  /** The watched files by their path and, for a link, by the path of its real file. */
  let places = new Map<string, string[]>();
  let timer: NodeJS.Timeout | undefined;
  const watcher = watchDirectories((directory, name) => {
    for (const [place, files] of places) {
      if (dirname(place) === directory && (name === null || name === basename(place))) files.forEach(mark);
    }
  });

  const place = (): void => {
    places = new Map();
    for (const file of known.keys()) {
      for (const path of new Set([file, realPath(file)])) places.set(path, [...(places.get(path) ?? []), file]);
    }
    watcher.set([...places.keys()].map((path) => dirname(path)));
  };
  const settle = (): void => {
    const saved = [...dirty].filter((file) => {
      const now = contentHash(file);
      if (!known.has(file) || known.get(file) === now) return false;
      known.set(file, now);
      return true;
    });
    dirty.clear();
    let isWatched = true;
    try {
      // A link may lead elsewhere now.
      place();
    } catch {
      // The run that this starts sets the watch again, and says why it cannot.
      isWatched = false;
    }
    if (saved.length > 0 || !isWatched) onSave(saved);
  };
  const mark = (file: string): void => {
    dirty.add(file);
    clearTimeout(timer);
    timer = setTimeout(settle, BURST_MS);
  };

  return {
    set: (files, readSince) => {
      for (const file of known.keys()) if (!files.includes(file)) known.delete(file);
      const added = files.filter((file) => !known.has(file));
      for (const file of added) known.set(file, null);
      // The watch is set up before the content is read: what comes in between is seen twice rather than never.
      place();
      for (const file of added) {
        known.set(file, contentHash(file));
        if (modifiedAfter(file, readSince)) {
          known.set(file, 'read before it was saved');
          mark(file);
        }
      }
    },
    expect: (file, content) => {
      if (known.has(file)) known.set(file, createHash('sha256').update(content).digest('hex'));
    },
    close: () => {
      clearTimeout(timer);
      known.clear();
      watcher.close();
    },
  };
}

/** A renamed file may be of any age; its change time says when it got its name. */
function modifiedAfter(file: string, time: number): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat !== undefined && Math.max(stat.mtimeMs, stat.ctimeMs) > time;
}

/** The file that a path leads to, or would lead to if it existed. */
function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return join(realDirectory(dirname(file)), basename(file));
  }
}

function realDirectory(directory: string): string {
  try {
    return realpathSync(directory);
  } catch {
    return directory;
  }
}
