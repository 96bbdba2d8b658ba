import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Location, Source, Tree } from './ast.ts';
import { KconfigError, Report } from './errors.ts';
import { grammarOf, type Grammar } from './grammar.ts';
import { Macros, type Asked } from './macros.ts';
import { ProbeCache, type ProbeAnswers } from './probeCache.ts';
import { filesBelow, readTree, type Files } from './read.ts';
import { shellRunner, type Answer, type Runner } from './shell.ts';

export type LoadOptions = {
  /** Runs a command; a shell in an empty directory, as conf has in a fresh build directory, if not given. */
  run?: Runner;
  /** Answers from before, and where new ones are put. */
  cache?: ProbeCache;
  /** How many commands run at the same time; as many as there are processors if not given. */
  jobs?: number;
};

/** Begins and ends what stands for an answer that is not there yet; no Kconfig file has these characters (private use). */
const OPEN = '\uE000';
const CLOSE = '\uE001';
const PLACEHOLDERS = /\uE000(\d+)\uE001/g;

/**
 * Reads a tree and runs its probes, several at a time. An answer that is not there yet leaves a placeholder, and what is reached without one is run meanwhile.
 * As answers come, the macros alone are expanded again, and when none is missing the tree is read again: the last reading uses answers only, so that its
 * result is that of one command after the other.
 * @throws KconfigError as readTree; whatever `run` rejects with.
 */
export async function loadTree(source: Source, options: LoadOptions = {}): Promise<Tree> {
  const answers = (options.cache ?? new ProbeCache()).under(source.root, source.environment);
  if (options.run !== undefined) return new Loader(source, answers, options.run, options.jobs).load();
  const directory = mkdtempSync(join(tmpdir(), 'kconfig-'));
  try {
    return await new Loader(
      source,
      answers,
      shellRunner({ directory, environment: source.environment }),
      options.jobs,
    ).load();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What one reading of the tree came across. */
type Reading = {
  /** How often an answer was not there. */
  missing: number;
  /** The numbers of the answers without which a command could not be run, or a file not be found. */
  awaited: Set<number>;
  /** What the answered commands had printed to standard error. */
  errors: string[];
};

class Loader {
  readonly #source: Source;
  readonly #kept: ProbeAnswers;
  readonly #queue: Queue;
  readonly #files: Files;
  readonly #answers = new Map<string, Answer>();
  /** The number of each command that was begun, which its placeholder has. */
  readonly #numbers = new Map<string, number>();
  /** Those that are waiting or under way. */
  readonly #pending = new Map<number, Promise<void>>();
  #reading: Reading = { missing: 0, awaited: new Set(), errors: [] };
  /** What the macros were asked in the last reading of the tree, and how much of it stands before a file whose name was not known. */
  readonly #asked: Asked[] = [];
  #certain = Infinity;

  constructor(source: Source, kept: ProbeAnswers, run: Runner, jobs = availableParallelism()) {
    this.#source = source;
    this.#kept = kept;
    this.#queue = new Queue(run, jobs);
    this.#files = this.#remembered(filesBelow(source));
  }

  async load(): Promise<Tree> {
    const grammar = grammarOf(this.#source.root);
    try {
      for (;;) {
        this.#asked.length = 0;
        this.#certain = Infinity;
        const reading = this.#begin();
        const tree = this.#read(grammar);
        if (tree !== null) {
          for (const text of reading.errors) tree.diagnostics.push({ level: 'info', at: null, text });
          return tree;
        }
        while (this.#reading.missing > 0) {
          await this.#moreAnswers();
          this.#begin();
          this.#expandAgain();
        }
      }
    } finally {
      await Promise.allSettled(this.#pending.values());
    }
  }

  #begin(): Reading {
    this.#reading = { missing: 0, awaited: new Set(), errors: [] };
    return this.#reading;
  }

  /** Until more commands can be reached; the others go on meanwhile. */
  async #moreAnswers(): Promise<void> {
    const first = [...this.#reading.awaited]
      .map((number) => this.#pending.get(number))
      .filter((promise) => promise !== undefined);
    await Promise.all(first.length > 0 ? first : this.#pending.values());
  }

  /** What the macros of a reading come to with the answers that are there now. An error counts when the tree is read. */
  #expandAgain(): void {
    let at: Location = { file: '', line: 0 };
    const macros = new Macros(
      this.#source.environment,
      (command) => this.#probe(command),
      new Report(),
      () => at,
    );
    try {
      for (const each of this.#asked.slice(0, this.#certain)) {
        ({ at } = each);
        if (each.kind !== 'define') macros[each.kind](each.text, 0);
        else if (each.name.includes(OPEN)) return;
        else macros.define(each.name, each.value, each.flavour);
      }
    } catch (error) {
      if (!(error instanceof KconfigError)) throw error;
    }
  }

  /** The tree, or null when answers were missing: then neither what was read nor an error in it counts. */
  #read(grammar: Grammar): Tree | null {
    try {
      const tree = readTree(this.#source, (command) => this.#probe(command), this.#files, grammar, this.#asked);
      return this.#reading.missing === 0 ? tree : null;
    } catch (error) {
      if (!(error instanceof KconfigError) || this.#reading.missing === 0) throw error;
      return null;
    }
  }

  #probe(command: string): string {
    const answer = this.#answers.get(command) ?? this.#kept.get(command);
    if (answer !== undefined) {
      this.#answers.set(command, answer);
      if (answer.errors !== '') this.#reading.errors.push(answer.errors.trimEnd());
      return answer.output;
    }
    this.#reading.missing++;
    const number = this.#await(command) ? 0 : (this.#numbers.get(command) ?? this.#start(command));
    return `${OPEN}${number}${CLOSE}`;
  }

  /** Notes the placeholders in a text; whether there were any. */
  #await(text: string): boolean {
    if (!text.includes(OPEN)) return false;
    for (const [, number] of text.matchAll(PLACEHOLDERS)) this.#reading.awaited.add(Number(number));
    return true;
  }

  #start(command: string): number {
    const number = this.#numbers.size + 1;
    const answered = this.#queue.add(command).then((answer) => {
      this.#answers.set(command, answer);
      this.#kept.set(command, answer);
      this.#pending.delete(number);
    });
    // Told by whoever awaits it; not as unhandled before that.
    answered.catch(() => undefined);
    this.#numbers.set(command, number);
    this.#pending.set(number, answered);
    return number;
  }

  /** Each file is read from disk once. One whose name is not known yet is empty until it is. */
  #remembered(files: Files): Files {
    const texts = new Map<string, string | null>();
    return {
      ...files,
      read: (name) => {
        if (this.#await(name)) {
          this.#certain = Math.min(this.#certain, this.#asked.length);
          return '';
        }
        const known = texts.get(name);
        if (known !== undefined) return known;
        const text = files.read(name);
        texts.set(name, text);
        return text;
      },
    };
  }
}

/** Runs commands in the order they came, some at a time. */
class Queue {
  readonly #run: Runner;
  readonly #jobs: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(run: Runner, jobs: number) {
    this.#run = run;
    this.#jobs = Math.max(1, jobs);
  }

  async add(command: string): Promise<Answer> {
    if (this.#running >= this.#jobs) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      return await this.#run(command);
    } finally {
      // Whoever waits next takes this one's place.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
