import { refused, type Refused } from '../model/errors.ts';
import type { Attribute } from './managedPatch.ts';
import { findMarkers, markerLine, readMarkers } from './markers.ts';
import { findPatchList, type Place } from './patchList.ts';
import { deeper, type NixFile, type Splice } from '../nixfile/nixFile.ts';
import { libraryAt } from '../nixfile/scope.ts';
import { nixString } from '../nixfile/strings.ts';
import type { SyntaxNode } from '../nixfile/syntaxTree.ts';
import { children, type Range } from '../nixfile/tree.ts';

export type InitOptions = {
  /** The name of the managed patch. */
  name: string;
  /** The patch itself goes into the file, or an import of the separate file that holds it. */
  how: 'inside' | { importOf: string };
  attribute: Attribute;
};

export type InitPlan = { kind: 'planned'; text: string } | Refused;
export type Removal = { kind: 'removed'; text: string } | { kind: 'absent' } | Refused;

/** Marks a block in the middle of what was one line, so that `removeInit` can join the line again. */
const JOINED_NOTE = "# Put into one line of yours; 'falloutd init --remove' joins it again.";

/**
 * Adds the managed patch, or the import of its file, to the end of the list of kernel patches in a file. Gives the new
 * text: it parses, and `removeInit` makes exactly the old one of it. Refuses if the list is not certain (the hint says what
 * to add by hand), if `lib` cannot be reached there, or if the file has the markers already.
 */
export function planInit(file: NixFile, options: InitOptions): InitPlan {
  const names = [options.name, importName(options.name)];
  const present = readMarkers(file).find(({ name }) => names.includes(name));
  if (present !== undefined) {
    const message = `'${markerLine(present.edge, present.name)}' is already in this file`;
    return refused({ message, ...file.placeOf(present.from) });
  }
  const place = findPatchList(file);
  if (place.kind === 'none') {
    const message = `it is not clear where the managed patch belongs: ${place.message}`;
    return refused({ message, ...file.placeOf(place.offset), hint: byHand(options) });
  }
  const at = place.kind === 'append' ? place.expression : place.kind === 'binding' ? place.after : place.list;
  const library = libraryAt(file, at);
  if (library === null) {
    return refused({
      message: "'lib' cannot be reached at the list of patches",
      ...file.placeOf(at.from),
      hint: "Give the file's function a 'lib' argument: '{ lib, ... }:'.",
    });
  }
  const next = file.edited([insertion(file, place, options, library)]);
  const undone = next.kind === 'file' ? removeInit(next.file, options.name) : next;
  return next.kind === 'file' && undone.kind === 'removed' && undone.text === file.text
    ? { kind: 'planned', text: next.file.text }
    : refused({ message: 'the managed patch could not be added in a way that can be undone', hint: byHand(options) });
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
 * Takes out what `planInit` added: the managed patch and the import, each from its begin to its end marker. `absent` if the
 * file has neither. Refuses if markers are damaged or the rest would not parse.
 */
export function removeInit(file: NixFile, name: string): Removal {
  const splices: Splice[] = [];
  for (const markers of [name, importName(name)].map((one) => findMarkers(file, one))) {
    if (markers.kind === 'damaged') {
      const hint = 'Remove the markers and what belongs to them by hand.';
      return refused({ message: markers.message, ...file.placeOf(markers.offset), hint });
    }
    if (markers.kind === 'absent') continue;
    splices.push({ ...addedRange(file, { from: markers.begin.from, to: markers.end.to }), insert: '' });
  }
  if (splices.length === 0) return { kind: 'absent' };
  const rest = file.edited(splices);
  if (rest.kind === 'file') return { kind: 'removed', text: rest.file.text };
  return refused({
    message: 'without the managed patch this file would no longer be an expression',
    hint: 'If this is the separate file, delete the whole file.',
  });
}

export function importName(name: string): string {
  return `import ${name}`;
}

function insertion(file: NixFile, place: Place, options: InitOptions, library: string): Splice {
  const { at, ownLine, indent } = spotOf(file, place);
  const eol = file.lineEnding(file.lineStart(at));
  const base = file.indentation(at);
  const { marker, lines: element } = elementOf(options, library);
  const lines = [
    markerLine('begin', marker),
    ...(ownLine ? [] : [JOINED_NOTE]),
    ...elementAt(place, element),
    markerLine('end', marker),
  ].map((line) => indent + line + eol);
  const offset = ownLine ? file.lineStart(at) : at;
  return { from: offset, to: offset, insert: ownLine ? lines.join('') : eol + lines.join('') + base };
}

/** The lines go before `at`, which with `ownLine` begins a line. `indent`: their indentation. */
function spotOf(file: NixFile, place: Place): { at: number; ownLine: boolean; indent: string } {
  switch (place.kind) {
    case 'list':
    case 'part': {
      const at = place.list.to - 1;
      const indent = elementIndent(file, place.list) ?? deeper(file.indentation(at));
      return { at, ownLine: file.startsLine(at), indent };
    }
    case 'append':
      return { at: place.at, ownLine: false, indent: deeper(file.indentation(place.at)) };
    case 'binding': {
      const { from, to } = place.after;
      const endsLine = /^[ \t]*(?:#.*)?$/.test(file.text.slice(to, file.lineEnd(to)).replace(/[\r\n]+$/, ''));
      const indent = file.startsLine(from) ? file.indentation(from) : deeper(file.indentation(from));
      return endsLine && file.startsLine(from)
        ? { at: file.lineEnd(to), ownLine: true, indent }
        : { at: to, ownLine: false, indent };
    }
  }
}

/** The lines of an element in the form that its place needs. */
function elementAt(place: Place, element: readonly string[]): string[] {
  if (place.kind === 'list') return [...element];
  const binding = place.kind === 'binding' ? `${place.path} = ${place.given}` : '';
  const [before, after] = [place.kind === 'append' ? '++ [' : `${binding}[`, place.kind === 'binding' ? '];' : ']'];
  return element.length === 1 && place.kind !== 'append'
    ? [`${before} ${element.join('')} ${after}`]
    : [before, ...element.map((line) => `  ${line}`), after];
}

/** What was inserted: whole lines, and if they split a line, the line endings around them too. */
function addedRange(file: NixFile, block: Range): Range {
  const { text } = file;
  const from = Math.max(file.lineStart(block.from), text.startsWith('\ufeff') ? 1 : 0);
  const to = file.lineEnd(block.to);
  if (!file.textOf(block).includes(JOINED_NOTE)) return { from, to };
  const before = /(?:\r\n|\r|\n)$/.exec(text.slice(0, from))?.[0].length ?? 0;
  const base = file.indentation(from - before);
  return { from: from - before, to: text.startsWith(base, to) ? to + base.length : to };
}

function elementIndent(file: NixFile, list: SyntaxNode): string | null {
  const element = children(list)
    .slice(1, -1)
    .findLast((child) => file.startsLine(child.from));
  return element === undefined ? null : file.indentation(element.from);
}

/** The name in the markers, and the lines between them. */
function elementOf({ name, how, attribute }: InitOptions, library: string): { marker: string; lines: string[] } {
  return how === 'inside'
    ? { marker: name, lines: patchLines(name, attribute, library) }
    : { marker: importName(name), lines: [importElement(how.importOf, library)] };
}

function patchLines(name: string, attribute: Attribute, library: string): string[] {
  return ['{', `  name = ${nixString(name)};`, '  patch = null;', `  ${attribute} = with ${library}.kernel; { };`, '}'];
}

function importElement(path: string, library: string): string {
  const literal = /^\.{1,2}(?:\/[A-Za-z0-9._+-]+)+$/.test(path)
    ? path
    : `(./. + ${nixString(path.replace(/^\.?\/?/, '/'))})`;
  return `(import ${literal} ${library === 'lib' ? '{ inherit lib; }' : `{ lib = ${library}; }`})`;
}

function byHand(options: InitOptions): string {
  const { marker, lines } = elementOf(options, 'lib');
  return [
    'Add this as the last element of the list of kernel patches:',
    markerLine('begin', marker),
    ...lines,
    markerLine('end', marker),
  ].join('\n');
}
