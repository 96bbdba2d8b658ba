import type { Comparison, FileLine, Operand, ParsedExpression } from './ast.ts';
import type { Lexer, Token } from './lexer.ts';

/** The grammar does not allow the next token. The parser continues at the next line. */
export class UnexpectedToken extends Error {}
/** The tree ended inside a statement or a block. */
export class UnexpectedEnd extends Error {}
/** An expression is nested too deeply; conf's parser has a limit too. The message is what a diagnostic says. */
export class NestedTooDeeply extends Error {}
const UNEXPECTED_TOKEN = new UnexpectedToken('unexpected token');
const UNEXPECTED_END = new UnexpectedEnd('unexpected end');

const COMPARISONS: readonly Token[] = ['=', '!=', '<', '<=', '>', '>='];

/** What is open around an operand: a parenthesis, a negation, or an operator with what stands before it. */
type Open = { kind: '(' } | { kind: '!' } | { kind: 'and' | 'or'; left: ParsedExpression };

/** bison gives up where 10,000 places are taken (YYMAXDEPTH): an operator takes two, a parenthesis one. */
const MOST_OPEN = 6_600;

/** The tokens of a tree, with one token of lookahead (two for some words), bison's recovery from syntax errors, and the expressions of the grammar. */
export class ExpressionParser {
  /** The text of the token that `peek` or `take` gave last. */
  protected value = '';
  /** The last place that `here` gave, so that the options of one line share an object. */
  #last: FileLine = { file: '', line: 0 };
  #token: Token | null = null;
  /** A second token read ahead, for words that are keywords only in some versions. */
  #second: { token: Token; value: string } | null = null;
  /** bison's `yyerrstatus`: how many tokens must be taken before the next syntax error is reported. */
  #quiet = 0;

  constructor(protected readonly lexer: Lexer) {}

  protected peek(): Token {
    if (this.#token !== null) return this.#token;
    if (this.#second === null) {
      this.#token = this.lexer.next();
      this.value = this.lexer.value;
    } else {
      ({ token: this.#token, value: this.value } = this.#second);
      this.#second = null;
    }
    return this.#token;
  }

  /** The token after the next one, which both stay. */
  protected peekSecond(): Token {
    this.peek();
    this.#second ??= { token: this.lexer.next(), value: this.lexer.value };
    return this.#second.token;
  }

  protected take(): string {
    this.peek();
    this.#token = null;
    if (this.#quiet > 0) this.#quiet--;
    return this.value;
  }

  /** Takes the next token and returns its text. @throws UnexpectedToken if it is not the one expected. */
  protected expect(token: Token): string {
    if (this.peek() !== token) throw UNEXPECTED_TOKEN;
    return this.take();
  }

  /** @throws UnexpectedToken always. */
  protected syntaxError(): never {
    throw UNEXPECTED_TOKEN;
  }

  /** The place of an entry or an option. */
  protected here(): FileLine {
    const { file, statementLine: line } = this.lexer;
    if (this.#last.line !== line || this.#last.file !== file) this.#last = { file, line };
    return this.#last;
  }

  /** The place that an error message names. */
  protected get errorPlace(): FileLine {
    return this.lexer.statementPlace;
  }

  /** Whether a syntax error is to be reported: not if one was reported within the last three tokens. */
  protected get reportsSyntaxError(): boolean {
    return this.#quiet === 0;
  }

  /**
   * Skips the rest of a line with a syntax error, as bison's `error` does.
   * @throws UnexpectedEnd at the end of the tree.
   */
  protected skipLine(): void {
    this.#quiet = 3;
    while (this.peek() !== 'EOL') {
      if (this.peek() === 'END') throw UNEXPECTED_END;
      this.#token = null;
    }
    this.take();
  }

  /** `expr` of parser.y: `!` binds tighter than `&&`, which binds tighter than `||`; only two symbols can be compared. */
  protected expression(): ParsedExpression {
    const open: Open[] = [];
    for (;;) {
      for (let token = this.peek(); token === '!' || token === '('; token = this.peek()) {
        this.take();
        push(open, { kind: token });
      }
      const left = this.#closed(open, this.#comparison());
      const token = this.peek();
      if (token !== '&&' && token !== '||') return left;
      this.take();
      push(open, { kind: token === '&&' ? 'and' : 'or', left });
    }
  }

  /** An operand with all that ends with it: up to a parenthesis in which an operator follows, or to one that binds less than that operator. */
  #closed(open: Open[], operand: ParsedExpression): ParsedExpression {
    let expr = operand;
    for (let outer = open.at(-1); outer !== undefined; outer = open.at(-1)) {
      const token = this.peek();
      if (outer.kind === '(') {
        if (token === '&&' || token === '||') return expr;
        this.expect(')');
      } else if (outer.kind === '!') expr = { kind: 'not', operand: expr };
      else if (outer.kind === 'or' && token === '&&') return expr;
      else expr = { kind: outer.kind, left: outer.left, right: expr };
      open.pop();
    }
    return expr;
  }

  #comparison(): ParsedExpression {
    const left = this.operand();
    const operator = this.peek();
    if (!COMPARISONS.includes(operator)) return { kind: 'symbol', operand: left };
    this.take();
    return { kind: 'compare', operator: operator as Comparison, left, right: this.operand() };
  }

  /** `symbol` of parser.y: a name, or a constant in quotes. */
  protected operand(): Operand {
    const token = this.peek();
    if (token !== 'WORD' && token !== 'QUOTED') this.syntaxError();
    return { name: this.take(), constant: token === 'QUOTED' };
  }

  /** What follows `if`, or null. */
  protected condition(): ParsedExpression | null {
    if (this.peek() !== 'if') return null;
    this.take();
    return this.expression();
  }
}

function push(open: Open[], outer: Open): void {
  if (open.length >= MOST_OPEN)
    throw new NestedTooDeeply(` more than ${MOST_OPEN} parentheses, negations and operators in each other`);
  open.push(outer);
}
