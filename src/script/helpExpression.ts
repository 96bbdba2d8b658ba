/** kconfig's dependency expressions with live values (`A [=m] && (B [=n] || !C [=y])`): their value, and the symbols that limit it. */

export type Level = 0 | 1 | 2;

export type Expression =
  | { kind: 'symbol'; name: string; value: string }
  | { kind: 'compare'; name: string; value: string; operator: string; right: string }
  | { kind: 'not'; of: Expression }
  | { kind: 'and' | 'or'; of: Expression[] };

const TOKEN = /\s*(&&|\|\||!=|<=|>=|[()!=<>]|"(?:[^"\\]|\\.)*"|[^\s()!=<>&|[\]"]+)(?:\s\[=([^\]]*)\])?/gy;

type Token = { text: string; value: string | undefined };

function tokens(text: string): Token[] | null {
  const matches = [...text.matchAll(TOKEN)];
  if (matches.map(([match]) => match).join('').length < text.length) return null;
  return matches.map(([, token = '', value]) => ({ text: token, value }));
}

const COMPARISONS = new Set(['=', '!=', '<', '>', '<=', '>=']);
const MAX_DEPTH = 200;

/** Parses what kconfig printed; null for text that is no expression (or is nested deeper than any real one). */
export function parseExpression(text: string): Expression | null {
  const list = tokens(text.trim());
  if (list === null) return null;
  let at = 0;

  const either = (depth: number, operator: '&&' | '||'): Expression | null => {
    const next = (): Expression | null => (operator === '||' ? either(depth, '&&') : unary(depth));
    const first = next();
    if (first === null) return null;
    const of = [first];
    while (list[at]?.text === operator) {
      at++;
      const operand = next();
      if (operand === null) return null;
      of.push(operand);
    }
    return of.length === 1 ? first : { kind: operator === '||' ? 'or' : 'and', of };
  };

  const unary = (depth: number): Expression | null => {
    const token = list[at++];
    if (token === undefined || depth > MAX_DEPTH) return null;
    if (token.text === '!') {
      const of = unary(depth + 1);
      return of === null ? null : { kind: 'not', of };
    }
    if (token.text === '(') {
      const inner = either(depth + 1, '||');
      return list[at++]?.text === ')' ? inner : null;
    }
    if (!/^["\w]|^[-.]/.test(token.text)) return null;
    const name = token.text;
    const value = token.value ?? (/^[ymn]$/.test(name) ? name : 'n');
    const operator = list[at]?.text ?? '';
    if (!COMPARISONS.has(operator)) return { kind: 'symbol', name, value };
    at++;
    const right = list[at++];
    return right === undefined
      ? null
      : { kind: 'compare', name, value: token.value ?? name, operator, right: right.value ?? right.text };
  };

  const expression = either(0, '||');
  return at === list.length ? expression : null;
}

const level = (value: string): Level => (value === 'y' ? 2 : value === 'm' ? 1 : 0);

/** The tristate value of an expression, n 0, m 1, y 2, as kconfig computes it. */
export function evaluate(expression: Expression): Level {
  switch (expression.kind) {
    case 'symbol':
      return level(expression.value);
    case 'compare':
      return holds(expression) ? 2 : 0;
    case 'not':
      return (2 - evaluate(expression.of)) as Level;
    case 'and':
      return Math.min(...expression.of.map(evaluate)) as Level;
    case 'or':
      return Math.max(...expression.of.map(evaluate)) as Level;
  }
}

function holds({ value, operator, right }: { value: string; operator: string; right: string }): boolean {
  const plain = right.replace(/^"(.*)"$/, '$1');
  if (operator === '=') return value === plain;
  if (operator === '!=') return value !== plain;
  const [a, b] = [Number(value), Number(plain)];
  return operator === '<' ? a < b : operator === '>' ? a > b : operator === '<=' ? a <= b : a >= b;
}

/** The symbols that keep an expression below a level, in their order in it: `A [=m]` for y. */
export function below(expression: Expression, wanted: Level): { name: string; value: string }[] {
  if (evaluate(expression) >= wanted) return [];
  switch (expression.kind) {
    case 'symbol':
    case 'compare':
      return leaves(expression);
    case 'not':
      return leaves(expression.of).filter((leaf) => level(leaf.value) > 0);
    case 'and':
    case 'or':
      return expression.of.flatMap((operand) => below(operand, wanted));
  }
}

function leaves(expression: Expression): { name: string; value: string }[] {
  if (expression.kind === 'symbol' || expression.kind === 'compare')
    return [{ name: expression.name, value: expression.value }];
  return expression.kind === 'not' ? leaves(expression.of) : expression.of.flatMap(leaves);
}

/** The first symbol of a `Selected by` branch: the one that selects. */
export const firstSymbol = (branch: string): string | null => /^[\s(!]*([A-Za-z0-9_]+)/.exec(branch)?.[1] ?? null;
