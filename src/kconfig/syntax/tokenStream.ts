import type { Location } from './ast.ts';
import type { TokenSource } from './expressions.ts';
import type { Lexer } from './lexer.ts';
import { Token } from './tokens.ts';

/** A token fits nowhere: the parser goes on at the next line. */
export class UnexpectedToken extends Error {}
/** The tree ended inside of a statement or a block. */
export class Aborted extends Error {}
const UNEXPECTED = new UnexpectedToken('unexpected token');
const ABORTED = new Aborted('unexpected end');

/** The tokens of a tree, read ahead by one where the grammar looks, and what bison keeps of its faults. */
export class TokenStream implements TokenSource {
  readonly #lexer: Lexer;
  /** The text of the token that `peek` or `take` gave last. */
  value = '';
  /** The last place asked for: what stands in one line shares it. */
  #last: Location = { file: '', line: 0 };
  #token: Token | null = null;
  /** A second token read ahead, for words that are keywords only in some versions. */
  #second: { token: Token; value: string } | null = null;
  /** bison's yyerrstatus: tokens to be taken before the next syntax error is told. */
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

  /** @throws UnexpectedToken when the next token is another; else takes it and gives its text. */
  expect(token: Token): string {
    if (this.peek() !== token) throw UNEXPECTED;
    return this.take();
  }

  /** @throws UnexpectedToken always. */
  syntaxError(): never {
    throw UNEXPECTED;
  }

  /** Whether the present word is a keyword: because it is always one in this tree, or because one of `next` follows. */
  beginsOption(...next: readonly Token[]): boolean {
    return this.peek() === Token.RESERVED || next.includes(this.#peekSecond());
  }

  #peekSecond(): Token {
    this.peek();
    if (this.#second === null) {
      const token = this.#lexer.next();
      this.#second = { token, value: this.#lexer.value };
    }
    return this.#second.token;
  }

  /** Where an entry or an option is. */
  here(): Location {
    const { file, statementLine: line } = this.#lexer;
    if (this.#last.line !== line || this.#last.file !== file) this.#last = { file, line };
    return this.#last;
  }

  /** Where a fault is told. */
  get place(): Location {
    return this.#lexer.statementPlace;
  }

  /** Whether a syntax error is told: not while those of one place follow each other. */
  get isTold(): boolean {
    return this.#quiet === 0;
  }

  /**
   * Skips the rest of a line in which a fault was, as bison's `error` does.
   * @throws Aborted at the end of the tree.
   */
  skipLine(): void {
    this.#quiet = 3;
    while (this.peek() !== Token.EOL) {
      if (this.peek() === Token.END) throw ABORTED;
      this.#token = null;
    }
    this.take();
  }
}
