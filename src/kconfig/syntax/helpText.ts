import { isBlank, NEWLINE, SPACE } from './charCodes.ts';

/** Slices of it are cheaper than new strings. */
const BLANKS = ' '.repeat(64);

/** A help text without its indentation, where it ends in its file, and how many newlines it took. */
type HelpText = { text: string; end: number; lines: number };

/**
 * Reads the help text that begins at `start`, which is the beginning of a line. Its first line that is not blank sets the indentation; the text ends
 * before a line that is indented less, or not at all. Tabs reach to the next multiple of 8 (`<HELP>` in lexer.l).
 */
export function readHelp(source: string, start: number): HelpText {
  const pieces: string[] = [];
  let first = 0;
  let position = start;
  let lines = 0;
  for (;;) {
    let indent = 0;
    let code = source.charCodeAt(position);
    while (isBlank(code)) {
      indent = code === SPACE ? indent + 1 : (indent & ~7) + 8;
      code = source.charCodeAt(++position);
    }
    if (code !== NEWLINE) {
      if (first > 0 && indent > first)
        pieces.push(indent - first <= 64 ? BLANKS.slice(0, indent - first) : ' '.repeat(indent - first));
      if (indent < first || position >= source.length) break;
      if (first === 0) first = indent;
      const newline = source.indexOf('\n', position);
      const end = newline < 0 ? source.length : newline;
      pieces.push(source.slice(position, endOfText(source, end)));
      position = end;
      if (newline < 0) break;
    }
    position++;
    lines++;
    code = source.charCodeAt(position);
    if (position < source.length && !isBlank(code) && code !== NEWLINE) break;
    pieces.push('\n');
  }
  return { text: pieces.join(''), end: position, lines };
}

/** The position after the last character before `end` that is neither a blank nor a tab. */
function endOfText(source: string, end: number): number {
  let last = end;
  while (isBlank(source.charCodeAt(last - 1))) last--;
  return last;
}
