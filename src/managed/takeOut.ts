/** Takes settings out of a Nix file, or turns them into comments; every byte elsewhere stays. */
import { isDeepStrictEqual } from 'node:util';
import { refused, type Refused } from '../model/errors.ts';
import type { NixFile, Splice } from '../nixfile/nixFile.ts';
import type { SyntaxNode } from '../nixfile/syntaxTree.ts';
import { children, isComment } from '../nixfile/tree.ts';
import { extentEnd } from './bindings.ts';
import type { Force } from './ownBindings.ts';

/** What becomes of a file: bindings that go, and `mkForce`s that are taken off their values. */
export type TakingOut = { bindings: readonly SyntaxNode[]; forces: readonly Force[]; how: 'comment' | 'remove' };

/** The file afterwards. Refuses, as a last guard, an edit after which the file is not the same without these. */
export function takenOut(
  file: NixFile,
  { bindings, forces, how }: TakingOut,
): { kind: 'edited'; file: NixFile } | Refused {
  const runs = runsOf(file, bindings);
  const next = file.edited([
    ...runs.flatMap((run) => (how === 'remove' ? removed(file, run) : commented(file, run))),
    ...forces.flatMap(({ call, inner }) => [
      { from: call.from, to: inner.from, insert: '' },
      { from: inner.to, to: call.to, insert: '' },
    ]),
  ]);
  if (next.kind === 'file' && isDeepStrictEqual(meaningful(file, bindings, forces), meaningful(next.file, [], [])))
    return { kind: 'edited', file: next.file };
  return refused({
    message: 'the settings could not be taken out so that the rest of the file stays as it is',
    hint: 'please report this with the file',
  });
}

/** Bindings that follow each other on a line. */
type Run = { first: SyntaxNode; last: SyntaxNode };

function runsOf(file: NixFile, bindings: readonly SyntaxNode[]): Run[] {
  const runs: Run[] = [];
  for (const node of [...bindings].sort((a, b) => a.from - b.from)) {
    const before = runs.at(-1);
    if (before !== undefined && file.afterBlanks(before.last.to) === node.from) before.last = node;
    else runs.push({ first: node, last: node });
  }
  return runs;
}

/** With whole lines where nothing else is on them. */
function removed(file: NixFile, { first, last }: Run): Splice {
  const to = extentEnd(file, last);
  if (!file.startsLine(first.from)) return { from: file.beforeBlanks(first.from), to, insert: '' };
  if (!file.endsLine(to)) return { from: first.from, to: file.afterBlanks(to), insert: '' };
  return { from: file.lineStart(first.from), to: file.lineEnd(to), insert: '' };
}

/** `# X = no;` on lines of its own, else in a block comment; where that would end too early, on a line of its own. */
function commented(file: NixFile, run: Run): Splice[] {
  const { from } = run.first;
  const { to } = run.last;
  const end = extentEnd(file, run.last);
  if (file.startsLine(from) && file.endsLine(end)) return lineComments(file, from, to);
  if (!file.text.slice(from, to).includes('*/')) return [insertion(from, '/* '), insertion(to, ' */')];
  const rest = { from: to, to: file.afterBlanks(to), insert: file.lineEnding(to) + file.indentation(from) };
  return [...lineComments(file, from, to), ...(file.endsLine(end) ? [] : [rest])];
}

function lineComments(file: NixFile, from: number, to: number): Splice[] {
  const indent = file.indentation(from).length;
  const splices = [insertion(from, '# ')];
  for (let start = file.lineEnd(from); start < to; start = file.lineEnd(start)) {
    const text = Math.min(file.afterBlanks(start), start + indent);
    splices.push(insertion(text, file.endsLine(text) ? '#' : '# '));
  }
  return splices;
}

const insertion = (at: number, insert: string): Splice => ({ from: at, to: at, insert });

/** What Nix reads of a file, in its order: without comments, without these bindings, and with values for their `mkForce`s. */
function meaningful(file: NixFile, without: readonly SyntaxNode[], forces: readonly Force[]): string[] {
  const gone = new Set(without.map(({ index }) => index));
  const instead = new Map(forces.map(({ call, inner }) => [call.index, inner]));
  const found: string[] = [];
  const open: (SyntaxNode | 'end')[] = [file.tree.topNode];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === 'end') {
      found.push(next);
      continue;
    }
    if (isComment(next) || gone.has(next.index)) continue;
    const node = instead.get(next.index) ?? next;
    const isWhole = node.firstChild === null || node.name === 'String' || node.name === 'IndentedString';
    found.push(isWhole ? file.textOf(node) : node.name);
    if (!isWhole) open.push('end', ...children(node).reverse());
  }
  return found;
}
