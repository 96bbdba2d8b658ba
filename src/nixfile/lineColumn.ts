const LINE_END = /\r\n|\r|\n/;

/** Line and column of a UTF-16 offset, both from 1. Lines end at LF, CRLF or a lone CR, as Nix counts them. */
export function lineColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split(LINE_END);
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** The offsets at which the lines of a text begin, for many questions about one text. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (const end of text.matchAll(new RegExp(LINE_END, 'g'))) starts.push(end.index + end[0].length);
  return starts;
}

/** The UTF-16 offset of a line and column, both from 1. */
export function offsetAt(text: string, line: number, column: number): number {
  return (lineStarts(text)[line - 1] ?? text.length) + column - 1;
}

/** How much of a long line is shown before the caret and after it. */
const AROUND = 40;

/** The line with its number, and a caret below the column. */
export function excerpt(text: string, { line, column }: { line: number; column: number }): string {
  const whole = (text.split(LINE_END)[line - 1] ?? '').replaceAll('\t', ' ');
  const from = Math.max(0, column - 1 - AROUND);
  const label = `${line} | `;
  return `${label}${whole.slice(from, column + AROUND).trimEnd()}\n${' '.repeat(label.length + column - 1 - from)}^`;
}
