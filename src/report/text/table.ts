import { beginningOf, piecesOf, widthOf } from './width.ts';

/** A cell: its text (one line, no control sequences), and how to colour it once its place is known. */
export type Cell = { text: string; paint?: ((text: string) => string) | undefined };

export type Column = {
  align?: 'left' | 'right';
  /** How a column gives way where the table is too wide: `cut` ends with …, `wrap` goes on below. At most one wraps. */
  shrink?: 'cut' | 'wrap';
};

const GAP = '  ';
/** A shrinking column never gets narrower than this. */
const NARROWEST = 8;

/**
 * Lines of aligned columns, at most `width` wide as far as the shrinking columns allow it. Widths are those
 * of a terminal: wide characters count two. The last column is not padded.
 */
export function table(columns: readonly Column[], rows: readonly (readonly Cell[])[], width: number): string[] {
  const widths = fit(columns, rows, width);
  return rows.flatMap((row) => {
    const cells = columns.map((column, i) => {
      const cell = row[i] ?? { text: '' };
      const text = clean(cell.text);
      const size = widths[i] ?? 0;
      const lines = column.shrink === 'wrap' ? wrap(text, size) : [cut(text, size)];
      return { lines, size, paint: cell.paint ?? ((plain: string) => plain), right: column.align === 'right' };
    });
    const height = Math.max(...cells.map((cell) => cell.lines.length));
    return Array.from({ length: height }, (_, line) =>
      cells
        .map(({ lines, size, paint, right }) => {
          const text = lines[line] ?? '';
          const space = ' '.repeat(Math.max(0, size - widthOf(text)));
          const painted = text === '' ? '' : paint(text);
          return right ? space + painted : painted + space;
        })
        .join(GAP)
        .trimEnd(),
    );
  });
}

function fit(columns: readonly Column[], rows: readonly (readonly Cell[])[], width: number): number[] {
  const widths = columns.map((_, i) =>
    rows.reduce((widest, row) => Math.max(widest, widthOf(clean(row[i]?.text ?? ''))), 0),
  );
  let over = widths.reduce((sum, size) => sum + size, 0) + GAP.length * (columns.length - 1) - width;
  while (over > 0) {
    // The widest of those that may shrink gives one column at a time, so that they end up alike.
    let widest = -1;
    columns.forEach((column, i) => {
      const size = widths[i] ?? 0;
      if (column.shrink !== undefined && size > NARROWEST && size > (widths[widest] ?? 0)) widest = i;
    });
    if (widest === -1) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    over--;
  }
  return widths;
}

/** `text` in at most `width` columns; what does not fit ends with `…`. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const beginning = beginningOf(text, width - 1);
  if (widthOf(beginning) < width) return beginning.trimEnd() + '…';
  return width < 1 ? '' : '…';
}

/** `text` as lines of at most `width` columns, broken at spaces where there are any. */
export function wrap(text: string, width: number): string[] {
  if (widthOf(text) <= width) return [text];
  const room = Math.max(2, width);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) <= room) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = piecesOf(word, room);
    line = pieces.pop() ?? '';
    for (const piece of pieces) lines.push(piece);
  }
  return [...lines, line];
}

/** Wraps `text` after `first`; the lines below are indented by the width of `first`, or less where a word would have to be broken. */
export function hanging(first: string, text: string, width: number): string[] {
  const indent = widthOf(first);
  const longest = clean(text)
    .split(' ')
    .reduce((most, word) => Math.max(most, widthOf(word)), 0);
  const below = 4;
  if (longest > width - indent && longest <= width - below)
    return [
      ...(first.trim() === '' ? [] : [first.trimEnd()]),
      ...wrap(clean(text), width - below).map((line) => ' '.repeat(below) + line),
    ];
  return wrap(clean(text), width - indent).map((line, i) => (i === 0 ? first : ' '.repeat(indent)) + line);
}

/** `text` as one line that cannot move the cursor nor turn the direction of writing: control characters become spaces. */
export function clean(text: string): string {
  // eslint-disable-next-line no-control-regex -- they are what it is about
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, ' ');
}
