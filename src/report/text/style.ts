/** How text is written on one output: its colours, its width, and lines that fit. */
import pc from 'picocolors';
import { beginningOf, piecesOf, widthOf } from './width.ts';

/** How to write for one output: with which colours, and how many columns there are. */
export type Style = {
  colors: ReturnType<typeof pc.createColors>;
  /** Infinity where nothing has to fit (a pipe, a file). */
  width: number;
  /** True for a terminal that understands control sequences: only there is a line rewritten in place. */
  live: boolean;
};

/** What `style` needs to know of an output; `process.stdout` is one. */
export type Output = { isTTY?: boolean; columns?: number };

/** No colours, 80 columns: for tests and for text that is kept. */
export const PLAIN: Style = { colors: pc.createColors(false), width: 80, live: false };

/**
 * The one place where colour is decided: NO_COLOR (not empty) turns it off, else FORCE_COLOR turns it on
 * (`0` and `false`: off), else a terminal other than TERM=dumb has it. COLUMNS gives the width of what is no terminal.
 */
export function style(output: Output, env: Readonly<Record<string, string | undefined>> = process.env): Style {
  const terminal = output.isTTY === true;
  const capable = terminal && env['TERM'] !== 'dumb';
  return {
    colors: pc.createColors(wantsColor(env, capable)),
    width: columnsOf(output, terminal, env['COLUMNS']),
    live: capable,
  };
}

function wantsColor(env: Readonly<Record<string, string | undefined>>, capable: boolean): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  return capable;
}

function columnsOf(output: Output, terminal: boolean, columns: string | undefined): number {
  if (terminal && output.columns !== undefined && output.columns > 0) return output.columns;
  const asked = Number(columns);
  if (Number.isInteger(asked) && asked > 0) return asked;
  return terminal ? 80 : Infinity;
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

/** Two texts at the two ends of a line; null where they do not fit. Where a line has no end, the second follows the first. */
export function atBothEnds(left: string, right: string, { width }: Style): string | null {
  const [first, last] = [clean(left), clean(right)];
  const gap = width - widthOf(first) - widthOf(last);
  return gap < 2 ? null : first + ' '.repeat(Number.isFinite(gap) ? gap : 2) + last;
}

/** `text` as one line that cannot move the cursor nor turn the direction of writing: control characters become spaces. */
export function clean(text: string): string {
  // eslint-disable-next-line no-control-regex -- they are what it is about
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, ' ');
}
