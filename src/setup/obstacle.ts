import { readMarkers } from '../managed/markers.ts';
import { bindingsOf } from '../managed/patchList.ts';
import { callName, callParts } from '../nixfile/calls.ts';
import type { NixFile } from '../nixfile/nixFile.ts';
import type { SyntaxNode } from '../nixfile/syntaxTree.ts';
import { children, valueOf } from '../nixfile/tree.ts';
import type { FoundFile } from './folder.ts';

/** Why a list of patches may not reach the kernel: a condition around it, or another list that is forced. */
export type Obstacle = { kind: 'condition' | 'forced'; path: string; line: number; text: string };

const CONDITIONS = new Set(['mkIf', 'optional', 'optionals', 'optionalAttrs']);
const FORCES = new Set(['mkForce', 'mkOverride', 'mkVMOverride']);

/** What most likely keeps the managed patch `name`, added to the file at `path`, away from the kernel; null: nothing is seen. */
export function findObstacle(files: readonly FoundFile[], path: string, name: string): Obstacle | null {
  const own = files.find((found) => found.path === path);
  const marker = own === undefined ? undefined : readMarkers(own.file).find((one) => one.name.endsWith(name));
  const around = own === undefined || marker === undefined ? null : conditionAround(own.file, marker.from);
  if (own !== undefined && around !== null) return obstacle('condition', own, around);
  for (const found of files) {
    const offset = found === own ? marker?.from : undefined;
    const forced = bindingsOf(found.file, 'kernelPatches').find((binding) => isForced(found.file, binding, offset));
    if (forced !== undefined) return obstacle('forced', found, forced);
  }
  return null;
}

function obstacle(kind: Obstacle['kind'], { path, file }: FoundFile, node: SyntaxNode): Obstacle {
  return { kind, path, line: file.placeOf(node.from).line, text: file.textOf(node) };
}

/** The condition of the nearest `mkIf` or `if` around an offset. */
function conditionAround(file: NixFile, offset: number): SyntaxNode | null {
  for (let node: SyntaxNode | null = file.tree.nodeAt(offset); node !== null; node = node.parent) {
    if (node.name === 'If') return children(node)[1] ?? null;
    if (node.name !== 'Apply' || !CONDITIONS.has(callName(file, node))) continue;
    const [, condition] = callParts(node);
    if (condition !== undefined) return condition;
  }
  return null;
}

/** Whether a binding forces a list other than the one around `offset`. */
function isForced(file: NixFile, binding: SyntaxNode, offset: number | undefined): boolean {
  const value = valueOf(binding);
  const isOwn = offset !== undefined && binding.from <= offset && offset < binding.to;
  return !isOwn && value?.name === 'Apply' && FORCES.has(callName(file, value));
}
