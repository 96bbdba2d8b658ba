import type { NixFile } from '../nixfile/nixFile.ts';
import type { SyntaxNode, SyntaxTree } from '../nixfile/syntaxTree.ts';
import { children, type Range } from '../nixfile/tree.ts';

/** A whole-line comment `# falloutd: begin NAME` or `# falloutd: end NAME`. */
export type Marker = Range & { edge: 'begin' | 'end'; name: string };

export type MarkerPair =
  | { kind: 'marked'; begin: Marker; end: Marker }
  | { kind: 'absent' }
  | { kind: 'damaged'; message: string; offset: number };

export function markerLine(edge: 'begin' | 'end', name: string): string {
  return `# falloutd: ${edge} ${name}`;
}

/** All markers of a file in order, of every managed patch. Text in a string does not count. */
export function readMarkers(file: NixFile): Marker[] {
  const found: Marker[] = [];
  for (const { from, to } of file.tree.topNode.inside('LineComment')) {
    const line = file.text.slice(from, file.beforeBlanks(to));
    const [, edge, patch] = /^#[ \t]*falloutd:[ \t]+(begin|end)[ \t]+(.*)$/.exec(line) ?? [];
    if (patch === undefined || !file.startsLine(from)) continue;
    found.push({ from, to, edge: edge === 'begin' ? 'begin' : 'end', name: patch });
  }
  return found;
}

/** The pair of markers of a name. It is damaged unless there are exactly two, begin before end, with no other in between. */
export function findMarkers(file: NixFile, name: string): MarkerPair {
  const markers = readMarkers(file);
  const own = markers.filter((marker) => marker.name === name);
  const [first] = own;
  if (first === undefined) return { kind: 'absent' };
  const damaged = (message: string, { from }: Marker): MarkerPair => ({ kind: 'damaged', message, offset: from });
  const [beginLine, endLine] = [markerLine('begin', name), markerLine('end', name)];
  const [begin, secondBegin] = own.filter((marker) => marker.edge === 'begin');
  const [end, secondEnd] = own.filter((marker) => marker.edge === 'end');
  if (secondBegin !== undefined) return damaged(`'${beginLine}' is here a second time`, secondBegin);
  if (secondEnd !== undefined) return damaged(`'${endLine}' is here a second time`, secondEnd);
  if (begin === undefined) return damaged(`'${endLine}' has no '${beginLine}' above it`, first);
  if (end === undefined) return damaged(`'${beginLine}' has no '${endLine}' below it`, first);
  if (end.from < begin.from) return damaged(`'${endLine}' is above '${beginLine}'`, end);
  const inside = markers.find((marker) => marker.from > begin.from && marker.from < end.from);
  if (inside !== undefined)
    return damaged(`'${markerLine(inside.edge, inside.name)}' is between the markers of '${name}'`, inside);
  const before = markers.findLast((marker) => marker.from < begin.from);
  const after = markers.find((marker) => marker.from > end.from);
  if (before?.edge === 'begin' && after?.edge === 'end' && before.name === after.name)
    return damaged(`the markers of '${name}' are between those of '${before.name}'`, begin);
  return { kind: 'marked', begin, end };
}

/** Something is wrong between two markers; `findManaged` turns this error into a problem. */
export class Damage extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/** The nodes between two markers, without comments. @throws Damage if code crosses a marker. */
export function nodesBetween(tree: SyntaxTree, begin: Marker, end: Marker): SyntaxNode[] {
  let parent = tree.nodeAt(begin.from).parent ?? tree.topNode;
  while (parent.parent !== null && (parent.from > begin.from || parent.to < end.to)) parent = parent.parent;
  const found: SyntaxNode[] = [];
  const left = childrenBetween(parent, begin, end).reverse();
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    // A function whose body is the patch begins above the markers and ends with it; a `++` also contains all that follows.
    const goesOn = node.name === 'Concat' && node.from >= begin.to && node.to > end.to;
    if (goesOn || (node.from < begin.from && node.to <= end.from))
      for (const child of childrenBetween(node, begin, end).reverse()) left.push(child);
    else if (node.from < begin.from || node.to > end.to) throw new Damage('code crosses its markers', node.from);
    else found.push(node);
  }
  return found;
}

function childrenBetween(parent: SyntaxNode, begin: Marker, end: Marker): SyntaxNode[] {
  return children(parent).filter(({ from, to }) => to > begin.from && from < end.to);
}
