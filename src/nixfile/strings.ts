import type { NixFile } from './nixFile.ts';
import type { SyntaxNode } from './syntaxTree.ts';

const KEYWORDS = new Set(['assert', 'else', 'if', 'in', 'inherit', 'let', 'or', 'rec', 'then', 'with']);

/** The text of a string literal without interpolations, else null. Takes a `String` or `IndentedString` node. */
export function stringText(file: NixFile, node: SyntaxNode): string | null {
  if (node.getChild('Interpolation') !== null) return null;
  if (node.name === 'String') return unescapeString(file.textOf(node).slice(1, -1));
  return node.name === 'IndentedString' ? unescapeIndented(file.textOf(node).slice(2, -2)) : null;
}

/** A Nix string literal that evaluates to exactly this text. */
export function nixString(text: string): string {
  const escaped = text
    .replace(/[\\"]/g, '\\$&')
    .replace(/\$(?=\$*\{)/g, '\\$')
    .replace(/\n/g, '\\n')
    .replace(/\r/g, '\\r')
    .replace(/\t/g, '\\t');
  return `"${escaped}"`;
}

/** One line as it is written inside an indented string. */
export function escapeIndented(line: string): string {
  // A single quote right before an escaped dollar would be read as part of that escape.
  return line.replace(/''|'(?=\$+\{)|\$(?=\$*\{)/g, (found) => {
    if (found === "''") return "'''";
    return found === '$' ? "''$" : "''\\'";
  });
}

/** An attribute name as it is written: quoted where it is no identifier or is a keyword. */
export function attributeName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_'-]*$/.test(name) && !KEYWORDS.has(name) ? name : nixString(name);
}

/** What escapes stand for, besides the character itself. Nix reads every line end inside a string as LF. */
const ESCAPES: ReadonlyMap<string, string> = new Map(
  Object.entries({ '\\n': '\n', '\\r': '\r', '\\t': '\t', '\r': '\n', '\r\n': '\n' }),
);

function unescapeString(body: string): string {
  return body.replace(/\\[^]|\r\n?/g, (found) => ESCAPES.get(found) ?? found.slice(1));
}

/** Strips the common indentation as Nix does; the first line goes when it is blank. Carriage returns stay, as there. */
function unescapeIndented(body: string): string {
  const lines = body.split('\n');
  const indentations = lines
    .filter((line, index) => /[^ ]/.test(line) || (index === 0 && lines.length === 1 && line !== ''))
    .map((line) => /^ */.exec(line)?.[0].length ?? 0);
  const common = indentations.reduce((least, each) => Math.min(least, each), Number.MAX_SAFE_INTEGER);
  if (lines.length > 1 && /^ *$/.test(lines[0] ?? '')) lines.shift();
  const stripped = lines.map((line) => line.slice(Math.min(common, /^ */.exec(line)?.[0].length ?? 0)));
  if (lines.length > 1 && /^ *$/.test(stripped.at(-1) ?? '')) stripped[stripped.length - 1] = '';
  return stripped.join('\n').replace(/'''|''\$|''\\[^]/g, (found) => {
    if (found === "'''") return "''";
    if (found === "''$") return '$';
    return unescapeString(found.slice(2));
  });
}
