import type { SyntaxNode, Tree } from '@lezer/common';
import type { Marker } from './markers.ts';
import { isComment } from '../nixfile/tree.ts';

/** What is wrong between two markers; `findManaged` turns it into a problem. */
export class Damage extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/** The nodes that stand between two markers, comments left out; throws Damage when code crosses a marker. */
export function nodesBetween(tree: Tree, begin: Marker, end: Marker): SyntaxNode[] {
  let parent = tree.resolveInner(begin.from, 1).parent ?? tree.topNode;
  while (parent.parent !== null && (parent.from > begin.from || parent.to < end.to)) parent = parent.parent;
  return [...between(parent, begin, end)];
}

function* between(parent: SyntaxNode, begin: Marker, end: Marker): Iterable<SyntaxNode> {
  for (let node = parent.firstChild; node !== null; node = node.nextSibling) {
    if (isComment(node) || node.to <= begin.from || node.from >= end.to) continue;
    // A function whose body is the patch begins above the markers and ends with it; `++` also holds all that follows.
    const goesOn = node.name === 'Concat' && node.from >= begin.to && node.to > end.to;
    if (goesOn || (node.from < begin.from && node.to <= end.from)) yield* between(node, begin, end);
    else if (node.from < begin.from || node.to > end.to) throw new Damage('code crosses its markers', node.from);
    else yield node;
  }
}
