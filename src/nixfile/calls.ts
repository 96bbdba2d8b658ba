import type { NixFile } from './nixFile.ts';
import type { SyntaxNode } from './syntaxTree.ts';
import { bare, children } from './tree.ts';

/** The function of a call and its arguments: `f`, `a` and `b` of `(f a) b`; of any other expression only itself. */
export function callParts(expression: SyntaxNode): [SyntaxNode, ...SyntaxNode[]] {
  const parts: SyntaxNode[] = [];
  for (let call = bare(expression); ;) {
    const [callee, last] = call.name === 'Apply' ? children(call) : [];
    if (callee === undefined || last === undefined) return [call, ...parts.reverse()];
    parts.push(last);
    call = bare(callee);
  }
}

/** What is called may be a whole function; no name is longer than this. */
const LONGEST_NAME = 200;

/** The last name of the called function: `mkIf` of `lib.mkIf condition x`; empty if it has none. */
export function callName(file: NixFile, call: SyntaxNode): string {
  const { from, to } = callParts(call)[0];
  return /[A-Za-z_][\w'-]*$/.exec(file.textOf({ from: Math.max(from, to - LONGEST_NAME), to }))?.[0] ?? '';
}
