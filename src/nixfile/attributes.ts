import type { NixFile } from './nixFile.ts';
import { stringText } from './strings.ts';
import type { SyntaxNode } from './syntaxTree.ts';
import { children } from './tree.ts';

/** The names in the attribute path of a binding or a selection; null for a computed one. */
export function keysOf(file: NixFile, node: SyntaxNode): (string | null)[] {
  const path = node.getChild('AttrPath');
  if (path === null) return [];
  return children(path).flatMap((child) => (child.name === '.' ? [] : [attributeText(file, child)]));
}

/** The name of a child of an AttrPath or Inherit; null if it is computed. */
export function attributeText(file: NixFile, node: SyntaxNode): string | null {
  if (node.name === 'Identifier' || node.name === 'OrName') return file.textOf(node);
  return node.name === 'String' ? stringText(file, node) : null;
}
