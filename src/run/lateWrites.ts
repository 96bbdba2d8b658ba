import type { FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { problemOf } from '../model/errors.ts';
import type { RunEvent } from '../model/event.ts';
import type { History } from '../state/historyDatabase.ts';
import { keepLate, lateWrites } from '../state/lateWrites.ts';
import { isOpenForWriting } from '../system/openWriters.ts';
import { contentOf, MOST_BYTES } from '../system/wholeFile.ts';

/** For how long after a replacement a displaced file is kept open, in ms. */
const WINDOW_MS = 5000;
/** How often it is looked at while a program has it open. */
const LOOK_MS = 1000;
/** The same for a command that waits to end. */
const WAITING_MS = 100;
const NEVER = new AbortController().signal;

/** A file of the user's that falloutd has replaced or deleted: it has no name any more, but who had it open can still write to it. */
export type Displaced = { replaced: number; target: string; path: string; before: Buffer; file: FileHandle };

type Kept = Displaced & { known: Buffer; until: number; isOpen: boolean | null; isLate: boolean };

/**
 * Keeps displaced files open for some seconds, records in the database what programs still write to them, and reports it. A file
 * that nobody has open for writing is let go of at the first look.
 */
export class LateWrites {
  readonly #history: History;
  readonly #emit: (event: RunEvent) => void;
  readonly #kept = new Set<Kept>();
  #timer: NodeJS.Timeout | undefined;
  #looking = Promise.resolve();

  /** @param emit must not throw. */
  constructor(history: History, emit: (event: RunEvent) => void) {
    this.#history = history;
    this.#emit = emit;
  }

  /** Takes over an open file. */
  readonly take = (displaced: Displaced): void => {
    const until = performance.now() + WINDOW_MS;
    this.#kept.add({ ...displaced, known: displaced.before, until, isOpen: null, isLate: false });
    this.#schedule();
  };

  /**
   * Looks at the files a last time and closes them. While a program is known to have one open, it waits for its end first, as long
   * as the file would be kept, unless `hurry` aborts.
   */
  async end(hurry: AbortSignal): Promise<void> {
    clearTimeout(this.#timer);
    await this.#closedByAll(() => true, hurry);
    for (const each of this.#kept) await this.#reporting(each, async () => this.#letGo(each));
  }

  /** Resolves when no program is known to have a file of this target open any more, or the time for it is over. */
  async settled(target: string): Promise<void> {
    await this.#closedByAll((each) => each.target === target, NEVER);
  }

  async #closedByAll(isMeant: (kept: Kept) => boolean, hurry: AbortSignal): Promise<void> {
    await this.#look();
    while (!hurry.aborted && [...this.#kept].some((each) => each.isOpen === true && isMeant(each))) {
      await sleep(WAITING_MS, undefined, { signal: hurry }).catch(() => undefined);
      await this.#look();
    }
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#kept.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#look().then(() => this.#schedule());
    }, LOOK_MS).unref();
  }

  /** One look after the other. */
  async #look(): Promise<void> {
    this.#looking = this.#looking.then(async () => {
      for (const each of this.#kept) await this.#reporting(each, async () => this.#lookAt(each));
    });
    await this.#looking;
  }

  async #lookAt(kept: Kept): Promise<void> {
    // Before the content: what a program wrote that has closed the file is all there then.
    kept.isOpen = await isOpenForWriting(kept.file.fd);
    const isOver = kept.isOpen === false || performance.now() >= kept.until;
    const content = contentOf(kept.file.fd, MOST_BYTES);
    // Who empties a file is about to write it anew.
    if (content.length > 0 && !content.equals(kept.known)) {
      keepLate(this.#history, kept.replaced, content);
      Object.assign(kept, { known: content, isLate: true });
    }
    if (isOver) await this.#letGo(kept);
  }

  async #letGo(kept: Kept): Promise<void> {
    this.#kept.delete(kept);
    const { target, replaced, file, isLate } = kept;
    await file.close();
    if (!isLate) return;
    for (const late of lateWrites(this.#history, { replaced })) this.#emit({ kind: 'late-write', target, late });
  }

  async #reporting({ target }: Kept, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#emit({ kind: 'trouble', target, problem: problemOf(error) });
    }
  }
}
