import type { SyntaxNode } from '@lezer/common';
import { keysOf } from '../nixfile/attributes.ts';
import { NixFile } from '../nixfile/nixFile.ts';
import { stringText } from '../nixfile/strings.ts';
import { type Range, valueOf } from '../nixfile/tree.ts';

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
  const file = NixFile.parseLoosely(text);
  const { patches, keys, elements } = indexOf(file);
  return (patchName, symbol) => {
    const scopes = [...(patchName === null ? [] : (patches.get(patchName) ?? [])), { from: 0, to: text.length }];
    for (const scope of scopes) {
      const offset = [keys, elements]
        .map((index) => firstIn(index.get(symbol), scope))
        .find((found) => found !== undefined);
      if (offset !== undefined) return file.placeOf(offset);
    }
    return null;
  };
}

/** One question to `bindingLocator`. */
export function locateBinding(text: string, patchName: string | null, symbol: string): Place | null {
  return bindingLocator(text)(patchName, symbol);
}

type Index = { patches: Map<string, Range[]>; keys: Map<string, number[]>; elements: Map<string, number[]> };

function indexOf(file: NixFile): Index {
  const index: Index = { patches: new Map(), keys: new Map(), elements: new Map() };
  file.tree.topNode.cursor().iterate(({ name, node }) => {
    if (name === 'Binding') {
      const keys = keysOf(file, node);
      // Of `structuredExtraConfig.FOO = …` the symbol is the last one.
      for (const key of keys) if (key !== null) add(index.keys, key, node.from);
      const patch = keys.length === 1 && keys[0] === 'name' ? patchOf(file, node) : null;
      if (patch !== null) add(index.patches, patch.name, patch.range);
    } else if ((name === 'String' || name === 'IndentedString') && node.parent?.name === 'List') {
      const element = stringText(file, node);
      if (element !== null) add(index.elements, element, node.from);
    }
  });
  return index;
}

/** The attribute set that `name = "…";` names. */
function patchOf(file: NixFile, binding: SyntaxNode): { name: string; range: Range } | null {
  const value = valueOf(binding);
  const name = value === null ? null : stringText(file, value);
  const set = binding.parent;
  return name === null || set?.name !== 'AttrSet' ? null : { name, range: { from: set.from, to: set.to } };
}

function firstIn(offsets: number[] | undefined, scope: Range): number | undefined {
  return offsets?.find((offset) => offset >= scope.from && offset < scope.to);
}

function add<T>(index: Map<string, T[]>, key: string, item: T): void {
  const items = index.get(key);
  if (items === undefined) index.set(key, [item]);
  else items.push(item);
}
