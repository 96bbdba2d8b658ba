import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { watch as watchDirectories } from 'chokidar';
import { contentHash } from './inputs.ts';

/** Events of one save come in a burst (write, rename, chmod); this long after the last one they are one cause. */
const BURST_MS = 60;

export type InputWatcher = {
  /**
   * Watches these files from now on, and no others. A file that is new to the watcher and was modified after
   * `readSince` (ms since the epoch) may have changed behind the reader's back: it counts as saved.
   */
  set: (files: readonly string[], readSince: number) => void;
  /** Takes `content` as known for a file: what falloutd itself wrote is no save. */
  expect: (file: string, content: Buffer) => void;
  close: () => Promise<void>;
};

/**
 * Calls `onSave` when the content of a watched file changes. A touch and a save of the same content do not count.
 * Directories are watched, not files, so that a file that is replaced by rename, deleted or made anew stays in view.
 */
export function watchInputs(onSave: (files: string[]) => void): InputWatcher {
  const known = new Map<string, string | null>();
  const dirty = new Set<string>();
  let directories = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const watcher = watchDirectories([], {
    // What is found when a directory is first read is compared like a save: one may have come before the watch stood.
    ignoreInitial: false,
    depth: 0,
    atomic: false,
    followSymlinks: true,
    ignored: (path) => !known.has(path) && !directories.has(path),
  });

  const settle = (): void => {
    const saved = [...dirty].filter((file) => {
      const now = contentHash(file);
      if (!known.has(file) || known.get(file) === now) return false;
      known.set(file, now);
      return true;
    });
    dirty.clear();
    if (saved.length > 0) onSave(saved);
  };
  const mark = (file: string): void => {
    dirty.add(file);
    clearTimeout(timer);
    timer = setTimeout(settle, BURST_MS);
  };
  watcher.on('all', (_event, path) => {
    if (known.has(path)) mark(path);
  });

  return {
    set: (files, readSince) => {
      for (const file of known.keys()) if (!files.includes(file)) known.delete(file);
      const next = new Set(files.map((file) => dirname(file)));
      for (const file of files) {
        if (known.has(file)) continue;
        known.set(file, contentHash(file));
        if (modifiedAfter(file, readSince)) {
          known.set(file, 'read before it was saved');
          mark(file);
        }
      }
      const gone = [...directories].filter((dir) => !next.has(dir));
      const added = [...next].filter((dir) => !directories.has(dir));
      directories = next;
      watcher.unwatch(gone);
      watcher.add(added);
    },
    expect: (file, content) => {
      if (known.has(file)) known.set(file, createHash('sha256').update(content).digest('hex'));
    },
    close: async () => {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}

function modifiedAfter(file: string, time: number): boolean {
  const modified = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return modified !== undefined && modified > time;
}
