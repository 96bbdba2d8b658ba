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
    let indent = 0;
    for (; isBlank(source, position); position++) indent = source[position] === ' ' ? indent + 1 : (indent & ~7) + 8;
    const line = position;
    const newline = source.indexOf('\n', line);
    position = newline < 0 ? source.length : newline;
    if (line < position || position === source.length) {
      if (first > 0 && indent > first) text += ' '.repeat(indent - first);
      if (indent < first || line === position) return { text, end: line, lines };
      first ||= indent;
      let end = position;
      while (isBlank(source, end - 1)) end--;
      text += source.slice(line, end);
      if (position === source.length) return { text, end: position, lines };
    }
    lines++;
    const next = source[position + 1];
    if (next !== undefined && next !== '\n' && !isBlank(source, position + 1))
      return { text, end: position + 1, lines };
    text += '\n';
  }
}

function isBlank(text: string, position: number): boolean {
  const character = text[position];
  return character === ' ' || character === '\t';
}
