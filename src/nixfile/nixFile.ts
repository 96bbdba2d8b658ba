import { lineStarts } from './lineColumn.ts';
import { parseLoosely, parseNix, type Unreadable } from './parse.ts';
import type { SyntaxTree } from './syntaxTree.ts';
import type { Range } from './tree.ts';

/** Replaces `[from, to)` by `insert`. */
export type Splice = Range & { insert: string };

export type NixFileReading = { kind: 'file'; file: NixFile } | Unreadable;

/** A text before and after an edit, and that of the managed patch. */
const MOST_KEPT = 3;
/** The tree of a text takes some twenty times its memory. */
const LARGEST_KEPT = 1 << 20;

/**
 * A Nix file: its text and the tree of the text, parsed once. It never changes: to edit it, collect splices; `edited` applies
 * all of them and parses the result. All offsets are UTF-16.
 */
export class NixFile {
  readonly text: string;
  readonly tree: SyntaxTree;
  #lineStarts: number[] | undefined;

  private constructor(text: string, tree: SyntaxTree) {
    this.text = text;
    this.tree = tree;
  }

  /** What was parsed last, newest first: a run reads the same text several times on its way to a write. */
  static readonly #recent: NixFile[] = [];

  /** The file, or the place at which it is no longer Nix or reaches a limit. */
  static parse(text: string): NixFileReading {
    const known = NixFile.#recent.find((file) => file.text === text);
    if (known !== undefined) return { kind: 'file', file: known };
    const parsed = parseNix(text);
    if (parsed.kind !== 'parsed') return parsed;
    const file = new NixFile(text, parsed.tree);
    if (text.length <= LARGEST_KEPT) {
      NixFile.#recent.unshift(file);
      NixFile.#recent.length = Math.min(NixFile.#recent.length, MOST_KEPT);
    }
    return { kind: 'file', file };
  }

  /** The file in spite of its errors, for readers that look for one known thing. */
  static parseLoosely(text: string): NixFile {
    return new NixFile(text, parseLoosely(text));
  }

  /** The file that these splices make, given in any order. Where two overlap the earlier one wins the common part. */
  edited(splices: readonly Splice[]): NixFileReading {
    const parts: string[] = [];
    let at = 0;
    for (const { from, to, insert } of [...splices].sort((a, b) => a.from - b.from || a.to - b.to)) {
      parts.push(this.text.slice(at, Math.max(at, from)), insert);
      at = Math.max(at, to);
    }
    return NixFile.parse(parts.join('') + this.text.slice(at));
  }

  /** The text of a node. */
  textOf({ from, to }: Range): string {
    return this.text.slice(from, to);
  }

  /** Line and column of an offset, in the fields of a Problem. */
  placeOf(offset: number): { line: number; column: number } {
    this.#lineStarts ??= lineStarts(this.text);
    const line = firstIndex(this.#lineStarts, (start) => start > offset);
    return { line, column: offset - (this.#lineStarts[line - 1] ?? 0) + 1 };
  }

  /** The offset at which the line of `offset` starts. */
  lineStart(offset: number): number {
    let at = offset;
    while (at > 0 && this.text[at - 1] !== '\n' && this.text[at - 1] !== '\r') at -= 1;
    return at;
  }

  /** The offset after the line ending of the line of `offset`. */
  lineEnd(offset: number): number {
    let at = offset;
    while (at < this.text.length && this.text[at] !== '\n' && this.text[at] !== '\r') at += 1;
    if (this.text[at] === '\r' && this.text[at + 1] === '\n') return at + 2;
    return Math.min(at + 1, this.text.length);
  }

  /** The line ending in use around `offset`: that of its own line, else the file's first, else LF. */
  lineEnding(offset: number): string {
    const own = /\r\n|\n/.exec(this.text.slice(offset));
    return own?.[0] ?? /\r\n|\n/.exec(this.text)?.[0] ?? '\n';
  }

  /** The blanks at the start of the line of `offset`. */
  indentation(offset: number): string {
    return /^\ufeff?([ \t]*)/.exec(this.text.slice(this.lineStart(offset), offset))?.[1] ?? '';
  }

  /** The offset before the blanks that precede `offset` on its line. */
  beforeBlanks(offset: number): number {
    let at = offset;
    while (this.text[at - 1] === ' ' || this.text[at - 1] === '\t') at -= 1;
    return at;
  }

  /** The offset after the blanks that follow `offset` on its line. */
  afterBlanks(offset: number): number {
    let at = offset;
    while (this.text[at] === ' ' || this.text[at] === '\t') at += 1;
    return at;
  }

  /** Whether only blanks precede `offset` on its line. */
  startsLine(offset: number): boolean {
    let at = this.beforeBlanks(offset);
    if (this.text[at - 1] === '\ufeff') at -= 1;
    return at === 0 || this.text[at - 1] === '\n' || this.text[at - 1] === '\r';
  }

  /** Whether only blanks follow `offset` on its line. */
  endsLine(offset: number): boolean {
    const at = this.afterBlanks(offset);
    return at === this.text.length || this.text[at] === '\n' || this.text[at] === '\r';
  }
}

/** One step of indentation more, in the style of `base`. */
export function deeper(base: string): string {
  return base + (base.includes('\t') ? '\t' : '  ');
}

/** The first index whose item fits, where all after it fit too; the length if none does. */
function firstIndex<T>(items: readonly T[], fits: (item: T) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(items[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}
