import type { Entry } from '../model/entry.ts';
import { Damage } from './markers.ts';
import type { NixFile } from '../nixfile/nixFile.ts';
import { stringText } from '../nixfile/strings.ts';
import type { SyntaxNode } from '../nixfile/syntaxTree.ts';
import { bare, valueOf } from '../nixfile/tree.ts';

/** One line `SYMBOL VALUE` or `SYMBOL? VALUE` of the managed patch's own `extraConfig`. */
export type LegacyLine = { symbol: string; value: string; optional: boolean };

/** The lines of an `extraConfig = "…";`, and those that are not settings. @throws Damage if its value is computed. */
export function readLegacy(
  file: NixFile,
  binding: SyntaxNode | null,
): { legacy: LegacyLine[]; unreadLegacy: string[] } {
  const legacy: LegacyLine[] = [];
  const unreadLegacy: string[] = [];
  if (binding === null) return { legacy, unreadLegacy };
  const value = valueOf(binding);
  const content = value === null ? null : stringText(file, bare(value));
  if (content === null) throw new Damage("its 'extraConfig' is not a plain string", binding.from);
  for (const line of content.split('\n')) {
    const [, symbol, mark, answer] = /^\s*([A-Za-z0-9_]+)(\?)?\s+(.*?)\s*$/.exec(line) ?? [];
    // A carriage return would become part of the answer that the config script gives.
    if (symbol !== undefined && answer !== undefined && !line.includes('\r'))
      legacy.push({ symbol, value: answer, optional: mark !== undefined });
    else if (line.includes('\r') || line.trim() !== '') unreadLegacy.push(line);
  }
  return { legacy, unreadLegacy };
}

export function legacyText({ symbol, value, optional }: LegacyLine): string {
  return `${symbol}${optional ? '?' : ''} ${value}`;
}

/** The line of an entry in the managed patch's own `extraConfig`; null if no such line can express it. */
export function legacyLine({ symbol, ask: { value: asked, optional } }: Entry): string | null {
  if (asked.kind === 'unset') return null;
  const value = asked.kind === 'tristate' ? asked.tristate : asked.text;
  // The config script cuts a line at '#', and reads nothing after a line end.
  if (!/^[A-Za-z0-9_]+$/.test(symbol) || !/^[^\s#](?:[^\r\n#]*[^\s#])?$/.test(value)) return null;
  return legacyText({ symbol, value, optional });
}
