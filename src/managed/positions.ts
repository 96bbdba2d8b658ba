/** Finds the user's lines for settings that Nix gives no position for: with `mapAttrs` or `genAttrs` it has none. */
import type { Root } from '../model/cause.ts';
import type { Fallout, Wish } from '../model/fallout.ts';
import type { Position } from '../model/intent.ts';
import { keysOf } from '../nixfile/attributes.ts';
import { NixFile } from '../nixfile/nixFile.ts';
import { readableText } from '../system/wholeFile.ts';
import { stringText } from '../nixfile/strings.ts';
import type { SyntaxNode } from '../nixfile/syntaxTree.ts';
import { type Range, valueOf } from '../nixfile/tree.ts';
import { findMarkers, readMarkers } from './markers.ts';

/**
 * Adds the missing positions: the line in the patch that asks, in whichever file it is; else a line outside of all other
 * patches, in the order of the files. An entry of falloutd's own is never such a line.
 */
export function withPositions<T extends Pick<Wish, 'symbol'> & Pick<Fallout, 'by' | 'position'>>(
  items: readonly T[],
  files: readonly string[],
): T[] {
  const lacksPlace = ({ by, position }: T): boolean => position == null && by !== null && by.kind !== 'nixpkgs';
  if (!items.some(lacksPlace)) return [...items];
  const texts = files
    .filter((file) => file.endsWith('.nix'))
    .map((file) => {
      const text = readableText(file) ?? '';
      let locator: Locator | undefined;
      return { file, text, locator: () => (locator ??= bindingLocator(text)) };
    });
  return items.map((item) => {
    if (!lacksPlace(item)) return item;
    const name = item.by?.kind === 'patch' ? item.by.name : null;
    const holding = texts.filter(({ text }) => text.includes(item.symbol));
    for (const where of ['inPatch', 'outside'] as const) {
      for (const { file, locator } of holding) {
        const place = locator()[where](name, item.symbol);
        if (place !== null) return { ...item, position: { file, ...place } };
      }
    }
    return item;
  });
}

/** Side effects, or whatever else has roots, with the places that these lack. */
export function withRootPositions<T extends { roots: Root[] }>(items: readonly T[], files: readonly string[]): T[] {
  const placed = withPositions(
    items.flatMap(({ roots }) => roots),
    files,
  );
  let at = 0;
  return items.map((item) => ({ ...item, roots: placed.slice(at, (at += item.roots.length)) }));
}

/** The first of the user's lines that binds a symbol, in the order of the files. */
export function locateSymbol(symbol: string, files: readonly string[]): Position | null {
  for (const file of files.filter((name) => name.endsWith('.nix'))) {
    const place = locateBinding(readableText(file) ?? '', null, symbol);
    if (place !== null) return { file, ...place };
  }
  return null;
}

/** The first binding of a symbol in the patch of this name, else in the whole file. Null if nothing looks like one. */
export function locateBinding(text: string, patchName: string | null, symbol: string): Place | null {
  const locator = bindingLocator(text);
  return locator.inPatch(patchName, symbol) ?? locator.anywhere(symbol);
}

type Place = Pick<Position, 'line' | 'column'>;

/** Finds where a file binds a symbol: inside of the patches of a name, outside of all other patches, or anywhere. */
type Locator = {
  inPatch: (patchName: string | null, symbol: string) => Place | null;
  outside: (patchName: string | null, symbol: string) => Place | null;
  anywhere: (symbol: string) => Place | null;
};

/** Looks for a key `SYMBOL =`, else for a string `"SYMBOL"` in a list; errors in the file do not matter. Parses it once. */
function bindingLocator(text: string): Locator {
  const file = NixFile.parseLoosely(text);
  const { patches, keys, elements } = indexOf(file);
  const managed = managedRanges(file);
  const first = (symbol: string, isMeant: (offset: number) => boolean): Place | null => {
    const fits = (at: number): boolean => isMeant(at) && !isIn(managed, at);
    const offset = keys.get(symbol)?.find(fits) ?? elements.get(symbol)?.find(fits);
    return offset === undefined ? null : file.placeOf(offset);
  };
  return {
    inPatch: (patchName, symbol) =>
      first(symbol, (at) => isIn((patchName === null ? null : patches.get(patchName)) ?? [], at)),
    outside: (patchName, symbol) => {
      const others = [...patches].flatMap(([name, ranges]) => (name === patchName ? [] : ranges));
      return first(symbol, (at) => !isIn(others, at));
    },
    anywhere: (symbol) => first(symbol, () => true),
  };
}

/** What is between the markers of any managed patch. */
export function managedRanges(file: NixFile): Range[] {
  return [...new Set(readMarkers(file).map(({ name }) => name))].flatMap((name) => {
    const markers = findMarkers(file, name);
    return markers.kind === 'marked' ? [{ from: markers.begin.from, to: markers.end.to }] : [];
  });
}

/** Whether an offset lies in one of these ranges. */
export function isIn(ranges: readonly Range[], offset: number): boolean {
  return ranges.some(({ from, to }) => offset >= from && offset < to);
}

type Index = { patches: Map<string, Range[]>; keys: Map<string, number[]>; elements: Map<string, number[]> };

function indexOf(file: NixFile): Index {
  const index: Index = { patches: new Map(), keys: new Map(), elements: new Map() };
  for (const node of file.tree.topNode.inside('Binding', 'String', 'IndentedString')) {
    if (node.name === 'Binding') {
      const keys = keysOf(file, node);
      // Of `structuredExtraConfig.FOO = …` the symbol is the last one.
      for (const key of keys) if (key !== null) add(index.keys, key, node.from);
      const patch = keys.length === 1 && keys[0] === 'name' ? patchOf(file, node) : null;
      if (patch !== null) add(index.patches, patch.name, patch.range);
    } else if (node.parent?.name === 'List') {
      const element = stringText(file, node);
      if (element !== null) add(index.elements, element, node.from);
    }
  }
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
