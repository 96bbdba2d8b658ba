import type { SyntaxNode } from '@lezer/common';
import type { NixFile } from './nixFile.ts';
import { children } from './tree.ts';

/** The function of a call and its arguments: `f`, `a` and `b` of `f a b`. */
export function callParts(call: SyntaxNode): [SyntaxNode, ...SyntaxNode[]] {
  const [callee, last] = children(call);
  if (callee === undefined || last === undefined) return [call];
  const [head, ...args] = callee.name === 'Apply' ? callParts(callee) : [callee];
  return [head, ...args, last];
}

/** The last name of the called function: `mkIf` of `lib.mkIf condition x`; empty where it has none. */
export function callName(file: NixFile, call: SyntaxNode): string {
  return /[A-Za-z_][\w'-]*$/.exec(file.textOf(callParts(call)[0]))?.[0] ?? '';
}
