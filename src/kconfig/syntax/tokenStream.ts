import type { FileLine } from './ast.ts';
import type { Lexer } from './lexer.ts';
import { Token } from './tokenTypes.ts';

/** The grammar does not allow the next token. The parser continues at the next line. */
export class UnexpectedToken extends Error {}
/** The tree ended inside a statement or a block. */
export class UnexpectedEnd extends Error {}
const UNEXPECTED_TOKEN = new UnexpectedToken('unexpected token');
const UNEXPECTED_END = new UnexpectedEnd('unexpected end');

/** The tokens of a tree, with one token of lookahead (two for some words), and bison's recovery from syntax errors. */
export class TokenStream {
  readonly #lexer: Lexer;
  /** The text of the token that `peek` or `take` gave last. */
  value = '';
  /** The last place that `here` gave, so that the options of one line share an object. */
  #last: FileLine = { file: '', line: 0 };
  #token: Token | null = null;
  /** A second token read ahead, for words that are keywords only in some versions. */
  #second: { token: Token; value: string } | null = null;
  /** bison's `yyerrstatus`: how many tokens must be taken before the next syntax error is reported. */
  #quiet = 0;

  constructor(lexer: Lexer) {
    this.#lexer = lexer;
  }

  peek(): Token {
    if (this.#token === null) {
      if (this.#second === null) {
        this.#token = this.#lexer.next();
        this.value = this.#lexer.value;
      } else {
        ({ token: this.#token, value: this.value } = this.#second);
        this.#second = null;
      }
    }
    return this.#token;
  }

  take(): string {
    this.peek();
    this.#token = null;
    if (this.#quiet > 0) this.#quiet--;
    return this.value;
  }

  /** Takes the next token and returns its text. @throws UnexpectedToken if it is not the one expected. */
  expect(token: Token): string {
    if (this.peek() !== token) throw UNEXPECTED_TOKEN;
    return this.take();
  }

  /** @throws UnexpectedToken always. */
  syntaxError(): never {
    throw UNEXPECTED_TOKEN;
  }

  /** Takes the rest of a line, which must be empty, and the help text after it. */
  takeHelp(): string {
    this.expect(Token.EOL);
    this.#lexer.startHelp();
    return this.expect(Token.HELP_TEXT);
  }

  /** The token after the next one, which both stay. */
  peekSecond(): Token {
    this.peek();
    this.#second ??= { token: this.#lexer.next(), value: this.#lexer.value };
    return this.#second.token;
  }

  /** The place of an entry or an option. */
  here(): FileLine {
    const { file, statementLine: line } = this.#lexer;
    if (this.#last.line !== line || this.#last.file !== file) this.#last = { file, line };
    return this.#last;
  }

  /** The place that an error message names. */
  get errorPlace(): FileLine {
    return this.#lexer.statementPlace;
  }

  /** Whether a syntax error is to be reported: not if one was reported within the last three tokens. */
  get reportsSyntaxError(): boolean {
    return this.#quiet === 0;
  }

  /**
   * Skips the rest of a line with a syntax error, as bison's `error` does.
   * @throws UnexpectedEnd at the end of the tree.
   */
  skipLine(): void {
    this.#quiet = 3;
    while (this.peek() !== Token.EOL) {
      if (this.peek() === Token.END) throw UNEXPECTED_END;
      this.#token = null;
    }
    this.take();
  }
}
