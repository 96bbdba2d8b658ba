import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from './grammar/parser.js';
import { children } from './tree.ts';

/**
 * Parses the text of a Nix file.
 *
 * Takes the text (a byte order mark at its start is allowed, although Nix refuses it) and gives the Lezer
 * tree of `grammar/nix.grammar`, or the place of the first token that does not fit. Never throws.
 */
export function parseNix(
  text: string,
): { kind: 'parsed'; tree: Tree } | { kind: 'syntax'; line: number; column: number; message: string; hint: string } {
  const tree = parseUpToError(wellFormed(text));
  if (typeof tree !== 'number') return { kind: 'parsed', tree };
  const offset = skipBlanks(text, tree);
  return {
    kind: 'syntax',
    ...lineColumn(text, offset),
    message: `syntax error: unexpected ${describe(text, offset)}`,
    hint: syntaxHint(text, offset),
  };
}

const strict = parser.configure({ strict: true });

/**
 * The tree, or the offset after the last token that fits. To go on after an error would take quadratic time in a text full
 * of errors: the end of each open comment is searched for to the end of the file.
 */
function parseUpToError(text: string): Tree | number {
  try {
    const tree = strict.parse(text);
    return firstError(tree) ?? tree;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return Number(/\d+$/.exec(error.message)?.[0] ?? 0);
  }
}

/** The tree of a text that may have errors, for readers that only look for something they know. */
export function parseLoosely(text: string): Tree {
  // A `/*` that nothing closes opens no comment, but the tokenizer would search the end of each to the end of the file.
  const closed = text.lastIndexOf('*/') + 1;
  return parser.parse(wellFormed(text.slice(0, closed) + text.slice(closed).replaceAll('/*', '  ')));
}

/** `textOf` turns a byte that is not UTF-8 into a lone surrogate, which no token of the grammar takes. The length stays. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** Line and column of a UTF-16 offset, both from 1. Lines end at LF, CRLF or a lone CR, as Nix counts them. */
export function lineColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

const COMPARISONS = [
  ['==', '!='],
  ['<', '>', '<=', '>='],
];

function firstError(tree: Tree): number | null {
  let at: number | null = null;
  tree.iterate({
    enter: (node) => {
      const wrong = node.type.isError ? node.from : node.name === 'Binary' ? chainedComparison(node.node) : null;
      if (wrong !== null && (at === null || wrong < at)) at = wrong;
    },
  });
  return at;
}

/** Nix has no `a == b == c`, which the grammar takes as left-associative: the offset of the second operator. */
function chainedComparison(binary: SyntaxNode): number | null {
  const [left, operator] = children(binary);
  if (left?.name !== 'Binary' || operator === undefined) return null;
  const inner = children(left)[1]?.name ?? '';
  return COMPARISONS.some((level) => level.includes(operator.name) && level.includes(inner)) ? operator.from : null;
}

/** The parser marks a missing token right after the last good one, but people look for the token that does not fit. */
function skipBlanks(text: string, offset: number): number {
  const blank = /(?:[ \t\r\n]+|#[^\r\n]*|\/\*[^]*?\*\/)*/y;
  blank.lastIndex = offset;
  return offset + (blank.exec(text)?.[0].length ?? 0);
}

function describe(text: string, offset: number): string {
  const token = /^(?:[A-Za-z_][\w'-]*|[0-9]+|''|[^\s])/.exec(text.slice(offset, offset + 80))?.[0];
  return token === undefined ? 'end of file' : `'${token}'`;
}

/** What to do about the syntax error at this offset. */
function syntaxHint(text: string, offset: number): string {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  const line = (before.at(-1) ?? '') + (/^[^\r\n]*/.exec(text.slice(offset))?.[0] ?? '');
  if (text.replace(/#.*|\s/g, '') === '') return 'the file is empty: a list of patches begins `{ lib, ... }: [`';
  if (/^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/.test(line))
    return 'git left a conflict here: keep one side, and remove the lines <<<<<<<, ======= and >>>>>>>';
  const isBinding = /^\s*[\w."'-]+\s*$/.test(before.at(-1) ?? '') && /^=(?!=)/.test(text.slice(offset));
  const previous = before.slice(0, -1).findLastIndex((each) => each.replace(/#.*/, '').trim() !== '');
  if (isBinding && previous >= 0 && !/[;{]\s*$/.test((before[previous] ?? '').replace(/#.*/, '')))
    return `a \`;\` is missing at the end of line ${previous + 1}`;
  if (text.slice(offset).trim() === '')
    return 'something is not closed before the end: a brace, a bracket, a parenthesis or a string';
  return 'look at this line and the one before it: a missing `;`, a brace or a quote';
}
