import { parser } from './grammar/parser.js';
import type { Problem } from '../model/problem.ts';
import { BeyondLimit, MOST_NODES, parseStrictly, parseWithErrors } from './lezer.ts';
import { excerpt, lineColumn } from './lineColumn.ts';
import { syntaxProblem } from './syntaxProblem.ts';
import type { SyntaxNode, SyntaxTree } from './syntaxTree.ts';
import { children } from './tree.ts';

/** A text that is not Nix, or that is nested more deeply or is larger than falloutd reads. */
export type Unreadable = { kind: 'syntax' | BeyondLimit['kind']; problem: Required<Omit<Problem, 'file'>> };

/**
 * Parses the text of a Nix file.
 *
 * Takes the text (a byte order mark at its start is allowed, although Nix refuses it) and gives its tree by
 * `grammar/nix.grammar`, or the place of the first token that does not fit, or at which a limit is reached. Never throws.
 */
export function parseNix(text: string): { kind: 'parsed'; tree: SyntaxTree } | Unreadable {
  const parsed = parseUpToError(wellFormed(text));
  if (parsed.kind === 'parsed') return parsed;
  const offset = skipBlanks(text, parsed.offset);
  const problem =
    parsed.kind === 'syntax'
      ? syntaxProblem(text, offset, `unexpected ${describe(text, offset)}`)
      : limitProblem(parsed.kind, text, offset);
  return { kind: parsed.kind, problem };
}

const strict = parser.configure({ strict: true });

/**
 * The tree, or the offset after the last token that fits. To go on after an error would take quadratic time in a text full
 * of errors: the end of each open comment is searched for to the end of the file.
 */
function parseUpToError(
  text: string,
): { kind: 'parsed'; tree: SyntaxTree } | { kind: Unreadable['kind']; offset: number } {
  try {
    const tree = parseStrictly(strict, text);
    const offset = firstChainedComparison(tree);
    return offset === null ? { kind: 'parsed', tree } : { kind: 'syntax', offset };
  } catch (error) {
    if (error instanceof BeyondLimit) return { kind: error.kind, offset: error.offset };
    if (!(error instanceof SyntaxError)) throw error;
    return { kind: 'syntax', offset: Number(/\d+$/.exec(error.message)?.[0] ?? 0) };
  }
}

function limitProblem(kind: BeyondLimit['kind'], text: string, offset: number): Unreadable['problem'] {
  // Spelling a number loads 5 MB of ICU's tables: only when there is something to say.
  const { what, hint } =
    kind === 'too-deep'
      ? {
          what: 'nested too deeply for falloutd',
          hint: 'take it apart: give the inner parts names in a `let`',
        }
      : {
          what: `too large for falloutd, which reads ${MOST_NODES.toLocaleString('en')} names, values and signs up to here`,
          hint: 'take out what is not for the kernel, which has some 20,000 symbols; a file that this one imports may be larger',
        };
  const place = lineColumn(text, offset);
  return { message: `${what}\n${excerpt(text, place)}`, ...place, hint };
}

/** The tree of a text that may have errors, for readers that only look for something they know. */
export function parseLoosely(text: string): SyntaxTree {
  const parsed = parseUpToError(wellFormed(text));
  if (parsed.kind === 'parsed') return parsed.tree;
  // A `/*` that nothing closes opens no comment, but the tokenizer would search the end of each to the end of the file.
  const closed = text.lastIndexOf('*/') + 1;
  return parseWithErrors(parser, wellFormed(text.slice(0, closed) + text.slice(closed).replaceAll('/*', '  ')));
}

/** `textOf` turns a byte that is not UTF-8 into a lone surrogate, which no token of the grammar takes. The length stays. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

const COMPARISONS = [
  ['==', '!='],
  ['<', '>', '<=', '>='],
];

function firstChainedComparison(tree: SyntaxTree): number | null {
  let first: number | null = null;
  for (const binary of tree.topNode.inside('Binary')) {
    const at = chainedComparison(binary);
    if (at !== null && (first === null || at < first)) first = at;
  }
  return first;
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
