import type { SyntaxNode } from '@lezer/common';
import { ATTRIBUTES, readManaged, type Attribute } from '../managed/managedPatch.ts';
import { lineEnd, lineStart } from '../managed/markers.ts';
import { newFalloutFile } from '../managed/addPatch.ts';
import { children, parseLoosely, parseNix } from '../nixfile/parse.ts';
import { attributes } from '../nixfile/scope.ts';
import { attributeText } from '../nixfile/strings.ts';

/** The names that a file binds: `boot` and `kernelPatches` for `boot.kernelPatches = …`. */
export function boundNames(text: string): Set<string> {
  const names = new Set<string>();
  parseLoosely(text).iterate({
    enter: ({ name, node }) => {
      if (name !== 'Binding') return;
      for (const key of keysOf(text, node)) names.add(key ?? '');
    },
  });
  return names;
}

/** Which attribute names the patches of a file keep their settings in. */
export function usedAttributes(text: string): Attribute[] {
  const names = boundNames(text);
  return ATTRIBUTES.filter((attribute) => names.has(attribute));
}

/** Whether a file names `./NAME` as a path, i.e. imports it already, with or without falloutd's markers. */
export function namesPath(text: string, path: string): boolean {
  let found = false;
  parseLoosely(text).iterate({
    enter: ({ name, from, to }) => {
      if (name === 'Path' && text.slice(from, to) === path) found = true;
    },
  });
  return found;
}

/** Whether a file is falloutd's own: the managed patch, and around it nothing but what `newFalloutFile` writes. */
export function isOwnFile(text: string, name: string): boolean {
  const reading = readManaged(text, name);
  const parsed = parseNix(text);
  if (reading.kind !== 'managed' || parsed.kind !== 'parsed') return false;
  const { block } = reading;
  if (outside(text, block.begin.from, block.end.to) !== outsideOf(newFalloutFile(name, block.attribute))) return false;
  if (block.bindings.some((binding) => binding.ask === null)) return false;
  let isPlain = true;
  parsed.tree.iterate({
    enter: ({ name: kind, from, to, node }) => {
      if (kind !== 'AttrSet' || from !== block.patch.from || to !== block.patch.to) return;
      isPlain =
        children(node).every((child) => child.name !== 'Inherit') &&
        node.getChildren('Binding').every((binding) => isWritten(text, binding));
    },
  });
  return isPlain;
}

function isWritten(text: string, binding: SyntaxNode): boolean {
  const [key = null] = keysOf(text, binding);
  const value = children(binding)[2];
  if (key === 'patch') return value !== undefined && text.slice(value.from, value.to) === 'null';
  return ['name', 'extraConfig', ...ATTRIBUTES].includes(key ?? '');
}

function outsideOf(text: string): string {
  const [begin, end] = ['begin', 'end'].map((edge) => text.indexOf(`# falloutd: ${edge} `));
  return outside(text, begin ?? 0, end ?? 0);
}

/** What stands outside of the markers' lines, however it is spaced. */
function outside(text: string, begin: number, end: number): string {
  return (text.slice(0, lineStart(text, begin)) + text.slice(lineEnd(text, end))).replace(/[\s\ufeff]+/g, ' ').trim();
}

function keysOf(text: string, binding: SyntaxNode): (string | null)[] {
  const path = binding.getChild('AttrPath');
  return path === null ? [] : attributes(path).map((attribute) => attributeText(text, attribute));
}
