import type { SyntaxNode } from '@lezer/common';
import type { Entry } from '../model/entry.ts';
import { Damage } from './markers.ts';
import type { NixFile } from '../nixfile/nixFile.ts';
import { stringText } from '../nixfile/strings.ts';
import { bare, valueOf } from '../nixfile/tree.ts';

/** One line `SYMBOL VALUE` or `SYMBOL? VALUE` of the managed patch's own `extraConfig`. */
export type LegacyLine = { symbol: string; value: string; optional: boolean };

/** The lines of an `extraConfig = "…";`, and those that are no setting. @throws Damage when its value is computed. */
export function readLegacy(file: NixFile, binding: SyntaxNode): { lines: LegacyLine[]; unread: string[] } {
  const value = valueOf(binding);
  const content = value === null ? null : stringText(file, bare(value));
  if (content === null) throw new Damage("its 'extraConfig' is not a plain string", binding.from);
  const lines: LegacyLine[] = [];
  const unread: string[] = [];
  for (const line of content.split('\n')) {
    const [, symbol, mark, answer] = /^\s*([A-Za-z0-9_]+)(\?)?\s+(.*?)\s*$/.exec(line) ?? [];
    // A carriage return would become part of the answer that the config script gives.
    if (symbol !== undefined && answer !== undefined && !line.includes('\r'))
      lines.push({ symbol, value: answer, optional: mark !== undefined });
    else if (line.includes('\r') || line.trim() !== '') unread.push(line);
  }
  return { lines, unread };
}

export function legacyText({ symbol, value, optional }: LegacyLine): string {
  return `${symbol}${optional ? '?' : ''} ${value}`;
}

/** The line of an entry in the managed patch's own `extraConfig`; null when such a line cannot say it. */
export function legacyLine({ symbol, ask: { value: asked, optional } }: Entry): string | null {
  if (asked.kind === 'unset') return null;
  const value = asked.kind === 'tristate' ? asked.tristate : asked.text;
  // The config script cuts a line at '#', and reads nothing after a line end.
  if (!/^[A-Za-z0-9_]+$/.test(symbol) || !/^[^\s#](?:[^\r\n#]*[^\s#])?$/.test(value)) return null;
  return legacyText({ symbol, value, optional });
}
