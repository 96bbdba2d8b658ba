import { newFalloutFile } from '../managed/addPatch.ts';
import { ATTRIBUTES, type Attribute, type ManagedPatch, readManaged } from '../managed/managedPatch.ts';
import { keysOf } from '../nixfile/attributes.ts';
import type { NixFile } from '../nixfile/nixFile.ts';
import type { SyntaxNode } from '../nixfile/syntaxTree.ts';
import { children, valueOf } from '../nixfile/tree.ts';

/** The names that a file binds: `boot` and `kernelPatches` for `boot.kernelPatches = …`. */
export function boundNames(file: NixFile): Set<string> {
  const names = new Set<string>();
  for (const binding of file.tree.topNode.inside('Binding'))
    for (const key of keysOf(file, binding)) names.add(key ?? '');
  return names;
}

/** Which attribute names the patches of a file keep their settings in. */
export function usedAttributes(file: NixFile): Attribute[] {
  const names = boundNames(file);
  return ATTRIBUTES.filter((attribute) => names.has(attribute));
}

/** Whether a file names `./NAME` as a path, i.e. imports it already, with or without falloutd's markers. */
export function namesPath(file: NixFile, path: string): boolean {
  for (const node of file.tree.topNode.inside('Path')) if (file.textOf(node) === path) return true;
  return false;
}

/** Whether a file is falloutd's own: the managed patch, and around it nothing but what `newFalloutFile` writes. */
export function isOwnFile(text: string, name: string): boolean {
  const own = readManaged(text, name);
  if (own.kind !== 'managed') return false;
  const { patch } = own;
  const fresh = readManaged(newFalloutFile(name, patch.attribute), name);
  return (
    fresh.kind === 'managed' &&
    outside(patch) === outside(fresh.patch) &&
    patch.bindings.every((binding) => binding.ask !== null) &&
    children(patch.set).every((child) => child.name !== 'Inherit') &&
    patch.set.getChildren('Binding').every((binding) => isWritten(patch.file, binding))
  );
}

function isWritten(file: NixFile, binding: SyntaxNode): boolean {
  const [key] = keysOf(file, binding);
  const value = valueOf(binding);
  if (key === 'patch') return value !== null && file.textOf(value) === 'null';
  return ['name', 'extraConfig', ...ATTRIBUTES].includes(key ?? '');
}

/** The text outside of the markers' lines, with normalised spacing. */
function outside({ file, begin, end }: ManagedPatch): string {
  const kept = file.text.slice(0, file.lineStart(begin.from)) + file.text.slice(file.lineEnd(end.to));
  return kept.replace(/[\s\ufeff]+/g, ' ').trim();
}
