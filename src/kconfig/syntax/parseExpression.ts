import type { Comparison, ParsedExpression, Operand } from './ast.ts';
import type { TokenStream } from './tokenStream.ts';
import { Token } from './tokenTypes.ts';

const COMPARISONS: ReadonlyMap<Token, Comparison> = new Map([
  [Token.EQUAL, '='],
  [Token.UNEQUAL, '!='],
  [Token.LESS, '<'],
  [Token.LESS_EQUAL, '<='],
  [Token.GREATER, '>'],
  [Token.GREATER_EQUAL, '>='],
]);

/** `expr` of parser.y: `!` binds tighter than `&&`, which binds tighter than `||`; only two symbols can be compared. */
export function parseExpression(tokens: TokenStream): ParsedExpression {
  let left = parseAnd(tokens);
  while (tokens.peek() === Token.OR) {
    tokens.take();
    left = { kind: 'or', left, right: parseAnd(tokens) };
  }
  return left;
}

function parseAnd(tokens: TokenStream): ParsedExpression {
  let left = parseNot(tokens);
  while (tokens.peek() === Token.AND) {
    tokens.take();
    left = { kind: 'and', left, right: parseNot(tokens) };
  }
  return left;
}

function parseNot(tokens: TokenStream): ParsedExpression {
  switch (tokens.peek()) {
    case Token.NOT:
      tokens.take();
      return { kind: 'not', operand: parseNot(tokens) };
    case Token.OPEN: {
      tokens.take();
      const inner = parseExpression(tokens);
      tokens.expect(Token.CLOSE);
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
export function parseOperand(tokens: TokenStream): Operand {
  const token = tokens.peek();
  if (token !== Token.WORD && token !== Token.QUOTED) tokens.syntaxError();
  return { name: tokens.take(), constant: token === Token.QUOTED };
}
