/** Columns, and lists of items with aligned cells. */
import { clean, cut, wrap } from './style.ts';
import { widthOf } from './width.ts';

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

/** One thing in a list: short cells that are aligned, and a text about it. */
export type Item = { cells: readonly Cell[]; text: string };

/** A cell wider than this sticks out of its column instead of widening it for all. */
const WIDEST = 24;
const INDENT = '    ';

/**
 * Items with aligned cells that are never cut (names are there to be copied); the text follows on the
 * same line where it fits, and is wrapped below where it does not.
 */
export function listing(items: readonly Item[], width: number): string[] {
  const columns = largest(items.map((item) => item.cells.length));
  const widths = Array.from({ length: columns }, (_, i) =>
    largest(items.map((item) => sizeOf(item.cells[i])).filter((size) => size <= WIDEST)),
  );
  const padded = (cell: Cell, i: number): string => {
    const plain = clean(cell.text);
    return (cell.paint?.(plain) ?? plain) + ' '.repeat(Math.max(0, (widths[i] ?? 0) - sizeOf(cell)));
  };
  return items.flatMap(({ cells, text }) => {
    const head = [...cells];
    let rest = clean(text);
    const before = (n: number): number =>
      head.slice(0, n).reduce((sum, cell, i) => sum + Math.max(widths[i] ?? 0, sizeOf(cell)) + GAP.length, 0);
    // A name so long that the cells after it do not fit: they go below, with the text.
    while (head.length > 1 && before(head.length - 1) + sizeOf(head.at(-1)) > width) {
      const moved = clean(head.pop()?.text ?? '');
      rest = rest === '' ? moved : `${moved}; ${rest}`;
    }
    const line = head.map(padded).join(GAP);
    if (rest === '') return [line.trimEnd()];
    if (before(head.length) + widthOf(rest) <= width) return [`${line}${GAP}${rest}`];
    return [line.trimEnd(), ...wrap(rest, width - INDENT.length).map((below) => INDENT + below)];
  });
}

/** The largest number, 0 where there is none; `Math.max(...)` takes only so many. */
const largest = (numbers: readonly number[]): number => numbers.reduce((most, number) => Math.max(most, number), 0);

function sizeOf(cell: Cell | undefined): number {
  return cell === undefined ? 0 : widthOf(clean(cell.text));
}
