/** A help text without its indentation, where it ends in its file, and how many newlines it took. */
export type HelpText = { text: string; end: number; lines: number };

const SPACES = ' '.repeat(64);

/**
 * The help text that begins at `start`, at the beginning of a line. The first line with text in it may stand anywhere; the help ends before one that
 * stands further left, or at the very left. Tabs reach to the next multiple of 8 (`<HELP>` in lexer.l).
 */
export function readHelp(source: string, start: number): HelpText {
  const pieces: string[] = [];
  let first = 0;
  let position = start;
  let lines = 0;
  for (;;) {
    let indent = 0;
    let code = source.charCodeAt(position);
    while (code === 0x20 || code === 0x09) {
      indent = code === 0x20 ? indent + 1 : (indent & ~7) + 8;
      code = source.charCodeAt(++position);
    }
    if (code !== 0x0a) {
      if (first > 0 && indent > first)
        pieces.push(indent - first <= 64 ? SPACES.slice(0, indent - first) : ' '.repeat(indent - first));
      if (indent < first || position >= source.length) break;
      if (first === 0) first = indent;
      const newline = source.indexOf('\n', position);
      const end = newline < 0 ? source.length : newline;
      pieces.push(source.slice(position, lastOfText(source, end)));
      position = end;
      if (newline < 0) break;
    }
    position++;
    lines++;
    if (position < source.length && !isBlankOrNewline(source.charCodeAt(position))) break;
    pieces.push('\n');
  }
  return { text: pieces.join(''), end: position, lines };
}

/** Behind the last character before `end` that is no blank or tab. */
function lastOfText(source: string, end: number): number {
  let last = end;
  while (source.charCodeAt(last - 1) === 0x20 || source.charCodeAt(last - 1) === 0x09) last--;
  return last;
}

function isBlankOrNewline(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a;
}
