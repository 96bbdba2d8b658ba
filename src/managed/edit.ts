import type { SyntaxNode } from '@lezer/common';
import type { Entry } from '../model/entry.ts';
import type { Problem } from '../model/problem.ts';
import { sameAsk } from '../model/value.ts';
import { extentEnd, removal, replacement } from './bindings.ts';
import { legacySplices, sameLegacy } from './editLegacy.ts';
import { type Names, namesAt, writeAsk } from './kernelValues.ts';
import { legacyLine } from './legacyLines.ts';
import { findManaged, type ManagedBinding, type ManagedPatch } from './managedPatch.ts';
import { deeper, type NixFile, type Splice } from '../nixfile/nixFile.ts';
import { KERNEL_NAMES } from '../nixfile/scope.ts';
import { attributeName } from '../nixfile/strings.ts';

export type Edit = { kind: 'edited'; file: NixFile } | { kind: 'unchanged' } | { kind: 'refused'; problem: Problem };

/** Names that an entry is written with. */
const WRITTEN_WITH: ReadonlySet<string> = new Set([...KERNEL_NAMES, 'lib', 'kernel', 'mkOverride', 'pkgs']);

/**
 * Makes the managed patch of a Nix file hold exactly these entries.
 *
 * Gives the file that this makes; nothing outside of the markers changes, and inside only the lines of bindings
 * that differ. `unchanged` when the bindings say the same already, however they are laid out. Refuses entries that
 * cannot be written there and (as a last guard) an edit that would not read back as what was asked.
 */
export function editManaged(patch: ManagedPatch, entries: readonly Entry[]): Edit {
  const { file, name, settings } = patch;
  const unfit = unfitEntry(entries);
  if (unfit !== null) return refused({ message: unfit });
  if (holds(patch, entries)) return { kind: 'unchanged' };
  const structured = entries.filter((entry) => entry.via === 'structured');
  const names = namesAt(file, settings);
  if (names === null && structured.length > 0) {
    return refused({
      message: `'lib' cannot be reached from the managed patch '${name}'`,
      ...file.placeOf(settings.from),
      hint: "Give the file's function a 'lib' argument: '{ lib, ... }:'.",
    });
  }
  const hiding =
    settings.firstChild?.name === 'rec' ? structured.find(({ symbol }) => WRITTEN_WITH.has(symbol)) : undefined;
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
      : structuredSplices({ patch, names, eol }, structured);
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
function says(binding: ManagedBinding, entry: Entry): boolean {
  return binding.ask !== null && (binding.override ?? 100) === entry.override && sameAsk(binding.ask, entry.ask);
}

/** Where entries are written, and how. */
type Writing = { patch: ManagedPatch; names: Names; eol: string };

function structuredSplices(writing: Writing, entries: readonly Entry[]): Splice[] {
  const { patch, eol } = writing;
  const fates = decide(patch.bindings, entries);
  const changes = [...fates].flatMap(([{ node }, fate]) => {
    if (fate === 'keep') return [];
    return fate === 'remove' ? removal(patch.file, node) : replacement(patch.file, node, entryText(writing, fate), eol);
  });
  const staying = patch.bindings.filter((binding) => fates.get(binding) !== 'remove');
  const present = new Set(patch.bindings.map(({ symbol }) => symbol));
  const added = entries.filter(({ symbol }) => !present.has(symbol)).sort((a, b) => compareSymbols(a.symbol, b.symbol));
  return [...changes, ...insertions(writing, staying, added)];
}

/** What becomes of each binding. Of several of one symbol the first right one stays, else the first one is rewritten. */
function decide(
  bindings: readonly ManagedBinding[],
  entries: readonly Entry[],
): Map<ManagedBinding, 'keep' | 'remove' | Entry> {
  const wanted = new Map(entries.map((entry) => [entry.symbol, entry]));
  const fates = new Map<ManagedBinding, 'keep' | 'remove' | Entry>(bindings.map((binding) => [binding, 'remove']));
  const settle = (binding: ManagedBinding, fate: 'keep' | Entry): void => {
    fates.set(binding, fate);
    wanted.delete(binding.symbol);
  };
  for (const binding of bindings) {
    const entry = wanted.get(binding.symbol);
    if (entry !== undefined && says(binding, entry)) settle(binding, 'keep');
  }
  for (const binding of bindings) {
    const entry = wanted.get(binding.symbol);
    if (entry !== undefined) settle(binding, entry);
  }
  return fates;
}

function entryText({ names }: Writing, entry: Entry): string {
  return `${attributeName(entry.symbol)} = ${writeAsk(names, entry.ask, entry.override)};${reasonComment(entry.reason)}`;
}

/** Each entry after the binding that precedes it in the order of the symbols; what follows there stays on a line of its own. */
function insertions(writing: Writing, staying: readonly ManagedBinding[], added: readonly Entry[]): Splice[] {
  const { file, settings } = writing.patch;
  const { eol } = writing;
  const opening = settings.getChild('{') ?? settings;
  const groups = new Map<SyntaxNode, { indent: string; lines: string }>();
  for (const entry of added) {
    const next = staying.findIndex(({ symbol }) => compareSymbols(symbol, entry.symbol) > 0);
    const previous = next === -1 ? staying.at(-1) : staying[next - 1];
    const indent = settingsIndent(writing.patch, previous === undefined ? staying : [previous, ...staying]);
    const after = previous?.node ?? opening;
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

function refused(problem: Problem): Edit {
  return { kind: 'refused', problem };
}
