import type { SyntaxNode } from '@lezer/common';
import type { Entry } from '../model/entry.ts';
import type { Problem } from '../model/problem.ts';
import { sameAsk } from '../model/value.ts';
import { type Names, namesAt, writeAsk } from './kernelValues.ts';
import { extentEnd, removal, replacement } from './bindings.ts';
import { legacyLine, legacySplices, sameLegacy } from './legacyLines.ts';
import { locateManaged, type Located, type ManagedBinding } from './managedPatch.ts';
import { indentation, lineEnd, lineEnding, markerLine, placeOf, standsAlone } from './markers.ts';
import { KERNEL_NAMES, sourceOf } from '../nixfile/scope.ts';
import { afterBlanks, applySplices, deeper, endsLine, type Splice } from '../nixfile/splice.ts';
import { attributeName } from '../nixfile/strings.ts';

export type Edit = { kind: 'edited'; text: string } | { kind: 'unchanged' } | { kind: 'refused'; problem: Problem };

/** Names that an entry is written with. */
const WRITTEN_WITH: ReadonlySet<string> = new Set([...KERNEL_NAMES, 'lib', 'kernel', 'mkOverride', 'pkgs']);

type Held = { binding: ManagedBinding; node: SyntaxNode; fate: 'keep' | 'remove' | Entry };

/**
 * Makes the managed patch `name` of a Nix file hold exactly these entries.
 *
 * Takes the text of the file; nothing outside of the markers changes, and inside only the lines of bindings
 * that differ. `unchanged` when the bindings say the same already, however they are laid out. Refuses a file
 * that does not parse, a missing or damaged block, entries that cannot be written there, and (as a last
 * guard) an edit that would not read back as what was asked.
 */
export function editManaged(text: string, name: string, entries: readonly Entry[]): Edit {
  const location = locateManaged(text, name);
  if (location.kind === 'absent') {
    return refused(`no managed patch '${name}' stands in this file`, {
      hint: `Run 'falloutd init', or add '${markerLine('begin', name)}' and '${markerLine('end', name)}' around one patch.`,
    });
  }
  if (location.kind !== 'located') return { kind: 'refused', problem: location.problem };
  const { located } = location;
  const unfit = unfitEntry(entries);
  if (unfit !== null) return refused(unfit);
  if (holds(located, entries)) return { kind: 'unchanged' };

  const structured = entries.filter((entry) => entry.via === 'structured');
  const names = namesAt(sourceOf(text), located.settings);
  if (names === null && structured.length > 0) {
    return refused(`'lib' cannot be reached from the managed patch '${name}'`, {
      ...placeOf(text, located.settings.from),
      hint: "Give the file's function a 'lib' argument: '{ lib, ... }:'.",
    });
  }
  const hiding =
    located.settings.firstChild?.name === 'rec' ? structured.find(({ symbol }) => WRITTEN_WITH.has(symbol)) : undefined;
  if (hiding !== undefined) {
    return refused(`in 'rec { … }' the entry for ${hiding.symbol} would hide what the others are written with`, {
      ...placeOf(text, located.settings.from),
      hint: "Take 'rec' away: the settings need none.",
    });
  }
  const eol = lineEnding(text, located.block.begin.from);
  const next = applySplices(text, [
    ...(names === null ? removeAll(text, located) : structuredSplices(text, located, structured, names, eol)),
    ...legacySplices(text, located, entries, eol),
  ]);
  return checked(text, next, name, located, entries);
}

/** What stands behind the `#` of an entry: one line of printable text that can never be a marker. */
export function reasonComment(reason: string): string {
  const line = reason
    .replace(/[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069\ufeff]+/gu, ' ')
    .replace(/falloutd:/gi, 'falloutd')
    .trim();
  return line === '' ? '' : ` # ${line}`;
}

function checked(text: string, next: string, name: string, { block }: Located, entries: readonly Entry[]): Edit {
  const again = locateManaged(next, name);
  const tail = text.slice(block.end.from);
  const untouched = next.startsWith(text.slice(0, block.begin.to)) && next.endsWith(tail);
  if (again.kind === 'located' && untouched && holds(again.located, entries)) return { kind: 'edited', text: next };
  return refused(
    `the managed patch '${name}' could not be written so that it reads back as asked; nothing was changed`,
    {
      ...placeOf(text, block.begin.from),
      hint: 'Please report this with the file.',
    },
  );
}

function unfitEntry(entries: readonly Entry[]): string | null {
  const seen = new Set<string>();
  for (const entry of entries) {
    const key = `${entry.via} ${entry.symbol}`;
    if (seen.has(key)) return `two entries for ${entry.symbol}`;
    seen.add(key);
    if (!Number.isSafeInteger(entry.override)) {
      return `the override number ${entry.override} of ${entry.symbol} is none`;
    }
    const { value } = entry.ask;
    if (value.kind === 'freeform' && value.text.includes('\0'))
      return `the value of ${entry.symbol} holds a NUL character`;
    if (entry.via === 'legacy' && legacyLine(entry) === null) {
      return `the entry for ${entry.symbol} cannot be said in a line of 'extraConfig'`;
    }
  }
  return null;
}

function holds({ block }: Located, entries: readonly Entry[]): boolean {
  const structured = entries.filter((entry) => entry.via === 'structured');
  if (block.bindings.length !== structured.length || !sameLegacy(block, entries)) return false;
  const bindings = new Map(block.bindings.map((binding) => [binding.symbol, binding]));
  return structured.every((entry) => {
    const binding = bindings.get(entry.symbol);
    return binding !== undefined && says(binding, entry);
  });
}

/** A plain definition has the module system's default priority of 100. */
function says(binding: ManagedBinding, entry: Entry): boolean {
  return binding.ask !== null && (binding.override ?? 100) === entry.override && sameAsk(binding.ask, entry.ask);
}

function structuredSplices(text: string, located: Located, entries: Entry[], names: Names, eol: string): Splice[] {
  const held = decide(located, entries);
  const splices = held.flatMap((one) => {
    if (one.fate === 'keep') return [];
    return one.fate === 'remove'
      ? [removal(text, one.node)]
      : [replacement(text, one.node, entryText(one.fate, names), eol)];
  });
  const present = new Set(located.block.bindings.map((binding) => binding.symbol));
  const added = entries
    .filter((entry) => !present.has(entry.symbol))
    .sort((a, b) => compareSymbols(a.symbol, b.symbol));
  return [...splices, ...insertions(text, located, held, added, names, eol)];
}

/** Of several bindings of one symbol the first right one stays, else the first one is rewritten. */
function decide({ block, settings }: Located, entries: Entry[]): Held[] {
  const nodes = settings.getChildren('Binding');
  const settled = new Set<string>();
  const wanted = new Map(entries.map((entry) => [entry.symbol, entry]));
  const held: Held[] = block.bindings.flatMap((binding, index) => {
    const node = nodes[index];
    return node === undefined ? [] : [{ binding, node, fate: 'remove' as const }];
  });
  for (const one of held) {
    const entry = wanted.get(one.binding.symbol);
    if (entry === undefined || settled.has(entry.symbol) || !says(one.binding, entry)) continue;
    one.fate = 'keep';
    settled.add(entry.symbol);
  }
  for (const one of held) {
    const entry = wanted.get(one.binding.symbol);
    if (entry === undefined || settled.has(entry.symbol)) continue;
    one.fate = entry;
    settled.add(entry.symbol);
  }
  return held;
}

function removeAll(text: string, { settings }: Located): Splice[] {
  return settings.getChildren('Binding').map((node) => removal(text, node));
}

function entryText(entry: Entry, names: Names): string {
  return `${attributeName(entry.symbol)} = ${writeAsk(names, entry.ask, entry.override)};${reasonComment(entry.reason)}`;
}

function insertions(text: string, located: Located, held: Held[], added: Entry[], names: Names, eol: string): Splice[] {
  const staying = held.filter((one) => one.fate !== 'remove');
  const brace = located.settings.getChild('{')?.to ?? located.settings.from + 1;
  const groups = new Map<number, { after: number; indent: string; rest: string; lines: string[] }>();
  for (const entry of added) {
    const next = staying.findIndex((one) => compareSymbols(one.binding.symbol, entry.symbol) > 0);
    const previous = next === -1 ? staying.at(-1) : staying[next - 1];
    const after =
      previous === undefined ? afterComments(text, located.settings, brace) : extentEnd(text, previous.node);
    const indent = settingsIndent(text, located, staying, previous);
    const rest = staying.length === 0 ? indentation(text, located.settings.to - 1) : indent;
    const group = groups.get(after) ?? { after, indent, rest, lines: [] };
    group.lines.push(indent + entryText(entry, names));
    groups.set(after, group);
  }
  return [...groups.values()].map(({ after, lines, rest }) => {
    if (endsLine(text, after)) {
      const at = lineEnd(text, after);
      return { from: at, to: at, insert: lines.map((line) => line + eol).join('') };
    }
    return { from: after, to: afterBlanks(text, after), insert: eol + lines.map((line) => line + eol).join('') + rest };
  });
}

/** Behind the comments that stand on the line of the opening brace. */
function afterComments(text: string, settings: SyntaxNode, brace: number): number {
  const opening = settings.getChild('{');
  return opening === null ? brace : extentEnd(text, opening);
}

function settingsIndent(text: string, located: Located, staying: Held[], previous: Held | undefined): string {
  for (const one of [previous, ...staying]) {
    if (one !== undefined && standsAlone(text, one.node.from)) return indentation(text, one.node.from);
  }
  return deeper(indentation(text, located.settingsBinding.from));
}

function compareSymbols(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function refused(message: string, more: Omit<Problem, 'message'> = {}): Edit {
  return { kind: 'refused', problem: { message, ...more } };
}
