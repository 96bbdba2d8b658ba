import type { SyntaxNode } from '@lezer/common';
import { children, lineColumn, parseLoosely } from './parse.ts';
import { attributes } from './scope.ts';
import { attributeText, stringText } from './strings.ts';

/**
 * Where a user's file binds a symbol, for layouts in which Nix itself has no position (`mapAttrs`, `genAttrs`).
 *
 * Looks for a key `SYMBOL =` or else a string `"SYMBOL"` in a list, first inside of the patch whose `name`
 * is `patchName`, then anywhere. Best effort: null when nothing looks like it. Errors in the file do not matter.
 */
export function locateBinding(text: string, patchName: string | null, symbol: string): { line: number; column: number } | null {
  const top = parseLoosely(text).topNode;
  const scopes = [...(patchName === null ? [] : patchesNamed(text, top, patchName)), top];
  for (const scope of scopes) {
    const offset = keyOf(text, scope, symbol) ?? elementOf(text, scope, symbol);
    if (offset !== null) return lineColumn(text, offset);
  }
  return null;
}

function patchesNamed(text: string, top: SyntaxNode, name: string): SyntaxNode[] {
  return nodes(top, 'AttrSet').filter((set) =>
    set.getChildren('Binding').some((binding) => {
      const value = children(binding)[2];
      return keyText(text, binding).join('.') === 'name' && value !== undefined && stringText(text, value) === name;
    }),
  );
}

function keyOf(text: string, scope: SyntaxNode, symbol: string): number | null {
  return nodes(scope, 'Binding').find((binding) => keyText(text, binding)[0] === symbol)?.from ?? null;
}

function elementOf(text: string, scope: SyntaxNode, symbol: string): number | null {
  const strings = [...nodes(scope, 'String'), ...nodes(scope, 'IndentedString')];
  return strings.find((node) => node.parent?.name === 'List' && stringText(text, node) === symbol)?.from ?? null;
}

function keyText(text: string, binding: SyntaxNode): (string | null)[] {
  const path = binding.getChild('AttrPath');
  return path === null ? [] : attributes(path).map((attribute) => attributeText(text, attribute));
}

function nodes(scope: SyntaxNode, name: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  scope.cursor().iterate((node) => {
    if (node.name === name) found.push(node.node);
  });
  return found;
}
