import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileLine, Tree, TreeSource } from '../ast.ts';
import { KconfigError, Report } from '../diagnostics.ts';
import { grammarOf, type Grammar } from '../grammar.ts';
import { Macros, type MacroCall } from '../macros.ts';
import { eachOperand } from '../operands.ts';
import { readTree } from '../readTree.ts';
import { filesBelow, type Files } from '../treeFiles.ts';
import { ProbeCache, type ProbeAnswers } from './probeCache.ts';
import { limited, type Runner, type ShellAnswer } from './shell.ts';
import { standingShells } from './standingShells.ts';

export type LoadOptions = {
  /** Runs a command; by default a shell in an empty directory, which is what conf has in a fresh build directory. */
  run?: Runner;
  /** Called before the first command runs. */
  onCommand?: () => void;
  /** Where answers are looked up and kept. */
  cache?: ProbeCache;
  /** How many commands run at the same time; by default one for each processor. */
  jobs?: number;
};

/** Placeholders for missing answers: a number between two characters of Unicode's private use area, which no Kconfig file contains. */
const OPEN = '\uE000';
const CLOSE = '\uE001';
const PLACEHOLDERS = /\uE000(\d+)\uE001/g;

/**
 * Reads a tree and runs its probes in parallel. A missing answer leaves a placeholder; commands that contain none are started. When answers arrive, only
 * the macros are expanded again, until no answer is missing. Where placeholders ended up as operands alone, the answers take their places; else the tree
 * is read again. So the result is the same as if the commands had run one after the other.
 * @throws KconfigError as readTree does, and whatever `run` rejects with.
 */
export async function loadTree(source: TreeSource, options: LoadOptions = {}): Promise<Tree> {
  const answers = (options.cache ?? new ProbeCache()).under(source.root, source.environment);
  const { run, jobs = availableParallelism(), onCommand = () => undefined } = options;
  if (run !== undefined) return new Loader(source, answers, limited(run, jobs), onCommand).load();
  const directory = mkdtempSync(join(tmpdir(), 'kconfig-'));
  const shells = standingShells({ directory, environment: source.environment }, jobs);
  try {
    return await new Loader(source, answers, shells.run, onCommand).load();
  } finally {
    shells.end();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What was missing in one reading of the tree. */
type Reading = {
  /** How many answers were missing. */
  missing: number;
  /** The missing answers that occur in a command or in the name of a file. */
  awaited: Set<number>;
  /** What the answered commands printed to standard error. */
  errors: string[];
};

class Loader {
  readonly #files: Files;
  readonly #answers = new Map<string, ShellAnswer>();
  /** The number of each command, which its placeholder contains; a command can contain placeholders itself. */
  readonly #numbers = new Map<string, number>();
  #started = false;
  /** The commands that are waiting or running. */
  readonly #pending = new Map<number, Promise<void>>();
  #reading: Reading = { missing: 0, awaited: new Set(), errors: [] };
  /** The macro calls of the last reading, and how many of them precede a file whose name was not known. */
  readonly #calls: MacroCall[] = [];
  #certainCalls = Infinity;

  constructor(
    private readonly source: TreeSource,
    private readonly kept: ProbeAnswers,
    private readonly run: Runner,
    private readonly onCommand: () => void,
  ) {
    this.#files = this.#remembered(filesBelow(source));
  }

  async load(): Promise<Tree> {
    const grammar = grammarOf(this.source.root);
    try {
      for (;;) {
        this.#calls.length = 0;
        this.#certainCalls = Infinity;
        this.#begin();
        const tree = this.#read(grammar);
        const complete = this.#reading.missing === 0;
        let calls: readonly MacroCall[] | null = null;
        while (this.#reading.missing > 0) {
          await this.#moreAnswers();
          this.#begin();
          calls = this.#expandAgain();
        }
        if (tree === null || !(complete || (calls !== null && this.#fillIn(tree, calls)))) continue;
        for (const text of this.#reading.errors) tree.diagnostics.push({ level: 'info', at: null, text });
        return tree;
      }
    } finally {
      await Promise.allSettled(this.#pending.values());
    }
  }

  #begin(): void {
    this.#reading = { missing: 0, awaited: new Set(), errors: [] };
  }

  /** Waits for the answers that other commands need, or for any if none do. */
  async #moreAnswers(): Promise<void> {
    const first = [...this.#reading.awaited]
      .map((number) => this.#pending.get(number))
      .filter((promise) => promise !== undefined);
    await Promise.all(first.length > 0 ? first : this.#pending.values());
  }

  /**
   * Expands the macros of the last reading with the answers that have arrived. Errors do not count before the tree is read.
   * @returns the calls as they are now, or null if they are not all, or told something.
   */
  #expandAgain(): readonly MacroCall[] | null {
    let at: FileLine = { file: '', line: 0 };
    const probe = (command: string): string => this.#probe(command);
    const report = new Report();
    const calls: MacroCall[] = [];
    const macros = new Macros({ ...this.source, probe, report, place: () => at, calls });
    try {
      for (const call of this.#calls.slice(0, this.#certainCalls)) {
        ({ at } = call);
        if (call.kind !== 'define') macros[call.kind](call.text, 0);
        else if (call.name.includes(OPEN)) return null;
        else macros.define(call.name, call.value, call.flavour);
      }
    } catch (error) {
      if (!(error instanceof KconfigError)) throw error;
      return null;
    }
    return calls.length === this.#calls.length && report.diagnostics.length === 0 ? calls : null;
  }

  /**
   * Puts the answers in the places of their placeholders in the tree, which `calls` show as they are with all answers.
   * @returns false if the answers could also change how the tree is read. Then not all of it is filled in.
   */
  #fillIn(tree: Tree, calls: readonly MacroCall[]): boolean {
    const placeholdersIn = (text: string): number => text.split(OPEN).length - 1;
    let left = 0;
    for (const [index, call] of this.#calls.entries()) {
      const now = calls[index];
      if (call.kind === 'define' || now === undefined || now.kind === 'define') continue;
      // A word without characters would be none.
      if (this.#answered(call.expanded) !== now.expanded || (call.kind === 'word' && now.expanded === '')) return false;
      left += placeholdersIn(call.expanded);
    }
    eachOperand(tree.statements, (operand) => {
      if (!operand.name.includes(OPEN)) return;
      left -= placeholdersIn(operand.name);
      operand.name = this.#answered(operand.name);
    });
    return left === 0;
  }

  /** A text with the answers in place of the placeholders, as far as there are any. */
  #answered(text: string): string {
    if (!text.includes(OPEN)) return text;
    const commands = [...this.#numbers.keys()];
    return text.replace(PLACEHOLDERS, (placeholder, number: string) => {
      const command = this.#answered(commands[Number(number)] ?? '');
      return this.#answers.get(command)?.output ?? placeholder;
    });
  }

  /** Null for an error while answers are missing: then it is not final. */
  #read(grammar: Grammar): Tree | null {
    try {
      return readTree(this.source, (command) => this.#probe(command), this.#files, grammar, this.#calls);
    } catch (error) {
      if (!(error instanceof KconfigError) || this.#reading.missing === 0) throw error;
      return null;
    }
  }

  #probe(command: string): string {
    const answer = this.#answers.get(command) ?? this.kept.get(command);
    if (answer !== undefined) {
      this.#answers.set(command, answer);
      if (answer.errors !== '') this.#reading.errors.push(answer.errors.trimEnd());
      return answer.output;
    }
    this.#reading.missing++;
    const awaits = this.#awaits(command);
    const known = this.#numbers.get(command);
    const number = known ?? this.#numbers.size;
    this.#numbers.set(command, number);
    if (known === undefined && !awaits) this.#start(command, number);
    return `${OPEN}${number}${CLOSE}`;
  }

  /** Whether a text contains placeholders. They are noted as awaited. */
  #awaits(text: string): boolean {
    if (!text.includes(OPEN)) return false;
    for (const [, number] of text.matchAll(PLACEHOLDERS)) this.#reading.awaited.add(Number(number));
    return true;
  }

  #start(command: string, number: number): void {
    if (!this.#started) this.onCommand();
    this.#started = true;
    const answered = this.run(command).then((answer) => {
      this.#answers.set(command, answer);
      this.kept.set(command, answer);
      this.#pending.delete(number);
    });
    // Whoever awaits it gets the error. Until then it must not be an unhandled rejection.
    answered.catch(() => undefined);
    this.#pending.set(number, answered);
  }

  /** Reads each file from disk once. While its name contains a placeholder, a file counts as empty. */
  #remembered(files: Files): Files {
    const texts = new Map<string, string | null>();
    return {
      ...files,
      read: (name) => {
        if (this.#awaits(name)) {
          this.#certainCalls = Math.min(this.#certainCalls, this.#calls.length);
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
