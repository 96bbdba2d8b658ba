import type { SyntaxNode } from '@lezer/common';
import { trailingComment } from './managedPatch.ts';
import { indentation, lineEnd, lineStart, standsAlone } from './markers.ts';
import { afterBlanks, endsLine, type Splice } from '../nixfile/splice.ts';

/** Where a binding ends with the comment behind it. */
export function extentEnd(text: string, binding: SyntaxNode): number {
  return trailingComment(text, binding)?.to ?? binding.to;
}

/** Takes a binding out with its comment: its whole lines when nothing else stands on them. */
export function removal(text: string, binding: SyntaxNode): Splice {
  const to = extentEnd(text, binding);
  const alone = standsAlone(text, binding.from);
  if (alone && endsLine(text, to)) return { from: lineStart(text, binding.from), to: lineEnd(text, to), insert: '' };
  let from = binding.from;
  while (!alone && (text[from - 1] === ' ' || text[from - 1] === '\t')) from -= 1;
  return { from, to, insert: '' };
}

/** Puts another binding in its place; what follows on the line gets a line of its own, for the comment. */
export function replacement(text: string, binding: SyntaxNode, insert: string, eol: string): Splice {
  const to = extentEnd(text, binding);
  if (endsLine(text, to)) return { from: binding.from, to, insert };
  return { from: binding.from, to: afterBlanks(text, to), insert: insert + eol + indentation(text, binding.from) };
}
