import { clean, wrap, type Cell } from './table.ts';
import { widthOf } from './width.ts';

/** One thing in a list: short cells that are aligned, and a text about it. */
export type Item = { cells: readonly Cell[]; text: string };

/** A cell wider than this sticks out of its column instead of widening it for all. */
const WIDEST = 24;
const GAP = '  ';
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
