import type { Entry } from '../model/entry.ts';
import { extentEnd, removal, replacement } from './bindings.ts';
import { legacyLine, legacyText } from './legacyLines.ts';
import type { ManagedPatch } from './managedPatch.ts';
import { deeper, type Splice } from '../nixfile/nixFile.ts';
import { escapeIndented, nixString } from '../nixfile/strings.ts';

/** Whether the patch's own `extraConfig` holds exactly the legacy ones of these entries, in any order. */
export function sameLegacy({ legacy, unreadLegacy }: ManagedPatch, entries: readonly Entry[]): boolean {
  const held = legacy.map(legacyText).sort();
  return unreadLegacy.length === 0 && held.join('\n') === linesOf(entries).join('\n');
}

/** Creates, rewrites or removes the `extraConfig` binding so that it holds the legacy entries. */
export function legacySplices(patch: ManagedPatch, entries: readonly Entry[], eol: string): Splice[] {
  if (sameLegacy(patch, entries)) return [];
  const { file, legacyBinding, settingsBinding } = patch;
  const lines = linesOf(entries);
  if (legacyBinding !== null && lines.length === 0) return [removal(file, legacyBinding)];
  const indent = file.indentation((legacyBinding ?? settingsBinding).from);
  const written = `extraConfig = ${literal(lines, indent, eol)};`;
  if (legacyBinding !== null) return [replacement(file, legacyBinding, written, eol)];
  const after = extentEnd(file, settingsBinding);
  return [{ from: after, to: after, insert: eol + indent + written }];
}

/** An indented string would keep the carriage returns of a CRLF file, and tabs: Nix strips spaces only. */
function literal(lines: string[], indent: string, eol: string): string {
  if (eol !== '\n' || indent.includes('\t')) return nixString(lines.map((line) => `${line}\n`).join(''));
  return `''\n${lines.map((line) => `${deeper(indent)}${escapeIndented(line)}\n`).join('')}${indent}''`;
}

function linesOf(entries: readonly Entry[]): string[] {
  return entries
    .filter((entry) => entry.via === 'legacy')
    .flatMap((entry) => legacyLine(entry) ?? [])
    .sort();
}
