import { stripAnsi } from './events.ts';

const NAMED: Record<string, string> = { quot: '"', apos: "'", lt: '<', gt: '>', amp: '&', nbsp: ' ' };
const ENTITY = /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(quot|apos|lt|gt|amp|nbsp));/gi;
const TAG = /<\/?(?:pre|code|span|br|div|p|b|i|em|strong|font|a|li|td|tr|samp|tt)(?:\s[^<>]*)?\/?>/gi;
const TYPOGRAPHIC = /[\u2018\u2019\u201a\u201b\u2032\u201c\u201d\u201e\u201f\u2033\u00a0\u202f\u200b\ufeff]/g;
// One pattern for all, since it is tried on each line of a long log.
const PASTED = new RegExp(`[&<\\r\\u001b${TYPOGRAPHIC.source.slice(1)}`);

/** Whether anything in a line may be what terminals, editors, browsers or forums add. */
export const isPasted = (line: string): boolean => PASTED.test(line);

/** The lines of a log without what terminals, editors, browsers and forums add to a text. */
export function pastedLines(text: string): string[] {
  let lines = withoutTypography(withoutHtml(stripAnsi(text.replace(/^\ufeff/, '')))).split('\n');
  // A terminal shows only what follows the last CR.
  if (text.includes('\r'))
    lines = lines.map((line) =>
      line.includes('\r') ? (line.split('\r').findLast((part) => part !== '') ?? '') : line,
    );
  if (text.includes('```')) lines = lines.filter((line) => !/^\s*```\w*\s*$/.test(line));
  return withoutIndent(lines);
}

/** The lines without the indentation that all of them have. */
export function withoutIndent(lines: readonly string[]): string[] {
  let least = Infinity;
  for (const line of lines) {
    if (least === 0) break;
    if (line.trim() !== '') least = Math.min(least, line.length - line.trimStart().length);
  }
  return least === Infinity || least === 0 ? [...lines] : lines.map((line) => line.slice(least));
}

/** Removes tags and resolves entities, also those that were escaped again (up to three times). */
function withoutHtml(text: string): string {
  let plain = /<\/(?:pre|code|span|div|p|td|samp)>|<br ?\/?>/i.test(text) ? text.replace(TAG, '') : text;
  for (let times = 0; times < 3 && plain.includes('&') && plain.search(ENTITY) >= 0; times++)
    plain = plain.replace(ENTITY, (whole, hex?: string, decimal?: string, name?: string) => {
      const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
      if (name !== undefined) return NAMED[name.toLowerCase()] ?? whole;
      return code > 0x10ffff ? whole : String.fromCodePoint(code);
    });
  // JSON writes these five characters so; Nix's own records are decoded elsewhere.
  return plain.includes('\\u00') && !plain.includes('@nix {')
    ? plain.replace(/\\u00(22|26|27|3c|3e)/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    : plain;
}

/** Nix before 2.3 quotes like ‘this’, and word processors turn plain quotes into such. */
function withoutTypography(text: string): string {
  if (text.search(TYPOGRAPHIC) < 0) return text;
  return text.replace(TYPOGRAPHIC, (character) => {
    if ('\u200b\ufeff'.includes(character)) return '';
    if ('\u00a0\u202f'.includes(character)) return ' ';
    return '\u201c\u201d\u201e\u201f\u2033'.includes(character) ? '"' : "'";
  });
}
