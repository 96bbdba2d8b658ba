import type { FileLine } from './ast.ts';
import type { Report } from './diagnostics.ts';
import type { Grammar } from './grammar.ts';
import { UnreadableFile } from './regularFile.ts';
import type { FileReader } from './treeFiles.ts';

type OpenFile = {
  name: string;
  text: string;
  position: number;
  line: number;
  /** The line of the `source` that led to another file. */
  sourceLine: number;
  /** The files that the same `source` still includes, if it named several by a pattern. */
  siblings: readonly string[];
};

/** The file being read and those that sourced it (`zconf_nextfile` and `zconf_endfile` in lexer.l). */
export class FileStack {
  /** Every file opened, in order, once each. */
  readonly opened = new Set<string>();
  current: OpenFile = { name: '', text: '', position: 0, line: 1, sourceLine: 0, siblings: [] };
  readonly #parents: OpenFile[] = [];
  /** The names of the parents. */
  readonly #open = new Set<string>();
  /** Where each sourced file was first named. */
  readonly #included = new Map<string, FileLine>();

  constructor(
    private readonly read: FileReader,
    private readonly report: Report,
    private readonly grammar: Grammar,
  ) {}

  /** Begins with the tree's first file (`zconf_initscan`). */
  open(name: string): void {
    const text = this.#read(name, (reason) =>
      this.report.fatal(null, `can't find file ${name}${reason}`, { file: name, line: 0 }),
    );
    this.#enter(name, text, []);
  }

  /** Continues with the files that a `source` in `line` names, one after the other, and then with the current one. */
  include(names: readonly string[], line: number, at: FileLine): void {
    const [name = '', ...siblings] = names;
    this.current.sourceLine = line;
    this.#parents.push(this.current);
    this.#open.add(this.current.name);
    this.#source(name, siblings, at);
  }

  /** At the end of a file: continues with the next one of the same `source`, else with the one that sourced it. False if nothing is left. */
  leave(): boolean {
    const parent = this.#parents.at(-1);
    if (parent === undefined) return false;
    const [next, ...siblings] = this.current.siblings;
    if (next !== undefined) this.#source(next, siblings, { file: parent.name, line: parent.sourceLine });
    else {
      this.#parents.pop();
      this.#open.delete(parent.name);
      this.current = parent;
    }
    return true;
  }

  #source(name: string, siblings: readonly string[], at: FileLine): void {
    const text = this.#read(name, (reason) => this.report.fatal(at, ` can't open file "${name}"${reason}`));
    if (this.#open.has(name)) this.#refuseRecursion(name, at);
    const first = this.#included.get(name);
    if (first === undefined) this.#included.set(name, at);
    else if (this.grammar.singleInclusion) {
      this.report.fatal(
        at,
        ` error: repeated inclusion of ${name}\n${first.file}:${first.line}: note: location of first inclusion of ${name}`,
      );
    }
    this.#enter(name, text, siblings);
  }

  /** @param refuse gets the reason, as it ends a message; it is empty for a file that is missing. */
  #read(name: string, refuse: (reason: string) => never): string {
    try {
      return this.read(name) ?? refuse('');
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      return refuse(`: ${error.reason}`);
    }
  }

  #refuseRecursion(name: string, at: FileLine): never {
    const from = this.grammar.oldPlaces ? this.#parents.findLastIndex((parent) => parent.name === name) : 0;
    const path = this.#parents
      .slice(from)
      .map((parent) => `  included from: ${parent.name}:${parent.sourceLine}`)
      .reverse();
    const lines = ['Recursive inclusion detected.', 'Inclusion path:', `  current file : ${name}`, ...path];
    return this.report.fatal(null, lines.join('\n'), at);
  }

  #enter(name: string, text: string, siblings: readonly string[]): void {
    this.opened.add(name);
    this.current = { name, text, position: 0, line: 1, sourceLine: 0, siblings };
  }
}
