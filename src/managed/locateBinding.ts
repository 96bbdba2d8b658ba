import type { SyntaxNode } from '@lezer/common';
import { children, lineColumn, parseLoosely, type Range } from '../nixfile/parse.ts';
import { attributes } from '../nixfile/scope.ts';
import { attributeText, stringText } from '../nixfile/strings.ts';

type Place = { line: number; column: number };
/** Finds a symbol's binding; `patchName` null: in any patch. */
export type Locator = (patchName: string | null, symbol: string) => Place | null;

/**
 * Where a user's file binds symbols, for layouts in which Nix itself has no position (`mapAttrs`, `genAttrs`).
 *
 * The locator looks for a key `SYMBOL =` or else a string `"SYMBOL"` in a list, first inside of the patch whose
 * `name` is `patchName`, then anywhere. Best effort: null when nothing looks like it. Errors in the file do not
 * matter. The text is parsed once, for as many questions as there are.
 */
export function bindingLocator(text: string): Locator {
  const { patches, keys, elements } = indexOf(text);
  return (patchName, symbol) => {
    const scopes = [...(patchName === null ? [] : (patches.get(patchName) ?? [])), { from: 0, to: text.length }];
    for (const scope of scopes) {
      const offset = [keys, elements]
        .map((index) => firstIn(index.get(symbol), scope))
        .find((found) => found !== undefined);
      if (offset !== undefined) return lineColumn(text, offset);
    }
    return null;
  };
}

/** One question to `bindingLocator`. */
export function locateBinding(text: string, patchName: string | null, symbol: string): Place | null {
  return bindingLocator(text)(patchName, symbol);
}

type Index = { patches: Map<string, Range[]>; keys: Map<string, number[]>; elements: Map<string, number[]> };

function indexOf(text: string): Index {
  const index: Index = { patches: new Map(), keys: new Map(), elements: new Map() };
  parseLoosely(text)
    .topNode.cursor()
    .iterate(({ name, node }) => {
      if (name === 'Binding') {
        const [key, ...more] = keyText(text, node);
        if (key === undefined || key === null) return;
        add(index.keys, key, node.from);
        const patch = more.length === 0 && key === 'name' ? patchOf(text, node) : null;
        if (patch !== null) add(index.patches, patch.name, patch.range);
      } else if ((name === 'String' || name === 'IndentedString') && node.parent?.name === 'List') {
        const element = stringText(text, node);
        if (element !== null) add(index.elements, element, node.from);
      }
    });
  return index;
}

/** The attribute set that `name = "…";` names. */
function patchOf(text: string, binding: SyntaxNode): { name: string; range: Range } | null {
  const value = children(binding)[2];
  const name = value === undefined ? null : stringText(text, value);
  const set = binding.parent;
  return name === null || set?.name !== 'AttrSet' ? null : { name, range: { from: set.from, to: set.to } };
}

function keyText(text: string, binding: SyntaxNode): (string | null)[] {
  const path = binding.getChild('AttrPath');
  return path === null ? [] : attributes(path).map((attribute) => attributeText(text, attribute));
}

function firstIn(offsets: number[] | undefined, scope: Range): number | undefined {
  return offsets?.find((offset) => offset >= scope.from && offset < scope.to);
}

function add<T>(index: Map<string, T[]>, key: string, item: T): void {
  const items = index.get(key);
  if (items === undefined) index.set(key, [item]);
  else items.push(item);
}
