/** kconfig's dependency expressions with live values: `A [=m] && (B [=n] || !C [=y])`. */

import type { Comparison, Tri, Valued } from '../kconfig/index.ts';

const TOKEN = /\s*(&&|\|\||!=|<=|>=|[()!=<>]|"(?:[^"\\]|\\.)*"|[^\s()!=<>&|[\]"]+)(?:\s\[=([^\]]*)\])?/gy;

type Token = { text: string; value: string | undefined };

function tokens(text: string): Token[] | null {
  const matches = [...text.matchAll(TOKEN)];
  if (matches.map(([match]) => match).join('').length < text.length) return null;
  return matches.map(([, token = '', value]) => ({ text: token, value }));
}

const COMPARISONS: readonly string[] = ['=', '!=', '<', '>', '<=', '>='] satisfies Comparison[];
const isComparison = (text: string): text is Comparison => COMPARISONS.includes(text);
const MAX_DEPTH = 200;

/** Parses what kconfig printed; null for text that is no expression (or is nested deeper than any real one). */
export function parseExpression(text: string): Valued | null {
  const list = tokens(text.trim());
  if (list === null) return null;
  let at = 0;

  const either = (depth: number, operator: '&&' | '||'): Valued | null => {
    const next = (): Valued | null => (operator === '||' ? either(depth, '&&') : unary(depth));
    const first = next();
    if (first === null) return null;
    const of = [first];
    while (list[at]?.text === operator) {
      at++;
      const operand = next();
      if (operand === null) return null;
      of.push(operand);
    }
    if (of.length === 1) return first;
    const levels = of.map(({ level }) => level);
    return operator === '||'
      ? { kind: 'or', of, level: Math.max(...levels) as Tri }
      : { kind: 'and', of, level: Math.min(...levels) as Tri };
  };

  const unary = (depth: number): Valued | null => {
    const token = list[at++];
    if (token === undefined || depth > MAX_DEPTH) return null;
    if (token.text === '!') {
      const of = unary(depth + 1);
      return of === null ? null : { kind: 'not', of, level: (2 - of.level) as Tri };
    }
    if (token.text === '(') {
      const inner = either(depth + 1, '||');
      return list[at++]?.text === ')' ? inner : null;
    }
    if (!/^["\w]|^[-.]/.test(token.text)) return null;
    const symbol = token.text;
    const operator = list[at]?.text ?? '';
    if (!isComparison(operator))
      return { kind: 'symbol', symbol, level: levelOf(token.value ?? (/^[ymn]$/.test(symbol) ? symbol : 'n')) };
    at++;
    const right = list[at++];
    return right === undefined ? null : compared(token, operator, right);
  };

  const expression = either(0, '||');
  return at === list.length ? expression : null;
}

/** The tristate of a value; n for what is none. */
export const levelOf = (value: string): Tri => (value === 'y' ? 2 : value === 'm' ? 1 : 0);

function compared(left: Token, operator: Comparison, right: Token): Valued {
  const plain = (text: string): string => text.replace(/^"(.*)"$/, '$1');
  const [leftValue, rightValue] = [left.value ?? left.text, plain(right.value ?? right.text)];
  const names = { left: left.text, operator, right: plain(right.text) };
  const level = holds(leftValue, operator, rightValue) ? 2 : 0;
  return { kind: 'compare', level, ...names, leftValue, rightValue, isLogic: /^[ymn]$/.test(leftValue) };
}

/** Whether a comparison holds, as kconfig compares values. */
export function holds(left: string, operator: Comparison, right: string): boolean {
  if (operator === '=') return left === right;
  if (operator === '!=') return left !== right;
  const [a, b] = [Number(left), Number(right)];
  return operator === '<' ? a < b : operator === '>' ? a > b : operator === '<=' ? a <= b : a >= b;
}

/** The first symbol of a `Selected by` branch: the one that selects. */
export const firstSymbol = (branch: string): string | null => /^[\s(!]*([A-Za-z0-9_]+)/.exec(branch)?.[1] ?? null;
