import type { Entry } from '../model/entry.ts';
import { extentEnd, removal, replacement } from './bindings.ts';
import type { Located, ManagedBlock } from './managedPatch.ts';
import { indentation } from './markers.ts';
import { deeper, type Splice } from '../nixfile/splice.ts';
import { escapeIndented, quote } from '../nixfile/strings.ts';

/** The line of an entry in the managed patch's own `extraConfig`; null when such a line cannot say it. */
export function legacyLine({ symbol, ask }: Entry): string | null {
  if (ask.value.kind === 'unset') return null;
  const value = ask.value.kind === 'tristate' ? ask.value.tristate : ask.value.text;
  // The config script cuts a line at '#', and reads nothing behind a line end.
  if (!/^[A-Za-z0-9_]+$/.test(symbol) || !/^[^\s#](?:[^\r\n#]*[^\s#])?$/.test(value)) return null;
  return `${symbol}${ask.optional ? '?' : ''} ${value}`;
}

export function sameLegacy(block: ManagedBlock, entries: readonly Entry[]): boolean {
  const wanted = linesOf(entries);
  const held = block.legacy.map((line) => `${line.symbol}${line.optional ? '?' : ''} ${line.value}`).sort();
  return (
    block.unreadLegacy.length === 0 &&
    held.length === wanted.length &&
    held.every((line, index) => line === wanted[index])
  );
}

/** Creates, rewrites or removes the `extraConfig` binding so that it holds the legacy entries. */
export function legacySplices(text: string, located: Located, entries: readonly Entry[], eol: string): Splice[] {
  const { block, patch, settingsBinding } = located;
  if (sameLegacy(block, entries)) return [];
  const lines = linesOf(entries);
  const range = block.legacyRange;
  const binding = range === null ? undefined : patch.getChildren('Binding').find((node) => node.from === range.from);
  if (binding !== undefined && lines.length === 0) return [removal(text, binding)];
  const indent = indentation(text, (binding ?? settingsBinding).from);
  const written = `extraConfig = ${literal(lines, indent, eol)};`;
  if (binding !== undefined) return [replacement(text, binding, written, eol)];
  const after = extentEnd(text, settingsBinding);
  return [{ from: after, to: after, insert: eol + indent + written }];
}

/** An indented string would keep the carriage returns of a CRLF file, and tabs: Nix strips spaces only. */
function literal(lines: string[], indent: string, eol: string): string {
  if (eol !== '\n' || indent.includes('\t')) return quote(lines.map((line) => `${line}\n`).join(''));
  return `''\n${lines.map((line) => `${deeper(indent)}${escapeIndented(line)}\n`).join('')}${indent}''`;
}

function linesOf(entries: readonly Entry[]): string[] {
  return entries
    .filter((entry) => entry.via === 'legacy')
    .flatMap((entry) => legacyLine(entry) ?? [])
    .sort();
}
