/** The blanks at the beginning of a line, and the rest of it. */
const LINE = /([ \t]*)([^\n]*)/y;

/** A help text without its indentation, where it ends in its file, and how many newlines it took. */
type HelpText = { text: string; end: number; lines: number };

/**
 * Reads the help text that begins at `start`, which is the beginning of a line. Its first line that is not blank sets the indentation; the text ends
 * before a line that is indented less, or not at all. Tabs reach to the next multiple of 8 (`<HELP>` in lexer.l).
 */
export function readHelp(source: string, start: number): HelpText {
  let text = '';
  let first = 0;
  let lines = 0;
  for (let position = start; ; position++) {
    LINE.lastIndex = position;
    const [, blanks = '', line = ''] = LINE.exec(source) ?? [];
    position = LINE.lastIndex;
    if (line !== '' || position === source.length) {
      const indent = widthOf(blanks);
      if (first > 0 && indent > first) text += ' '.repeat(indent - first);
      if (indent < first || line === '') return { text, end: position - line.length, lines };
      first ||= indent;
      text += line.replace(/[ \t]+$/, '');
      if (position === source.length) return { text, end: position, lines };
    }
    lines++;
    if (/^[^ \t\n]/.test(source.charAt(position + 1))) return { text, end: position + 1, lines };
    text += '\n';
  }
}

function widthOf(blanks: string): number {
  let width = 0;
  for (const blank of blanks) width = blank === ' ' ? width + 1 : (width & ~7) + 8;
  return width;
}
