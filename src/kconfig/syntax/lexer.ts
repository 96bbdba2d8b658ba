import type { FileLine } from './ast.ts';
import type { Report } from './diagnostics.ts';
import { FileStack } from './fileStack.ts';
import type { Grammar } from './grammar.ts';
import { readHelp } from './helpText.ts';
import type { Macros } from './macros.ts';
import type { FileReader } from './treeFiles.ts';

/** The words that are keywords in every version since 5.10. */
const KEYWORDS = [
  ...(['bool', 'choice', 'comment', 'config', 'def_bool', 'def_tristate', 'default', 'depends', 'endchoice'] as const),
  ...(['endif', 'endmenu', 'help', 'hex', 'if', 'imply', 'int', 'mainmenu', 'menu', 'menuconfig', 'modules'] as const),
  ...(['on', 'prompt', 'range', 'select', 'source', 'string', 'tristate', 'visible'] as const),
];

/** A terminal of kconfig's grammar. RESERVED is a word that is a keyword in this tree's version of kconfig, but a WORD in others. */
export type Token =
  | (typeof KEYWORDS)[number]
  | ('(' | ')' | '=' | '!' | '!=' | '<' | '<=' | '>' | '>=' | '||' | '&&' | ':=' | '+=')
  | ('END' | 'EOL' | 'WORD' | 'QUOTED' | 'HELP_TEXT' | 'ASSIGN_VALUE' | 'RESERVED');

const KEYWORD_TOKENS: ReadonlyMap<string, Token> = new Map(KEYWORDS.map((word) => [word, word]));

const OPERATORS: ReadonlySet<string> = new Set([
  '(',
  ')',
  '=',
  '!',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '||',
  '&&',
  ':=',
  '+=',
]);

/** By character code: those of which words consist. */
const WORD_CODES = Uint8Array.from({ length: 128 }, (_, code) => (/[\w-]/.test(String.fromCharCode(code)) ? 1 : 0));
/** Whether a word goes on there. At the end of the text the code is NaN. */
const isWord = (code: number): boolean => code < 128 && WORD_CODES[code] === 1;
const SPECIAL_IN_STRING = /[\\$\n]/;
/** A piece of a quoted string: text, a quote, the beginning of a reference, or an escaped character. */
const STRING_PIECE = /[^\\$\n"']+|["'$]|\\([^\n]?)|/y;
const ASSIGNED_VALUE = /[ \t]*([^\n]*)/y;

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
  #statementFile = '<none>';
  #mode: Mode = 'plain';
  #previous: Token = 'EOL';
  #beforePrevious: Token = 'EOL';

  constructor(
    read: FileReader,
    private readonly macros: Macros,
    private readonly report: Report,
    private readonly grammar: Grammar,
  ) {
    this.files = new FileStack(read, report, grammar);
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
    return { file: this.grammar.oldPlaces ? this.#statementFile : this.file, line: this.statementLine };
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
    if (this.#previous === 'EOL' || this.#previous === 'HELP_TEXT') {
      while (token === 'EOL') token = this.#scan();
      this.statementLine = this.files.current.line;
      this.#statementFile = this.file;
    }
    const assigns = token === '=' || token === ':=' || token === '+=';
    if (assigns && this.#previous === 'WORD' && this.#beforePrevious === 'EOL') this.#mode = 'assigned value';
    this.#beforePrevious = this.#previous;
    this.#previous = token;
    return token;
  }

  #scan(): Token {
    if (this.#mode === 'assigned value') return this.#assignedValue();
    if (this.#mode === 'help') return this.#help();
    const file = this.files.current;
    const { text } = file;
    for (;;) {
      const start = file.position;
      if (start >= text.length) return this.#endOfFile();
      if (isWord(text.charCodeAt(start)) || text.charAt(start) === '$') {
        const token = this.#word(start);
        if (token !== null) return token;
        continue;
      }
      file.position++;
      switch (text.charAt(start)) {
        case ' ':
        case '\t':
          break;
        case '\n':
          file.line++;
          return 'EOL';
        case '#':
          file.position = this.#endOfLine(start);
          break;
        case '"':
        case "'":
          return this.#quoted(start);
        default: {
          const token = this.#operator(start);
          if (token !== null) return token;
        }
      }
    }
  }

  /** Matches at the current position, and goes on after what was matched. The patterns also match nothing. */
  #take(pattern: RegExp): RegExpExecArray {
    const file = this.files.current;
    pattern.lastIndex = file.position;
    const found = pattern.exec(file.text) as RegExpExecArray;
    file.position = pattern.lastIndex;
    return found;
  }

  /** Null for a word with references that expands to nothing, which leaves no token. */
  #word(start: number): Token | null {
    const file = this.files.current;
    const { text } = file;
    let end = start;
    while (isWord(text.charCodeAt(end))) end++;
    if (text.charAt(end) === '$') {
      this.value = this.macros.word(text.slice(start, this.#endOfLine(start)));
      file.position = start + this.macros.end;
      return this.value === '' ? null : 'WORD';
    }
    const word = text.slice(start, end);
    this.value = word;
    file.position = end;
    return KEYWORD_TOKENS.get(word) ?? (this.grammar.reserved.has(word) ? 'RESERVED' : 'WORD');
  }

  /** Null for an escaped newline, and for a character that begins no token. */
  #operator(start: number): Token | null {
    const file = this.files.current;
    const [two, one] = [file.text.slice(start, start + 2), file.text.charAt(start)];
    const operator = OPERATORS.has(two) ? two : one;
    file.position = start + operator.length;
    if (OPERATORS.has(operator)) return operator as Token;
    if (two === '\\\n') {
      file.position++;
      file.line++;
    } else this.#ignored(start);
    return null;
  }

  /** A backslash takes the next character as it is. At the end of a line it is dropped. */
  #quoted(start: number): Token {
    const file = this.files.current;
    const quote = file.text.charAt(start);
    const end = file.text.indexOf(quote, start + 1);
    this.value = file.text.slice(start + 1, end);
    if (end >= 0 && !SPECIAL_IN_STRING.test(this.value)) {
      file.position = end + 1;
      return 'QUOTED';
    }
    this.value = '';
    for (;;) {
      const [piece, escaped] = this.#take(STRING_PIECE);
      if (piece === quote) break;
      if (piece === '') {
        if (file.position < file.text.length)
          this.report.warn(this.statementPlace, 'warning: multi-line strings not supported');
        break;
      }
      if (piece === '$') {
        this.value += this.macros.reference(file.text.slice(file.position, this.#endOfLine(file.position)), 0);
        file.position += this.macros.end;
      } else this.value += escaped ?? piece;
    }
    return 'QUOTED';
  }

  #assignedValue(): Token {
    const file = this.files.current;
    this.value = this.#take(ASSIGNED_VALUE)[1] ?? '';
    if (this.value !== '') return 'ASSIGN_VALUE';
    if (file.position >= file.text.length) return this.#endOfFile();
    file.position++;
    file.line++;
    this.#mode = 'plain';
    return 'EOL';
  }

  #help(): Token {
    const file = this.files.current;
    const { text, end, lines } = readHelp(file.text, file.position);
    this.value = text;
    file.position = end;
    file.line += lines;
    this.#mode = 'plain';
    return 'HELP_TEXT';
  }

  /** At the end of a file: continues in the one that sourced it. The end of the first one is END (`<<EOF>>`). */
  #endOfFile(): Token {
    this.#mode = 'plain';
    const complete = this.#previous === 'EOL' || this.#previous === 'HELP_TEXT' || this.#previous === 'END';
    if (!complete) this.report.warn(this.place, 'warning: no new line at end of file');
    if (this.files.leave()) return 'EOL';
    if (this.grammar.oldPlaces) this.files.current.name = '<none>';
    return complete || !this.grammar.openEnd ? 'END' : 'EOL';
  }

  /** kconfig reads bytes, and warns about each byte of a character. */
  #ignored(start: number): void {
    const file = this.files.current;
    const character = String.fromCodePoint(file.text.codePointAt(start) as number);
    file.position = start + character.length;
    const shown = character < '\x80' ? character : '\uFFFD';
    for (let byte = Buffer.byteLength(character); byte > 0; byte--)
      this.report.warn(this.place, `warning: ignoring unsupported character '${shown}'`);
  }

  #endOfLine(from: number): number {
    const { text } = this.files.current;
    const end = text.indexOf('\n', from);
    return end < 0 ? text.length : end;
  }
}
