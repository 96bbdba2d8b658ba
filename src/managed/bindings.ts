import type { NixFile, Splice } from '../nixfile/nixFile.ts';
import type { SyntaxNode } from '../nixfile/syntaxTree.ts';
import { isComment, type Range } from '../nixfile/tree.ts';

/** The comments after a binding on the line where it ends. */
export function trailingComment(file: NixFile, binding: SyntaxNode): (Range & { text: string }) | null {
  const words: string[] = [];
  let from = -1;
  let to = binding.to;
  for (let node = binding.nextSibling; node !== null && isComment(node); node = node.nextSibling) {
    if (/[\r\n]/.test(file.text.slice(to, node.to))) break;
    const raw = file.textOf(node);
    words.push((node.name === 'LineComment' ? raw.slice(1) : raw.slice(2, -2)).trim());
    if (from === -1) from = node.from;
    to = node.to;
  }
  return from === -1 ? null : { from, to, text: words.join(' ') };
}

/** The end of a binding, including the comment on its line. */
export function extentEnd(file: NixFile, binding: SyntaxNode): number {
  return trailingComment(file, binding)?.to ?? binding.to;
}

/** Removes a binding and its comment: whole lines if nothing else is on them. */
export function removal(file: NixFile, binding: SyntaxNode): Splice {
  const to = extentEnd(file, binding);
  if (!file.startsLine(binding.from)) return { from: file.beforeBlanks(binding.from), to, insert: '' };
  if (!file.endsLine(to)) return { from: binding.from, to, insert: '' };
  return { from: file.lineStart(binding.from), to: file.lineEnd(to), insert: '' };
}

/** Replaces a binding. What follows on its line moves to a line of its own, because `insert` may end with a comment. */
export function replacement(file: NixFile, binding: SyntaxNode, insert: string, eol: string): Splice {
  const to = extentEnd(file, binding);
  if (file.endsLine(to)) return { from: binding.from, to, insert };
  return { from: binding.from, to: file.afterBlanks(to), insert: insert + eol + file.indentation(binding.from) };
}
