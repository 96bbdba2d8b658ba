import { readFileSync, statSync, watch, type FSWatcher } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFalloutd } from '../helpers/command.ts';
import type { Run } from '../../src/model/run.ts';
import { ownProcesses, type Process } from '../../src/system/processTable.ts';
import type { Moment, Occasion, Victim } from './plan.ts';

/** What a busy loop waits for a file system call of falloutd at most. */
const BUSY_MS = 300;
/** Nothing is seen of falloutd for so long after a run ended: it seems idle. */
const QUIET_MS = 250;
/** It mostly notices a save within this time. */
export const NOTICE_MS = 150;
/** A round that takes longer hangs. */
const PATIENCE_MS = 90_000;

/** How much of its output is kept for the report of a failure, characters. */
const TEXT_LENGTH = 200_000;

type Awaited = { moment: Moment; seen: number; act: () => void };

/**
 * A running falloutd as it is seen from outside: its log, its children, its database and the temporary file of a write.
 * `at` acts at such a moment in the same turn of the event loop, so that the gap is a few microseconds.
 */
export class WatchedFalloutd {
  readonly pid: number;
  readonly started = performance.now();
  /** The run of each target that it logged as finished last. */
  readonly lastRuns = new Map<string, Run>();
  /** The end of what it printed. */
  text = '';
  /** The line that is not whole yet. */
  #line = '';
  #runsStarted = 0;
  #runsFinished = 0;
  readonly #temporary: (name: string) => boolean;
  /** How many it serves. */
  readonly #targets: number;
  readonly #dir: string;
  readonly #watchers: FSWatcher[] = [];
  #awaited: Awaited[] = [];
  #lastSeen = performance.now();
  #ended = false;
  #isKilled = false;
  readonly #exit: Promise<number | undefined>;
  #children = new Set<string>();

  constructor(
    args: readonly string[],
    { managedFiles, stateDir, env }: { managedFiles: readonly string[]; stateDir: string; env: Record<string, string> },
  ) {
    this.#targets = managedFiles.length;
    this.#dir = dirname(managedFiles[0] ?? '');
    const prefixes = managedFiles.map((file) => `.${basename(file)}.falloutd-`);
    this.#temporary = (name) => prefixes.some((prefix) => name.startsWith(prefix));
    this.#watchers.push(
      watch(this.#dir, (_, name) => name !== null && this.#temporary(name) && this.#onTemporary(join(this.#dir, name))),
    );
    this.#watchers.push(watch(stateDir, (_, name) => name === 'falloutd.db-wal' && this.#see('database')));
    const started = startFalloutd(args, { env });
    if (started.pid === undefined) throw new Error('falloutd did not start');
    this.pid = started.pid;
    started.stdout.on('data', (chunk: Buffer) => this.#onOutput(chunk));
    started.stderr.on('data', (chunk: Buffer) => this.#onOutput(chunk));
    this.#exit = started.then(({ exitCode }) => {
      this.#ended = true;
      for (const watcher of this.#watchers) watcher.close();
      // What waits for something of it waits in vain: it acts now.
      for (const { act } of this.#awaited.splice(0)) act();
      return exitCode;
    });
  }

  /** Acts at a moment; where that does not come before it is gone, or idle although it has had `cause` to run, then. */
  async at<T>(moment: Moment, cause: Promise<unknown>, act: () => T | Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const acting = (): void => {
        try {
          resolve(act());
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      if (this.#ended) {
        acting();
        return;
      }
      if (moment.on === 'time') {
        void Promise.race([sleep(moment.us / 1000), this.#exit]).then(acting);
        return;
      }
      const awaited: Awaited = { moment, seen: 0, act: acting };
      this.#awaited.push(awaited);
      if (moment.on === 'child') this.#lookForChildren();
      void cause
        .then(() => sleep(NOTICE_MS))
        .then(() => this.idle())
        .then(() => {
          if (!this.#awaited.includes(awaited)) return;
          this.#awaited = this.#awaited.filter((each) => each !== awaited);
          acting();
        }, reject);
    });
  }

  /** How long ago it was seen to do something last. */
  quietMs(): number {
    return performance.now() - this.#lastSeen;
  }

  /** Resolves when it has ended a run and nothing more is seen of it, or it is gone. */
  async idle(): Promise<void> {
    for (;;) {
      const quiet = this.quietMs();
      if (this.#ended || (quiet > QUIET_MS && this.#isAtRest() && this.#childrenNow().length === 0)) return;
      if (quiet > PATIENCE_MS) throw new Error(`falloutd hangs:\n${this.text}`);
      await sleep(20);
    }
  }

  /** Resolves when `holds`. */
  async until(holds: () => boolean): Promise<void> {
    const from = performance.now();
    while (!holds()) {
      if (performance.now() - from > PATIENCE_MS) throw new Error(`falloutd does not get there:\n${this.text}`);
      await sleep(10);
    }
  }

  /** Kills `victim`; falloutd where no Nix of its runs. */
  killVictim(victim: Victim): void {
    const all = [...ownProcesses().values()];
    const nixes = all.filter(({ parent, name }) => parent === this.pid && name.startsWith('nix'));
    const builderOf = (nix: Process): Process | undefined => all.find(({ parent }) => parent === nix.pid);
    const nix = nixes.find(builderOf) ?? nixes[0];
    if (nix === undefined || victim === 'falloutd' || victim === 'both') this.kill('SIGKILL');
    if (nix === undefined || victim === 'falloutd') return;
    const builder = victim === 'builder' ? builderOf(nix) : undefined;
    try {
      process.kill((builder ?? nix).pid, 'SIGKILL');
    } catch (error) {
      // It has ended since it was looked for.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** Whether it was killed, or has ended by itself. */
  get isGone(): boolean {
    return this.#isKilled || this.#ended;
  }

  kill(signal: NodeJS.Signals): void {
    if (this.#ended) return;
    process.kill(this.pid, signal);
    this.#isKilled ||= signal === 'SIGKILL';
  }

  /** Its exit code; undefined where a signal ended it. */
  async exit(): Promise<number | undefined> {
    return this.#exit;
  }

  /** What it does (did, when it is gone), as far as its log tells. */
  doing(): 'starting' | 'in a run' | 'idle' {
    return this.#runsStarted === 0 ? 'starting' : this.#runsStarted > this.#runsFinished ? 'in a run' : 'idle';
  }

  /** The first thing that it prints when it begins to work: what a killed one left has been cleared up then. */
  async begun(): Promise<void> {
    await this.until(() => this.#ended || this.#runsStarted > 0);
  }

  #isAtRest(): boolean {
    const last = [...this.lastRuns.values()];
    return (
      last.length >= this.#targets &&
      this.#runsStarted === this.#runsFinished &&
      last.every(({ outcome }) => outcome?.kind !== 'superseded')
    );
  }

  #onOutput(chunk: Buffer): void {
    this.text = (this.text + chunk.toString()).slice(-TEXT_LENGTH);
    const lines = (this.#line + chunk.toString()).split('\n');
    this.#line = lines.pop() ?? '';
    for (const line of lines) {
      // `watch` logs JSON, `once` writes for people.
      if (line.includes('"msg":"run started"') || /^run \d+, /.test(line)) this.#runsStarted++;
      const run = line.startsWith('{') && line.includes('"run":{') ? (JSON.parse(line) as { run: Run }).run : null;
      if (run === null) continue;
      this.#runsFinished++;
      this.lastRuns.set(run.target, run);
    }
    this.#see('log');
  }

  #onTemporary(path: string): void {
    const ours = statSync(path, { throwIfNoEntry: false })?.ino;
    if (ours === undefined) return;
    this.#see('temporary');
    this.#busy('before-rename', () => (statSync(path, { throwIfNoEntry: false })?.mode ?? 0) % 0o1000 !== 0o600);
    this.#busy('renamed', () => statSync(path, { throwIfNoEntry: false })?.ino !== ours);
  }

  /** Waits for something of the next microseconds, where somebody wants to know. */
  #busy(occasion: Occasion, holds: () => boolean): void {
    if (!this.#awaited.some(({ moment }) => moment.on === occasion)) return;
    for (const until = performance.now() + BUSY_MS; !holds();) if (performance.now() > until) return;
    this.#see(occasion);
  }

  #see(occasion: Occasion): void {
    this.#lastSeen = performance.now();
    for (const awaited of [...this.#awaited]) {
      if (awaited.moment.on !== occasion || ++awaited.seen !== awaited.moment.n) continue;
      this.#awaited = this.#awaited.filter((each) => each !== awaited);
      later(awaited.moment.us, awaited.act);
    }
  }

  #childrenNow(): string[] {
    try {
      return readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8')
        .split(' ')
        .filter((pid) => pid !== '');
    } catch {
      return [];
    }
  }

  #lookForChildren(): void {
    const look = (): void => {
      if (this.#ended || !this.#awaited.some(({ moment }) => moment.on === 'child')) return;
      const now = this.#childrenNow();
      const isNew = now.some((pid) => !this.#children.has(pid));
      this.#children = new Set(now);
      if (isNew) this.#see('child');
      setTimeout(look, 1);
    };
    look();
  }
}

/** A short while is waited for busily: a timer would come a millisecond too late. */
function later(us: number, act: () => void): void {
  if (us >= 5_000) {
    setTimeout(act, us / 1000);
    return;
  }
  for (const until = performance.now() + us / 1000; performance.now() < until;);
  act();
}
