import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from './grammar/parser.js';
import type { Problem } from '../model/problem.ts';
import { syntaxProblem } from './syntaxProblem.ts';
import { children } from './tree.ts';

/**
 * Parses the text of a Nix file.
 *
 * Takes the text (a byte order mark at its start is allowed, although Nix refuses it) and gives the Lezer
 * tree of `grammar/nix.grammar`, or the place of the first token that does not fit. Never throws.
 */
export function parseNix(
  text: string,
): { kind: 'parsed'; tree: Tree } | { kind: 'syntax'; problem: Required<Omit<Problem, 'file'>> } {
  const tree = parseUpToError(wellFormed(text));
  if (typeof tree !== 'number') return { kind: 'parsed', tree };
  const offset = skipBlanks(text, tree);
  return { kind: 'syntax', problem: syntaxProblem(text, offset, `unexpected ${describe(text, offset)}`) };
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
