import type { Comparison, ParsedExpression, Operand } from './ast.ts';
import { Token } from './tokenTypes.ts';

/** What the expression parser needs of the token stream. */
export type TokenSource = {
  /** The next token, which stays. */
  peek(): Token;
  /** Takes the next token and gives its text, if it has one. */
  take(): string;
  /** Ends the statement: the grammar does not allow the next token. */
  syntaxError(): never;
};

const COMPARISONS: ReadonlyMap<Token, Comparison> = new Map([
  [Token.EQUAL, '='],
  [Token.UNEQUAL, '!='],
  [Token.LESS, '<'],
  [Token.LESS_EQUAL, '<='],
  [Token.GREATER, '>'],
  [Token.GREATER_EQUAL, '>='],
]);

/** `expr` of parser.y: `!` binds tighter than `&&`, which binds tighter than `||`; only two symbols can be compared. */
export function parseExpression(tokens: TokenSource): ParsedExpression {
  let left = parseAnd(tokens);
  while (tokens.peek() === Token.OR) {
    tokens.take();
    left = { kind: 'or', left, right: parseAnd(tokens) };
  }
  return left;
}

function parseAnd(tokens: TokenSource): ParsedExpression {
  let left = parseNot(tokens);
  while (tokens.peek() === Token.AND) {
    tokens.take();
    left = { kind: 'and', left, right: parseNot(tokens) };
  }
  return left;
}

function parseNot(tokens: TokenSource): ParsedExpression {
  switch (tokens.peek()) {
    case Token.NOT:
      tokens.take();
      return { kind: 'not', operand: parseNot(tokens) };
    case Token.OPEN: {
      tokens.take();
      const inner = parseExpression(tokens);
      if (tokens.peek() !== Token.CLOSE) tokens.syntaxError();
      tokens.take();
      return inner;
    }
    default: {
      const left = parseOperand(tokens);
      const operator = COMPARISONS.get(tokens.peek());
      if (operator === undefined) return { kind: 'symbol', operand: left };
      tokens.take();
      return { kind: 'compare', operator, left, right: parseOperand(tokens) };
    }
  }
}

/** `symbol` of parser.y: a name, or a constant in quotes. */
export function parseOperand(tokens: TokenSource): Operand {
  const token = tokens.peek();
  if (token !== Token.WORD && token !== Token.QUOTED) tokens.syntaxError();
  return { name: tokens.take(), constant: token === Token.QUOTED };
}

/**
 * `depends on WHAT if CONDITION` (since 7.0) is `WHAT || CONDITION = n`, with the comparison applied to the single symbols (`menu_add_dep`,
 * `expr_trans_compare`).
 */
export function conditionalDependency(on: ParsedExpression, condition: ParsedExpression | null): ParsedExpression {
  return condition === null ? on : { kind: 'or', left: on, right: comparedWithNo(condition, true) };
}

function comparedWithNo(expression: ParsedExpression, equal: boolean): ParsedExpression {
  switch (expression.kind) {
    case 'not':
      return comparedWithNo(expression.operand, !equal);
    case 'and':
    case 'or': {
      const kind = expression.kind === 'and' ? 'or' : 'and';
      const both: ParsedExpression = {
        kind,
        left: comparedWithNo(expression.left, true),
        right: comparedWithNo(expression.right, true),
      };
      return equal ? both : { kind: 'not', operand: both };
    }
    case 'compare':
      return equal ? { kind: 'not', operand: expression } : expression;
    case 'symbol':
      return {
        kind: 'compare',
        operator: equal ? '=' : '!=',
        left: expression.operand,
        right: { name: 'n', constant: true },
      };
  }
}
