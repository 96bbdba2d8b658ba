import type { Location } from './ast.ts';
import type { Report } from './errors.ts';
import type { Grammar } from './grammar.ts';
import { readHelp } from './helpText.ts';
import { isWordCode, type Macros } from './macros.ts';
import { KEYWORDS, Token } from './tokens.ts';

/** Gives the text of a Kconfig file by the name that a `source` gave it, or null when there is none. */
export type FileReader = (name: string) => string | null;

type Buffer = {
  file: string;
  text: string;
  position: number;
  line: number;
  /** The line of the `source` that led away from this file. */
  sourceLine: number;
  /** What the same `source` still includes, when it named several by a pattern. */
  siblings: readonly string[];
};

/** The lexer's start conditions; a quoted string is read in one go. */
type Mode = 'plain' | 'assigned value' | 'help';

/**
 * From the text of a tree to tokens, files that are sourced included (`lexer.l`). What a word means can depend on a macro defined one line before, and
 * how a line is read on what the parser made of the last: so tokens are made one at a time, when the parser asks.
 */
export class Lexer {
  /** Every file opened, in order, once each. */
  readonly files = new Set<string>();
  /** The file being read (`cur_filename`). */
  file = '';
  /** The line being read (`yylineno`). */
  line = 1;
  /** The line of the first token of the present statement (`cur_lineno`). */
  statementLine = 0;
  #statementFile = '<none>';
  /** Where each sourced file was first named. */
  readonly #included = new Map<string, Location>();
  /** The text of the last WORD, QUOTED, HELP_TEXT or ASSIGN_VALUE. */
  value = '';

  readonly #read: FileReader;
  readonly #macros: Macros;
  readonly #report: Report;
  readonly #grammar: Grammar;
  readonly #parents: Buffer[] = [];
  #siblings: readonly string[] = [];
  #text = '';
  #position = 0;
  #mode: Mode = 'plain';
  #previous: Token = Token.EOL;
  #beforePrevious: Token = Token.EOL;

  constructor(read: FileReader, macros: Macros, report: Report, grammar: Grammar) {
    this.#read = read;
    this.#macros = macros;
    this.#report = report;
    this.#grammar = grammar;
  }

  /** Begins with the tree's first file (`zconf_initscan`). */
  open(file: string): void {
    const text = this.#read(file);
    if (text === null) this.#report.fatal(null, `can't find file ${file}`, { file, line: 0 });
    this.#enter(file, text);
  }

  /** Goes on with the files that a `source` names, one after the other, then here again (`zconf_nextfile`). */
  include(names: readonly string[]): void {
    const [name = '', ...siblings] = names;
    this.#parents.push({
      file: this.file,
      text: this.#text,
      position: this.#position,
      line: this.line,
      sourceLine: this.statementLine,
      siblings: this.#siblings,
    });
    this.#siblings = siblings;
    this.#enterSourced(name, this.statementPlace);
  }

  /** What follows is a help text (`zconf_starthelp`). */
  startHelp(): void {
    this.#mode = 'help';
  }

  /** The next token; `END` for ever after the last. */
  next(): Token {
    let token = this.#scan();
    if (this.#previous === Token.EOL || this.#previous === Token.HELP_TEXT) {
      while (token === Token.EOL) token = this.#scan();
      this.statementLine = this.line;
      this.#statementFile = this.file;
    }
    const assigns = token === Token.EQUAL || token === Token.COLON_EQUAL || token === Token.PLUS_EQUAL;
    if (assigns && this.#previous === Token.WORD && this.#beforePrevious === Token.EOL) this.#mode = 'assigned value';
    this.#beforePrevious = this.#previous;
    this.#previous = token;
    return token;
  }

  /** Where kconfig says that the present statement is. */
  get statementPlace(): Location {
    return { file: this.#grammar.oldPlaces ? this.#statementFile : this.file, line: this.statementLine };
  }

  #enterSourced(name: string, at: Location): void {
    const text = this.#read(name);
    if (text === null) this.#report.fatal(at, ` can't open file "${name}"`);
    if (this.#parents.some((parent) => parent.file === name)) {
      const from = this.#grammar.oldPlaces ? this.#parents.findLastIndex((parent) => parent.file === name) : 0;
      const path = this.#parents
        .slice(from)
        .map((parent) => `  included from: ${parent.file}:${parent.sourceLine}`)
        .reverse();
      this.#report.fatal(
        null,
        ['Recursive inclusion detected.', 'Inclusion path:', `  current file : ${name}`, ...path].join('\n'),
        at,
      );
    }
    const first = this.#included.get(name);
    if (first === undefined) this.#included.set(name, at);
    else if (this.#grammar.singleInclusion) {
      this.#report.fatal(
        at,
        ` error: repeated inclusion of ${name}\n${first.file}:${first.line}: note: location of first inclusion of ${name}`,
      );
    }
    this.#enter(name, text);
  }

  #enter(file: string, text: string): void {
    this.files.add(file);
    this.file = file;
    this.#text = text;
    this.#position = 0;
    this.line = 1;
  }

  /** At the end of a file: goes on in the one that sourced it. The end of the first is END (`<<EOF>>`). */
  #endOfFile(): Token {
    this.#mode = 'plain';
    const complete = this.#previous === Token.EOL || this.#previous === Token.HELP_TEXT || this.#previous === Token.END;
    if (!complete) this.#report.warn(this.#at(), 'warning: no new line at end of file');
    const parent = this.#parents.at(-1);
    if (parent === undefined) {
      if (this.#grammar.oldPlaces) this.file = '<none>';
      return complete || !this.#grammar.openEnd ? Token.END : Token.EOL;
    }
    const [next, ...siblings] = this.#siblings;
    if (next !== undefined) {
      this.#siblings = siblings;
      this.#enterSourced(next, { file: parent.file, line: parent.sourceLine });
      return Token.EOL;
    }
    this.#parents.pop();
    ({ file: this.file, line: this.line } = parent);
    this.#text = parent.text;
    this.#position = parent.position;
    this.#siblings = parent.siblings;
    return Token.EOL;
  }

  #scan(): Token {
    if (this.#mode === 'assigned value') return this.#assignedValue();
    if (this.#mode === 'help') return this.#help();
    const text = this.#text;
    for (;;) {
      const start = this.#position;
      if (start >= text.length) return this.#endOfFile();
      const code = text.charCodeAt(start);
      this.#position = start + 1;
      if (isWordCode(code) || code === 0x24) {
        const token = this.#word(start);
        if (token !== null) return token;
        continue;
      }
      switch (code) {
        case 0x20:
        case 0x09:
          continue;
        case 0x0a:
          this.line++;
          return Token.EOL;
        case 0x23: // #
          this.#position = this.#endOfLine(start);
          continue;
        case 0x5c: // \
          if (text.charCodeAt(start + 1) === 0x0a) {
            this.#position++;
            this.line++;
            continue;
          }
          break;
        case 0x22:
        case 0x27:
          return this.#quoted(code);
        case 0x28:
          return Token.OPEN;
        case 0x29:
          return Token.CLOSE;
        case 0x3d:
          return Token.EQUAL;
        case 0x21:
          return this.#followedBy(0x3d) ? Token.UNEQUAL : Token.NOT;
        case 0x3c:
          return this.#followedBy(0x3d) ? Token.LESS_EQUAL : Token.LESS;
        case 0x3e:
          return this.#followedBy(0x3d) ? Token.GREATER_EQUAL : Token.GREATER;
        case 0x7c:
          if (this.#followedBy(0x7c)) return Token.OR;
          break;
        case 0x26:
          if (this.#followedBy(0x26)) return Token.AND;
          break;
        case 0x3a:
          if (this.#followedBy(0x3d)) return Token.COLON_EQUAL;
          break;
        case 0x2b:
          if (this.#followedBy(0x3d)) return Token.PLUS_EQUAL;
          break;
      }
      this.#ignored(text.codePointAt(start) as number);
    }
  }

  /** A word at `start`; null when it is a reference that expands to nothing, which leaves no token. */
  #word(start: number): Token | null {
    const text = this.#text;
    let end = start;
    let code = text.charCodeAt(end);
    while (isWordCode(code)) code = text.charCodeAt(++end);
    if (code !== 0x24) {
      this.#position = end;
      this.value = text.slice(start, end);
      return KEYWORDS.get(this.value) ?? (this.#grammar.reserved.has(this.value) ? Token.RESERVED : Token.WORD);
    }
    this.value = this.#macros.word(text.slice(start, this.#endOfLine(start)));
    this.#position = start + this.#macros.end;
    return this.value === '' ? null : Token.WORD;
  }

  #quoted(quote: number): Token {
    const text = this.#text;
    let value = '';
    let from = this.#position;
    let position = from;
    for (; ; position++) {
      const code = text.charCodeAt(position);
      if (code === quote || position >= text.length) break;
      if (code === 0x0a) {
        this.#report.warn(this.statementPlace, 'warning: multi-line strings not supported');
        break;
      }
      if (code === 0x5c) {
        // The next character as it is; a backslash at the end of a line is nothing.
        value += text.slice(from, position);
        from = position + 1;
        if (from < text.length && text.charCodeAt(from) !== 0x0a) position++;
      } else if (code === 0x24) {
        value += text.slice(from, position);
        const line = text.slice(position + 1, this.#endOfLine(position));
        value += this.#macros.reference(line, 0);
        from = position + 1 + this.#macros.end;
        position = from - 1;
      }
    }
    this.value = value + text.slice(from, position);
    this.#position = text.charCodeAt(position) === quote ? position + 1 : position;
    return Token.QUOTED;
  }

  #assignedValue(): Token {
    const text = this.#text;
    let start = this.#position;
    while (text.charCodeAt(start) === 0x20 || text.charCodeAt(start) === 0x09) start++;
    this.#position = start;
    if (start >= text.length) return this.#endOfFile();
    if (text.charCodeAt(start) === 0x0a) {
      this.#position++;
      this.line++;
      this.#mode = 'plain';
      return Token.EOL;
    }
    this.#position = this.#endOfLine(start);
    this.value = text.slice(start, this.#position);
    return Token.ASSIGN_VALUE;
  }

  #help(): Token {
    const { text, end, lines } = readHelp(this.#text, this.#position);
    this.value = text;
    this.#position = end;
    this.line += lines;
    this.#mode = 'plain';
    return Token.HELP_TEXT;
  }

  /** kconfig reads bytes: it tells each one of a character of several. */
  #ignored(character: number): void {
    if (character > 0xffff) this.#position++;
    const shown = character < 0x80 ? String.fromCharCode(character) : '\uFFFD';
    const bytes = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (let byte = 0; byte < bytes; byte++)
      this.#report.warn(this.#at(), `warning: ignoring unsupported character '${shown}'`);
  }

  #followedBy(code: number): boolean {
    if (this.#text.charCodeAt(this.#position) !== code) return false;
    this.#position++;
    return true;
  }

  #endOfLine(from: number): number {
    const end = this.#text.indexOf('\n', from);
    return end < 0 ? this.#text.length : end;
  }

  #at(): Location {
    return { file: this.file, line: this.line };
  }
}
