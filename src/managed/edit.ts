import type { Entry } from '../model/entry.ts';
import { refused, type Refused } from '../model/errors.ts';
import { sameAsk } from '../model/value.ts';
import { extentEnd, removal, replacement } from './bindings.ts';
import { type Names, namesAt, writeAsk } from './kernelValues.ts';
import { legacyLine, legacyText } from './legacyLines.ts';
import { findManaged, type ManagedBinding, type ManagedPatch, readManaged } from './managedPatch.ts';
import { deeper, type NixFile, type Splice } from '../nixfile/nixFile.ts';
import { KERNEL_NAMES } from '../nixfile/scope.ts';
import { attributeName, escapeIndented, nixString } from '../nixfile/strings.ts';
import type { SyntaxNode } from '../nixfile/syntaxTree.ts';
import type { Range } from '../nixfile/tree.ts';

export type Edit = { kind: 'edited'; file: NixFile } | { kind: 'unchanged' } | Refused;

/** The names that the expression of an entry uses. */
const WRITTEN_WITH: ReadonlySet<string> = new Set([...KERNEL_NAMES, 'lib', 'kernel', 'mkOverride', 'pkgs']);

/**
 * Makes the managed patch of a Nix file hold exactly these entries. Gives the new file: outside of the markers it is the
 * same, and inside only the lines of bindings that differ change, and those of the symbols in `reworded`, whose comment
 * is another. `unchanged` if the bindings say the same already, however they are laid out. Refuses entries that cannot be
 * written there and, as a last guard, an edit that would not read back as what was asked.
 */
export function editManaged(
  patch: ManagedPatch,
  entries: readonly Entry[],
  reworded: ReadonlySet<string> = new Set(),
): Edit {
  const { file, name, settings } = patch;
  const unfit = unfitEntry(entries);
  if (unfit !== null) return refused({ message: unfit });
  const isReworded = patch.bindings.some(({ symbol }) => reworded.has(symbol));
  if (holds(patch, entries) && !isReworded) return { kind: 'unchanged' };
  const structured = entries.filter((entry) => entry.via === 'structured');
  const names = namesAt(file, settings);
  if (names === null && structured.length > 0) {
    return refused({
      message: `'lib' cannot be reached from the managed patch '${name}'`,
      ...file.placeOf(settings.from),
      hint: "Give the file's function a 'lib' argument: '{ lib, ... }:'.",
    });
  }
  const isRecursive = settings.firstChild?.name === 'rec';
  const hiding = isRecursive ? structured.find(({ symbol }) => WRITTEN_WITH.has(symbol)) : undefined;
  if (hiding !== undefined) {
    return refused({
      message: `in 'rec { … }' the entry for ${hiding.symbol} would hide a name that other entries use`,
      ...file.placeOf(settings.from),
      hint: "Remove 'rec': the settings do not need it.",
    });
  }
  const eol = file.lineEnding(patch.begin.from);
  const changes =
    names === null
      ? patch.bindings.map(({ node }) => removal(file, node))
      : structuredSplices({ patch, names, eol }, structured, reworded);
  return checked(patch, [...changes, ...legacySplices(patch, entries, eol)], entries);
}

/** An entry's comment: one line of printable text that can never be a marker. */
export function reasonComment(reason: string): string {
  const line = reason
    .replace(/[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069\ufeff]+/gu, ' ')
    .replace(/falloutd:/gi, 'falloutd')
    .trim();
  return line === '' ? '' : ` # ${line}`;
}

/** Applies the splices; refuses what does not read back as asked, or touches a byte outside of the markers. */
function checked({ file, name, begin, end }: ManagedPatch, splices: Splice[], entries: readonly Entry[]): Edit {
  const next = file.edited(splices);
  if (next.kind === 'file') {
    const { text } = next.file;
    const isInside = text.startsWith(file.text.slice(0, begin.to)) && text.endsWith(file.text.slice(end.from));
    const again = findManaged(next.file, name);
    if (isInside && again.kind === 'managed' && holds(again.patch, entries)) return { kind: 'edited', file: next.file };
  }
  return refused({
    message: `the managed patch '${name}' could not be written so that it reads back as asked; nothing was changed`,
    ...file.placeOf(begin.from),
    hint: 'Please report this with the file.',
  });
}

function unfitEntry(entries: readonly Entry[]): string | null {
  const seen = new Set<string>();
  for (const entry of entries) {
    const key = `${entry.via} ${entry.symbol}`;
    if (seen.has(key)) return `two entries for ${entry.symbol}`;
    seen.add(key);
    if (!Number.isSafeInteger(entry.override)) return `${entry.override} is not an override number (${entry.symbol})`;
    const { value } = entry.ask;
    if (value.kind === 'freeform' && value.text.includes('\0'))
      return `the value of ${entry.symbol} holds a NUL character`;
    if (entry.via === 'legacy' && legacyLine(entry) === null)
      return `the entry for ${entry.symbol} cannot be written as a line of 'extraConfig'`;
  }
  return null;
}

function holds(patch: ManagedPatch, entries: readonly Entry[]): boolean {
  const structured = entries.filter((entry) => entry.via === 'structured');
  if (patch.bindings.length !== structured.length || !sameLegacy(patch, entries)) return false;
  const bindings = new Map(patch.bindings.map((binding) => [binding.symbol, binding]));
  return structured.every((entry) => {
    const binding = bindings.get(entry.symbol);
    return binding !== undefined && says(binding, entry);
  });
}

/** A plain definition has the module system's default priority of 100. */
function says({ ask, override }: ManagedBinding, entry: Entry): boolean {
  return ask !== null && (override ?? 100) === entry.override && sameAsk(ask, entry.ask);
}

/** Where entries are written, and how. */
type Writing = { patch: ManagedPatch; names: Names; eol: string };

function structuredSplices(writing: Writing, entries: readonly Entry[], reworded: ReadonlySet<string>): Splice[] {
  const { bindings, file } = writing.patch;
  const wanted = new Map(entries.map((entry) => [entry.symbol, entry]));
  const kept = keptBindings(bindings, wanted);
  const changes = bindings.flatMap((binding) => {
    const entry = kept.get(binding.symbol) === binding ? wanted.get(binding.symbol) : undefined;
    if (entry === undefined) return [removal(file, binding.node)];
    return says(binding, entry) && !reworded.has(entry.symbol)
      ? []
      : [replacement(file, binding.node, entryText(writing, entry), writing.eol)];
  });
  const added = entries.filter(({ symbol }) => !kept.has(symbol)).sort((a, b) => compareSymbols(a.symbol, b.symbol));
  const staying = bindings.filter((binding) => kept.get(binding.symbol) === binding);
  return [...changes, ...insertions(writing, staying, added)];
}

/** The binding that stays for each wanted symbol: of several the first that is right already, else the first. */
function keptBindings(
  bindings: readonly ManagedBinding[],
  wanted: ReadonlyMap<string, Entry>,
): Map<string, ManagedBinding> {
  const kept = new Map<string, ManagedBinding>();
  for (const binding of bindings) {
    const entry = wanted.get(binding.symbol);
    const earlier = kept.get(binding.symbol);
    if (entry !== undefined && (earlier === undefined || (!says(earlier, entry) && says(binding, entry))))
      kept.set(binding.symbol, binding);
  }
  return kept;
}

function entryText({ names }: Writing, entry: Entry): string {
  return `${attributeName(entry.symbol)} = ${writeAsk(names, entry.ask, entry.override)};${reasonComment(entry.reason)}`;
}

/** Inserts each entry, given in the order of their names, after the binding that precedes it. What follows on that line moves to a line of its own. */
function insertions(writing: Writing, staying: readonly ManagedBinding[], added: readonly Entry[]): Splice[] {
  const { eol, patch } = writing;
  const { file, settings } = patch;
  const opening = settings.getChild('{') ?? settings;
  const groups = new Map<SyntaxNode, { indent: string; lines: string }>();
  const common = settingsIndent(patch, staying);
  let next = 0;
  for (const entry of added) {
    while (next < staying.length && compareSymbols(staying[next]?.symbol ?? '', entry.symbol) <= 0) next += 1;
    const previous = staying[next - 1]?.node;
    const indent = previous !== undefined && file.startsLine(previous.from) ? file.indentation(previous.from) : common;
    const after = previous ?? opening;
    const lines = groups.get(after)?.lines ?? '';
    groups.set(after, { indent, lines: `${lines}${indent}${entryText(writing, entry)}${eol}` });
  }
  return [...groups].map(([node, { indent, lines }]) => {
    const after = extentEnd(file, node);
    if (file.endsLine(after)) return { from: file.lineEnd(after), to: file.lineEnd(after), insert: lines };
    const rest = staying.length === 0 ? file.indentation(settings.to - 1) : indent;
    return { from: after, to: file.afterBlanks(after), insert: eol + lines + rest };
  });
}

/** The indentation of the first of these bindings that begins a line. */
function settingsIndent({ file, settingsBinding }: ManagedPatch, bindings: readonly ManagedBinding[]): string {
  const first = bindings.find(({ node }) => file.startsLine(node.from));
  return first === undefined ? deeper(file.indentation(settingsBinding.from)) : file.indentation(first.node.from);
}

function compareSymbols(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Whether the patch's own `extraConfig` holds exactly the legacy ones of these entries, in any order. */
function sameLegacy({ legacy, unreadLegacy }: ManagedPatch, entries: readonly Entry[]): boolean {
  return unreadLegacy.length === 0 && legacy.map(legacyText).sort().join('\n') === linesOf(entries).join('\n');
}

/** Creates, rewrites or removes the `extraConfig` binding so that it holds the legacy entries. */
function legacySplices(patch: ManagedPatch, entries: readonly Entry[], eol: string): Splice[] {
  if (sameLegacy(patch, entries)) return [];
  const { file, legacyBinding, settingsBinding } = patch;
  const lines = linesOf(entries);
  if (legacyBinding !== null && lines.length === 0) return [removal(file, legacyBinding)];
  const indent = file.indentation((legacyBinding ?? settingsBinding).from);
  const written = `extraConfig = ${legacyString(lines, indent, eol)};`;
  if (legacyBinding !== null) return [replacement(file, legacyBinding, written, eol)];
  const after = extentEnd(file, settingsBinding);
  return [{ from: after, to: after, insert: eol + indent + written }];
}

/** An indented string would keep the carriage returns of a CRLF file, and tabs: Nix strips only spaces. */
function legacyString(lines: string[], indent: string, eol: string): string {
  if (eol !== '\n' || indent.includes('\t')) return nixString(lines.map((line) => `${line}\n`).join(''));
  return `''\n${lines.map((line) => `${deeper(indent)}${escapeIndented(line)}\n`).join('')}${indent}''`;
}

function linesOf(entries: readonly Entry[]): string[] {
  return entries.flatMap((entry) => (entry.via === 'legacy' ? (legacyLine(entry) ?? []) : [])).sort();
}

/** Whether two texts are the same outside of the markers of `name`. */
export function sameOutside(one: string, other: string, name: string): boolean {
  return outside(one, name) === outside(other, name);
}

function outside(text: string, name: string): string {
  const reading = readManaged(text, name);
  if (reading.kind !== 'managed') return text;
  const { begin, end } = reading.patch;
  return text.slice(0, begin.to) + text.slice(end.from);
}

export type Restoration = { kind: 'restored'; text: string } | { kind: 'unchanged' } | Refused;

/**
 * Puts back what is between the markers of `name` in the text `before`; every other character of `now` stays.
 * Refuses if a text has no such markers, or if the result would not parse.
 */
export function restoreManaged(now: string, before: string, name: string): Restoration {
  const [current, earlier] = [readManaged(now, name), readManaged(before, name)];
  if (current.kind !== 'managed' || earlier.kind !== 'managed') {
    const where = current.kind === 'managed' ? 'the earlier version' : 'the file';
    return refused({
      message: `${where} does not have both markers of the managed patch \`${name}\``,
      hint: 'repair the markers, or take the text from `falloutd diff`',
    });
  }
  const { file } = current.patch;
  const between = ({ begin, end }: ManagedPatch): Range => ({ from: begin.to, to: end.from });
  const insert = earlier.patch.file.textOf(between(earlier.patch));
  if (file.textOf(between(current.patch)) === insert) return { kind: 'unchanged' };
  const result = file.edited([{ ...between(current.patch), insert }]);
  return result.kind === 'file' && findManaged(result.file, name).kind === 'managed'
    ? { kind: 'restored', text: result.file.text }
    : refused({ message: 'what was between the markers no longer fits the file' });
}
