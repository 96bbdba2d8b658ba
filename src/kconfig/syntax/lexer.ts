import type { FileLine } from './ast.ts';
import { BACKSLASH, DOLLAR, DOUBLE_QUOTE, HASH, NEWLINE, SINGLE_QUOTE, SPACE, TAB } from './charCodes.ts';
import { isBlank, isWordCode } from './charCodes.ts';
import type { Report } from './diagnostics.ts';
import { FileStack } from './fileStack.ts';
import type { Grammar } from './grammar.ts';
import { readHelp } from './helpText.ts';
import type { Macros } from './macros.ts';
import { KEYWORDS, OPERATORS, Token } from './tokenTypes.ts';
import type { FileReader } from './treeFiles.ts';

/** The lexer's start conditions. None is needed for quoted strings, which are read as a whole. */
type Mode = 'plain' | 'assigned value' | 'help';

/**
 * Turns the text of a tree into tokens, including the files that it sources (`lexer.l`). It makes one token at a time, on demand: what a word
 * means can depend on a macro defined one line before, and how a line is read on how the parser took the one before.
 */
export class Lexer {
  /** The line of the first token of the current statement (`cur_lineno`). */
  statementLine = 0;
  /** The text of the last WORD, QUOTED, HELP_TEXT or ASSIGN_VALUE. */
  value = '';
  readonly files: FileStack;
  readonly #macros: Macros;
  readonly #report: Report;
  readonly #grammar: Grammar;
  #statementFile = '<none>';
  #mode: Mode = 'plain';
  #previous: Token = Token.EOL;
  #beforePrevious: Token = Token.EOL;

  constructor(read: FileReader, macros: Macros, report: Report, grammar: Grammar) {
    this.files = new FileStack(read, report, grammar);
    this.#macros = macros;
    this.#report = report;
    this.#grammar = grammar;
  }

  /** The file being read (`cur_filename`). */
  get file(): string {
    return this.files.current.name;
  }

  /** Where the lexer is (`cur_filename`, `yylineno`). */
  get place(): FileLine {
    return { file: this.file, line: this.files.current.line };
  }

  /** Where kconfig says that the current statement is. */
  get statementPlace(): FileLine {
    const file = this.#grammar.oldPlaces ? this.#statementFile : this.file;
    return { file, line: this.statementLine };
  }

  /** Continues with the files that a `source` names, then with this one. */
  include(names: readonly string[]): void {
    this.files.include(names, this.statementLine, this.statementPlace);
  }

  /** What follows is a help text (`zconf_starthelp`). */
  startHelp(): void {
    this.#mode = 'help';
  }

  /** The next token. After the last one it is always END. */
  next(): Token {
    let token = this.#scan();
    if (this.#previous === Token.EOL || this.#previous === Token.HELP_TEXT) {
      while (token === Token.EOL) token = this.#scan();
      this.statementLine = this.files.current.line;
      this.#statementFile = this.file;
    }
    const assigns = token === Token.EQUAL || token === Token.COLON_EQUAL || token === Token.PLUS_EQUAL;
    if (assigns && this.#previous === Token.WORD && this.#beforePrevious === Token.EOL) this.#mode = 'assigned value';
    this.#beforePrevious = this.#previous;
    this.#previous = token;
    return token;
  }

  /** At the end of a file: continues in the one that sourced it. The end of the first one is END (`<<EOF>>`). */
  #endOfFile(): Token {
    this.#mode = 'plain';
    const complete = this.#previous === Token.EOL || this.#previous === Token.HELP_TEXT || this.#previous === Token.END;
    if (!complete) this.#report.warn(this.place, 'warning: no new line at end of file');
    if (this.files.leave()) return Token.EOL;
    if (this.#grammar.oldPlaces) this.files.current.name = '<none>';
    return complete || !this.#grammar.openEnd ? Token.END : Token.EOL;
  }

  #scan(): Token {
    if (this.#mode === 'assigned value') return this.#assignedValue();
    if (this.#mode === 'help') return this.#help();
    const file = this.files.current;
    const { text } = file;
    for (;;) {
      const start = file.position;
      if (start >= text.length) return this.#endOfFile();
      const code = text.charCodeAt(start);
      if (isWordCode(code) || code === DOLLAR) {
        const token = this.#word(start);
        if (token !== null) return token;
        continue;
      }
      file.position++;
      switch (code) {
        case SPACE:
        case TAB:
          continue;
        case NEWLINE:
          file.line++;
          return Token.EOL;
        case HASH:
          file.position = this.#endOfLine(start);
          continue;
        case DOUBLE_QUOTE:
        case SINGLE_QUOTE:
          return this.#quoted(code);
      }
      if (code === BACKSLASH && text.charCodeAt(file.position) === NEWLINE) {
        file.position++;
        file.line++;
        continue;
      }
      const token = this.#operator(start);
      if (token !== undefined) return token;
      this.#ignored(text.codePointAt(start) as number);
    }
  }

  /** A word at `start`; null if it is a reference that expands to nothing, which leaves no token. */
  #word(start: number): Token | null {
    const file = this.files.current;
    const { text } = file;
    let end = start;
    let code = text.charCodeAt(end);
    while (isWordCode(code)) code = text.charCodeAt(++end);
    if (code !== DOLLAR) {
      file.position = end;
      this.value = text.slice(start, end);
      return KEYWORDS.get(this.value) ?? (this.#grammar.reserved.has(this.value) ? Token.RESERVED : Token.WORD);
    }
    this.value = this.#macros.word(text.slice(start, this.#endOfLine(start)));
    file.position = start + this.#macros.end;
    return this.value === '' ? null : Token.WORD;
  }

  #quoted(quote: number): Token {
    const file = this.files.current;
    const { text } = file;
    let value = '';
    let from = file.position;
    let position = from;
    for (; ; position++) {
      const code = text.charCodeAt(position);
      if (code === quote || position >= text.length) break;
      if (code === NEWLINE) {
        this.#report.warn(this.statementPlace, 'warning: multi-line strings not supported');
        break;
      }
      if (code === BACKSLASH) {
        // The next character is taken as it is. At the end of a line the backslash is dropped.
        value += text.slice(from, position);
        from = position + 1;
        if (from < text.length && text.charCodeAt(from) !== NEWLINE) position++;
      } else if (code === DOLLAR) {
        value += text.slice(from, position);
        const line = text.slice(position + 1, this.#endOfLine(position));
        value += this.#macros.reference(line, 0);
        from = position + 1 + this.#macros.end;
        position = from - 1;
      }
    }
    this.value = value + text.slice(from, position);
    file.position = text.charCodeAt(position) === quote ? position + 1 : position;
    return Token.QUOTED;
  }

  #operator(start: number): Token | undefined {
    const file = this.files.current;
    const token = OPERATORS.get(file.text.slice(start, start + 2));
    if (token === undefined) return OPERATORS.get(file.text.charAt(start));
    file.position = start + 2;
    return token;
  }

  #assignedValue(): Token {
    const file = this.files.current;
    const { text } = file;
    while (isBlank(text.charCodeAt(file.position))) file.position++;
    if (file.position >= text.length) return this.#endOfFile();
    if (text.charCodeAt(file.position) === NEWLINE) {
      file.position++;
      file.line++;
      this.#mode = 'plain';
      return Token.EOL;
    }
    const end = this.#endOfLine(file.position);
    this.value = text.slice(file.position, end);
    file.position = end;
    return Token.ASSIGN_VALUE;
  }

  #help(): Token {
    const file = this.files.current;
    const { text, end, lines } = readHelp(file.text, file.position);
    this.value = text;
    file.position = end;
    file.line += lines;
    this.#mode = 'plain';
    return Token.HELP_TEXT;
  }

  /** kconfig reads bytes, and warns about each byte of a character. */
  #ignored(character: number): void {
    if (character > 0xffff) this.files.current.position++;
    const shown = character < 0x80 ? String.fromCharCode(character) : '\uFFFD';
    const bytes = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (let byte = 0; byte < bytes; byte++)
      this.#report.warn(this.place, `warning: ignoring unsupported character '${shown}'`);
  }

  #endOfLine(from: number): number {
    const { text } = this.files.current;
    const end = text.indexOf('\n', from);
    return end < 0 ? text.length : end;
  }
}
