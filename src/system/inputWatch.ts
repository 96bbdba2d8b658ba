import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { InfrastructureError } from '../model/errors.ts';
import { contentHash, sha256 } from './contentHash.ts';
import { watchDirectories, type DirectoryWatch } from './directoryWatch.ts';
import { ifSeen } from './ifSeen.ts';
import { realPath } from './realPath.ts';

/** The events of one save come in a burst (write, rename, chmod), which ends this long after the last one. */
const BURST_MS = 60;

export type InputWatcher = Pick<ContentWatcher, 'set' | 'expect' | 'close'>;

/**
 * Calls `onSave` when the content of a watched file changes. A touch and a save of the same content do not count.
 * Directories are watched, not files, so that a file that is replaced by rename, deleted or created again stays in view; for a
 * link, the directory of its real file is watched too.
 * @param onTrouble hears why the system refuses the watch. That is no save; the watch is tried again.
 */
export const watchInputs = (
  onSave: (files: string[]) => void,
  onTrouble?: (error: InfrastructureError) => void,
): InputWatcher => new ContentWatcher(onSave, onTrouble);

class ContentWatcher {
  readonly #known = new Map<string, string | null>();
  readonly #dirty = new Set<string>();
  /** The watched files by their path and, for a link, by the path of its real file. */
  #places = new Map<string, string[]>();
  #timer: NodeJS.Timeout | undefined;
  readonly #onSave: (files: string[]) => void;
  readonly #watch: DirectoryWatch;

  constructor(onSave: (files: string[]) => void, onTrouble?: (error: InfrastructureError) => void) {
    this.#onSave = onSave;
    this.#watch = watchDirectories((directory, name) => {
      for (const [place, files] of this.#places)
        if (dirname(place) === directory && (name === null || name === basename(place)))
          for (const file of files) this.#mark(file);
    }, onTrouble);
  }

  /**
   * Watches these files from now on, and no others. A file that is new to the watcher and was modified after
   * `readSince` (ms since the epoch) may have changed after it was read: it counts as saved.
   */
  set(files: readonly string[], readSince: number): void {
    for (const file of this.#known.keys()) if (!files.includes(file)) this.#known.delete(file);
    const added = files.filter((file) => !this.#known.has(file));
    for (const file of added) this.#known.set(file, null);
    // The watch is set up before the content is read: what comes in between is seen twice rather than never.
    this.#place();
    for (const file of added) {
      const isNewer = modifiedAfter(file, readSince);
      this.#known.set(file, isNewer ? 'read before it was saved' : contentHash(file));
      if (isNewer) this.#mark(file);
    }
  }

  /** Takes `content` as known for a file: what falloutd itself writes is not a save. */
  expect(file: string, content: Buffer): void {
    if (this.#known.has(file)) this.#known.set(file, sha256(content));
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#known.clear();
    this.#watch.close();
  }

  #place(): void {
    this.#places = new Map();
    for (const file of this.#known.keys())
      for (const path of new Set([file, realPath(file)]))
        this.#places.set(path, [...(this.#places.get(path) ?? []), file]);
    this.#watch.set([...this.#places.keys()].map((path) => dirname(path)));
  }

  #mark(file: string): void {
    this.#dirty.add(file);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#settle(), BURST_MS);
  }

  #settle(): void {
    const saved = [...this.#dirty].filter((file) => {
      const now = contentHash(file);
      if (!this.#known.has(file) || this.#known.get(file) === now) return false;
      this.#known.set(file, now);
      return true;
    });
    this.#dirty.clear();
    // A link may lead elsewhere now.
    this.#place();
    if (saved.length > 0) this.#onSave(saved);
  }
}

/** A renamed file may be of any age; its change time says when it got its name. */
function modifiedAfter(file: string, time: number): boolean {
  const stat = ifSeen(() => statSync(file));
  return stat !== null && Math.max(stat.mtimeMs, stat.ctimeMs) > time;
}
