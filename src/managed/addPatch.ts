import type { SyntaxNode } from '@lezer/common';
import type { Problem } from '../model/problem.ts';
import { findPatchList, type Place } from './patchList.ts';
import type { Attribute } from './managedPatch.ts';
import {
  findMarked,
  indentation,
  lineEnd,
  lineEnding,
  lineStart,
  markerLine,
  placeOf,
  readMarkers,
  standsAlone,
} from './markers.ts';
import { children, parseNix, type Range } from '../nixfile/parse.ts';
import { libraryAt, sourceOf } from '../nixfile/scope.ts';
import { applySplices, deeper } from '../nixfile/splice.ts';
import { quote } from '../nixfile/strings.ts';

export type InitOptions = {
  /** The name of the managed patch. */
  name: string;
  /** The patch itself goes into the file, or an import of the separate file that holds it. */
  how: 'inside' | { importOf: string };
  attribute: Attribute;
};

export type InitPlan = { kind: 'planned'; text: string } | { kind: 'refused'; problem: Problem };
export type Removal = { kind: 'removed'; text: string } | { kind: 'absent' } | { kind: 'refused'; problem: Problem };

/** Stands in a block that was put into the middle of a line, so that taking it out can join the line again. */
const JOINED_NOTE = "# Put into one line of yours; 'falloutd init --remove' joins it again.";

/**
 * Adds the managed patch, or the import of its file, to the end of the list of kernel patches in a file.
 *
 * Gives the new text, which parses and from which `removeInit` makes exactly the old one. Refused when the
 * list is not certain (the hint says what to add by hand), when `lib` cannot be reached at that place, when
 * the file does not parse, or when the markers stand in it already.
 */
export function planInit(text: string, options: InitOptions): InitPlan {
  const parsed = parseNix(text);
  if (parsed.kind === 'syntax') return refused(parsed.message, { line: parsed.line, column: parsed.column });
  const present = readMarkers(text, parsed.tree).find(
    ({ name }) => name === options.name || name === importName(options.name),
  );
  if (present !== undefined) {
    return refused(
      `'${markerLine(present.edge, present.name)}' stands in this file already`,
      placeOf(text, present.from),
    );
  }
  const place = findPatchList(text, parsed.tree);
  if (place.kind === 'none') {
    return refused(`where the managed patch belongs is not clear: ${place.message}`, {
      ...placeOf(text, place.offset),
      hint: byHand(options),
    });
  }
  const library = libraryAt(sourceOf(text), place.kind === 'list' ? place.list : place.expression);
  if (library === null) {
    const { from } = place.kind === 'list' ? place.list : place.expression;
    return refused("'lib' cannot be reached at the list of patches", {
      ...placeOf(text, from),
      hint: "Give the file's function a 'lib' argument: '{ lib, ... }:'.",
    });
  }
  const next = insertAt(text, place, options, library);
  const undone = removeInit(next, options.name);
  if (undone.kind !== 'removed' || undone.text !== text) {
    return refused('the managed patch could not be added so that it can be taken out again', { hint: byHand(options) });
  }
  return { kind: 'planned', text: next };
}

/** The text of a separate file for the managed patch: a function from `lib` to one patch. */
export function newFalloutFile(name: string, attribute: Attribute): string {
  return [
    '# falloutd writes between the two markers. To use this patch, make it the last element of the list of',
    '# kernel patches: (import ./fallout.nix { inherit lib; })',
    '{ lib, ... }:',
    markerLine('begin', name),
    ...patchLines(name, attribute, 'lib'),
    markerLine('end', name),
    '',
  ].join('\n');
}

/**
 * Takes out what `planInit` added: the managed patch and the import, each from its begin to its end marker.
 * `absent` when neither stands there; refused when markers are damaged or the rest would not parse.
 */
export function removeInit(text: string, name: string): Removal {
  const parsed = parseNix(text);
  if (parsed.kind === 'syntax') return refused(parsed.message, { line: parsed.line, column: parsed.column });
  const ranges: Range[] = [];
  for (const marked of [name, importName(name)].map((one) => findMarked(text, parsed.tree, one))) {
    if (marked.kind === 'damaged')
      return refused(marked.message, {
        ...placeOf(text, marked.offset),
        hint: 'Take the markers and what belongs to them out by hand.',
      });
    if (marked.kind === 'marked') ranges.push(addedRange(text, { from: marked.begin.from, to: marked.end.to }));
  }
  if (ranges.length === 0) return { kind: 'absent' };
  const rest = applySplices(
    text,
    ranges.map((range) => ({ ...range, insert: '' })),
  );
  const again = parseNix(rest);
  if (again.kind === 'parsed') return { kind: 'removed', text: rest };
  return refused('without the managed patch this file would be no expression any more', {
    hint: 'If this is the separate file, delete it as a whole.',
  });
}

export function importName(name: string): string {
  return `import ${name}`;
}

function insertAt(
  text: string,
  place: Exclude<Place, { kind: 'none' }>,
  options: InitOptions,
  library: string,
): string {
  const at = place.kind === 'list' ? place.list.to - 1 : place.at;
  const ownLine = place.kind === 'list' && standsAlone(text, at);
  const eol = lineEnding(text, lineStart(text, at));
  const base = indentation(text, at);
  const indent = (place.kind === 'list' ? elementIndent(text, place.list) : null) ?? deeper(base);
  const element =
    options.how === 'inside'
      ? patchLines(options.name, options.attribute, library)
      : [importElement(options.how.importOf, library)];
  const marker = options.how === 'inside' ? options.name : importName(options.name);
  const lines = [
    markerLine('begin', marker),
    ...(ownLine ? [] : [JOINED_NOTE]),
    ...(place.kind === 'append' ? ['++ [', ...element.map((line) => `  ${line}`), ']'] : element),
    markerLine('end', marker),
  ].map((line) => indent + line + eol);
  const insert = ownLine ? lines.join('') : eol + lines.join('') + base;
  const offset = ownLine ? lineStart(text, at) : at;
  return text.slice(0, offset) + insert + text.slice(offset);
}

/** What was inserted: whole lines, or with the line ends around them when a line was taken apart. */
function addedRange(text: string, block: Range): Range {
  const from = Math.max(lineStart(text, block.from), text.startsWith('\ufeff') ? 1 : 0);
  const to = lineEnd(text, block.to);
  if (!text.slice(block.from, block.to).includes(JOINED_NOTE)) return { from, to };
  const before = /(?:\r\n|\r|\n)$/.exec(text.slice(0, from))?.[0].length ?? 0;
  const base = indentation(text, from - before);
  return { from: from - before, to: text.startsWith(base, to) ? to + base.length : to };
}

function elementIndent(text: string, list: SyntaxNode): string | null {
  const element = children(list)
    .slice(1, -1)
    .findLast((child) => standsAlone(text, child.from));
  return element === undefined ? null : indentation(text, element.from);
}

function patchLines(name: string, attribute: Attribute, library: string): string[] {
  return ['{', `  name = ${quote(name)};`, '  patch = null;', `  ${attribute} = with ${library}.kernel; { };`, '}'];
}

function importElement(path: string, library: string): string {
  const literal = /^\.{1,2}(?:\/[A-Za-z0-9._+-]+)+$/.test(path)
    ? path
    : `(./. + ${quote(path.replace(/^\.?\/?/, '/'))})`;
  return `(import ${literal} ${library === 'lib' ? '{ inherit lib; }' : `{ lib = ${library}; }`})`;
}

function byHand({ name, how, attribute }: InitOptions): string {
  const lines = how === 'inside' ? patchLines(name, attribute, 'lib') : [importElement(how.importOf, 'lib')];
  const marker = how === 'inside' ? name : importName(name);
  return [
    'Add this as the last element of the list of kernel patches:',
    markerLine('begin', marker),
    ...lines,
    markerLine('end', marker),
  ].join('\n');
}

function refused(message: string, more: Omit<Problem, 'message'> = {}): { kind: 'refused'; problem: Problem } {
  return { kind: 'refused', problem: { message, ...more } };
}
