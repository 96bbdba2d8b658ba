import type { SyntaxNode } from '@lezer/common';
import { keysOf } from '../nixfile/attributes.ts';
import { NixFile } from '../nixfile/nixFile.ts';
import { stringText } from '../nixfile/strings.ts';
import { type Range, valueOf } from '../nixfile/tree.ts';
import { findMarkers, readMarkers } from './markers.ts';

type Place = { line: number; column: number };

/** Finds the binding of a symbol in one file, but never an entry of falloutd's own. */
export type Locator = {
  /** Inside of the patches that have this name. */
  inPatch: (patchName: string, symbol: string) => Place | null;
  /** Outside of every patch that has another name. */
  outside: (patchName: string | null, symbol: string) => Place | null;
  anywhere: (symbol: string) => Place | null;
};

/**
 * Where a user's file binds symbols, for layouts in which Nix itself has no position (`mapAttrs`, `genAttrs`).
 *
 * A locator looks for a key `SYMBOL =` or else a string `"SYMBOL"` in a list. Best effort: null when nothing looks like
 * it. Errors in the file do not matter. The text is parsed once, for as many questions as there are.
 */
export function bindingLocator(text: string): Locator {
  const file = NixFile.parseLoosely(text);
  const { patches, keys, elements } = indexOf(file);
  const managed = managedRanges(file);
  const first = (symbol: string, isMeant: (offset: number) => boolean): Place | null => {
    const offset = [keys, elements]
      .map((index) => index.get(symbol)?.find((at) => isMeant(at) && !isIn(managed, at)))
      .find((found) => found !== undefined);
    return offset === undefined ? null : file.placeOf(offset);
  };
  return {
    inPatch: (patchName, symbol) => first(symbol, (at) => isIn(patches.get(patchName) ?? [], at)),
    outside: (patchName, symbol) => {
      const others = [...patches].flatMap(([name, ranges]) => (name === patchName ? [] : ranges));
      return first(symbol, (at) => !isIn(others, at));
    },
    anywhere: (symbol) => first(symbol, () => true),
  };
}

/** The first binding of a symbol in the patch of a name, else in the file. */
export function locateBinding(text: string, patchName: string | null, symbol: string): Place | null {
  const locator = bindingLocator(text);
  return (patchName === null ? null : locator.inPatch(patchName, symbol)) ?? locator.anywhere(symbol);
}

/** What stands between the markers of any managed patch. */
function managedRanges(file: NixFile): Range[] {
  return [...new Set(readMarkers(file).map(({ name }) => name))].flatMap((name) => {
    const markers = findMarkers(file, name);
    return markers.kind === 'marked' ? [{ from: markers.begin.from, to: markers.end.to }] : [];
  });
}

function isIn(ranges: readonly Range[], offset: number): boolean {
  return ranges.some(({ from, to }) => offset >= from && offset < to);
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

function add<T>(index: Map<string, T[]>, key: string, item: T): void {
  const items = index.get(key);
  if (items === undefined) index.set(key, [item]);
  else items.push(item);
}
