import type { SyntaxNode } from '@lezer/common';
import type { NixFile } from './nixFile.ts';
import { bare, children } from './tree.ts';

/** The function of a call and its arguments: `f`, `a` and `b` of `(f a) b`; of any other expression only itself. */
export function callParts(expression: SyntaxNode): [SyntaxNode, ...SyntaxNode[]] {
  const call = bare(expression);
  const [callee, last] = call.name === 'Apply' ? children(call) : [];
  return callee === undefined || last === undefined ? [call] : [...callParts(callee), last];
}

/** The last name of the called function: `mkIf` of `lib.mkIf condition x`; empty if it has none. */
export function callName(file: NixFile, call: SyntaxNode): string {
  return /[A-Za-z_][\w'-]*$/.exec(file.textOf(callParts(call)[0]))?.[0] ?? '';
}
