import type { SyntaxNode } from './syntaxTree.ts';

/** A half-open range of UTF-16 offsets into a text. */
export type Range = { from: number; to: number };

/** The named children of a node without comments. */
export function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (!isComment(child)) found.push(child);
  }
  return found;
}

export function isComment(node: SyntaxNode): boolean {
  return node.name === 'LineComment' || node.name === 'BlockComment';
}

/** The expression inside any parentheses. */
export function bare(expression: SyntaxNode): SyntaxNode {
  let inner = expression;
  while (inner.name === 'Parens') {
    const next = children(inner)[1];
    if (next === undefined) break;
    inner = next;
  }
  return inner;
}

/** The right side of a binding. */
export function valueOf(binding: SyntaxNode): SyntaxNode | null {
  return children(binding)[2] ?? null;
}
