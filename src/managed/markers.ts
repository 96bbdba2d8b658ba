import type { Tree } from '@lezer/common';
import { lineColumn, lineComments, type Range } from '../nixfile/parse.ts';

/** A whole-line comment `# falloutd: begin NAME` or `# falloutd: end NAME`. */
export type Marker = Range & { edge: 'begin' | 'end'; name: string };

export type Marked =
  | { kind: 'marked'; begin: Marker; end: Marker }
  | { kind: 'absent' }
  | { kind: 'damaged'; message: string; offset: number };

export function markerLine(edge: 'begin' | 'end', name: string): string {
  return `# falloutd: ${edge} ${name}`;
}

/** All markers of a file in order, of every managed patch. */
export function readMarkers(text: string, tree: Tree): Marker[] {
  return lineComments(tree).flatMap(({ from, to }) => {
    const match = /^#[ \t]*falloutd:[ \t]+(begin|end)[ \t]+(.*)$/.exec(withoutBlanksBehind(text.slice(from, to)));
    if (match?.[1] === undefined || match[2] === undefined || !standsAlone(text, from)) return [];
    return [{ from, to, edge: match[1] === 'begin' ? ('begin' as const) : ('end' as const), name: match[2] }];
  });
}

function withoutBlanksBehind(text: string): string {
  let to = text.length;
  while (text[to - 1] === ' ' || text[to - 1] === '\t') to -= 1;
  return text.slice(0, to);
}

/** The one pair of markers of a name; anything but begin and end next to each other is damage. */
export function findMarked(text: string, tree: Tree, name: string): Marked {
  const markers = readMarkers(text, tree);
  const own = markers.filter((marker) => marker.name === name);
  const first = own[0];
  if (first === undefined) return { kind: 'absent' };
  const damaged = (message: string, marker: Marker): Marked => ({ kind: 'damaged', message, offset: marker.from });
  const begins = own.filter((marker) => marker.edge === 'begin');
  const ends = own.filter((marker) => marker.edge === 'end');
  const [begin, secondBegin] = begins;
  const [end, secondEnd] = ends;
  if (secondBegin !== undefined)
    return damaged(`'${markerLine('begin', name)}' stands here a second time`, secondBegin);
  if (secondEnd !== undefined) return damaged(`'${markerLine('end', name)}' stands here a second time`, secondEnd);
  if (begin === undefined)
    return damaged(`'${markerLine('end', name)}' has no '${markerLine('begin', name)}' above it`, first);
  if (end === undefined)
    return damaged(`'${markerLine('begin', name)}' has no '${markerLine('end', name)}' below it`, first);
  if (end.from < begin.from)
    return damaged(`'${markerLine('end', name)}' stands above '${markerLine('begin', name)}'`, end);
  const inside = markers.find((marker) => marker.from > begin.from && marker.from < end.from);
  if (inside !== undefined) {
    return damaged(`'${markerLine(inside.edge, inside.name)}' stands between the markers of '${name}'`, inside);
  }
  const before = markers.filter((marker) => marker.from < begin.from).at(-1);
  const after = markers.find((marker) => marker.from > end.from);
  if (before?.edge === 'begin' && after?.edge === 'end' && before.name === after.name) {
    return damaged(`the markers of '${name}' stand between those of '${before.name}'`, begin);
  }
  return { kind: 'marked', begin, end };
}

/** The offset at which the line of `offset` starts. */
export function lineStart(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && text[at - 1] !== '\n' && text[at - 1] !== '\r') at -= 1;
  return at;
}

/** The offset behind the line end that closes the line of `offset`. */
export function lineEnd(text: string, offset: number): number {
  let at = offset;
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at += 1;
  if (text[at] === '\r' && text[at + 1] === '\n') return at + 2;
  return Math.min(at + 1, text.length);
}

/** The blanks at the start of the line of `offset`. */
export function indentation(text: string, offset: number): string {
  const start = lineStart(text, offset);
  return /^\ufeff?([ \t]*)/.exec(text.slice(start, offset))?.[1] ?? '';
}

/** Whether only blanks stand before `offset` on its line. */
export function standsAlone(text: string, offset: number): boolean {
  let at = offset;
  while (text[at - 1] === ' ' || text[at - 1] === '\t') at -= 1;
  if (text[at - 1] === '\ufeff') at -= 1;
  return at === 0 || text[at - 1] === '\n' || text[at - 1] === '\r';
}

/** The line ending in use around `offset`: that of its own line, else the file's first, else LF. */
export function lineEnding(text: string, offset: number): string {
  const own = /\r\n|\n/.exec(text.slice(offset));
  return own?.[0] ?? /\r\n|\n/.exec(text)?.[0] ?? '\n';
}

/** Where in the file an offset is, in the fields of a Problem. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  return lineColumn(text, offset);
}
