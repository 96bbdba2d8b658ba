/**
 * Finds the comments of a Nix file by hand: a second opinion on what is a marker, which shares nothing with the grammar.
 * Source: nix's src/libexpr/lexer.l. Only for files that parse.
 */
export type Comment = { from: number; to: number; text: string };

const URI = /[a-zA-Z][a-zA-Z0-9+\-.]*:[a-zA-Z0-9%/?:@&=+$,\-_.!~*']+/y;
const IDENTIFIER = /[a-zA-Z_][a-zA-Z0-9_'-]*/y;

/** Every `# …` comment, without its line end. */
function lineCommentsOf(text: string): Comment[] {
  const comments: Comment[] = [];
  /** What each open brace stands in: plain code, or one of the two kinds of strings. */
  const open: ('code' | '"' | "''")[] = [];
  let state: 'code' | '"' | "''" = 'code';
  const lengthOf = (pattern: RegExp, from: number): number => {
    pattern.lastIndex = from;
    return pattern.exec(text)?.[0].length ?? 0;
  };
  for (let i = 0; i < text.length;) {
    const two = text.slice(i, i + 2);
    if (state === 'code') {
      const word = lengthOf(URI, i) || lengthOf(IDENTIFIER, i);
      if (word > 0) i += word;
      else if (text[i] === '#') {
        let end = i;
        while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end++;
        comments.push({ from: i, to: end, text: text.slice(i, end) });
        i = end;
      } else if (two === '/*') i = text.indexOf('*/', i + 2) + 2;
      else if (two === '${') {
        open.push('code');
        i += 2;
      } else if (text[i] === '"') {
        state = '"';
        i++;
      } else if (two === "''") {
        state = "''";
        i += 2;
      } else {
        if (text[i] === '{') open.push('code');
        else if (text[i] === '}') state = open.pop() ?? 'code';
        i++;
      }
    } else if (two === '${') {
      open.push(state);
      state = 'code';
      i += 2;
    } else if (state === '"') {
      if (text[i] === '"') state = 'code';
      if (two === '$"' || text[i] === '"') i++;
      else i += text[i] === '\\' || (text[i] === '$' && text[i + 1] !== '\\') ? 2 : 1;
    } else if (text.startsWith("'''", i) || text.startsWith("''$", i)) i += 3;
    else if (text.startsWith("''\\", i)) i += 4;
    else if (two === "''") {
      state = 'code';
      i += 2;
    } else if (text[i] === '$' && text[i + 1] !== "'") i += 2;
    else i += text[i] === "'" && text[i + 1] !== '$' ? 2 : 1;
  }
  return comments;
}

/** The markers of `name`, in order: comments that stand alone on their line. */
export function markersOf(text: string, name: string): (Comment & { edge: string })[] {
  return lineCommentsOf(text).flatMap((comment) => {
    const before = text.slice(
      Math.max(text.lastIndexOf('\n', comment.from), text.lastIndexOf('\r', comment.from)) + 1,
      comment.from,
    );
    const [word, edge, ...rest] = comment.text
      .slice(1)
      .split(/[ \t]+/)
      .filter((part) => part !== '');
    if (
      word !== 'falloutd:' ||
      (edge !== 'begin' && edge !== 'end') ||
      rest.join(' ') !== name ||
      before.replace('\ufeff', '').trim() !== ''
    )
      return [];
    return [{ ...comment, edge }];
  });
}
