/** Finds the places of single lines in `extraConfig` strings. Nix knows only the place of the attribute. */
import type { Position } from '../model/intent.ts';
import { NixFile } from '../nixfile/nixFile.ts';
import { readableText } from '../system/wholeFile.ts';

/** A line of a string literal without the blanks around it, and where it begins. */
type StringLine = { text: string; line: number; column: number };

/**
 * Gives each line its own place: among the string literals of the file that has its attribute, or of the given `files` if Nix
 * has no place for it. A line that is not found keeps the place that it had.
 * @param textOf the line as it is written in the string.
 */
export function withOwnPlaces<T extends { position: Position | null }>(
  lines: readonly T[],
  files: readonly string[],
  textOf: (line: T) => string,
): T[] {
  const known = new Map<string, StringLine[]>();
  const taken = new Set<StringLine>();
  const stringsOf = (file: string): StringLine[] => {
    const found = known.get(file) ?? stringLines(readableText(file) ?? '');
    known.set(file, found);
    return found;
  };
  const placed: T[] = [];
  for (const line of lines) {
    const from = line.position?.line ?? 1;
    let position = line.position;
    for (const file of line.position === null ? files : [line.position.file]) {
      if (!file.endsWith('.nix')) continue;
      const alike = stringsOf(file).filter((each) => isLike(each.text, textOf(line)) && !taken.has(each));
      const found = alike.find((each) => each.line >= from) ?? alike[0];
      if (found === undefined) continue;
      taken.add(found);
      position = { file, line: found.line, column: found.column };
      break;
    }
    placed.push({ ...line, position });
  }
  return placed;
}

/** Whether a line of a literal can evaluate to `line`. With an interpolation or an escape, the first word decides. */
function isLike(source: string, line: string): boolean {
  const [words, wanted] = [source, line].map((text) => text.replace(/#.*/, '').trim().split(/\s+/));
  if (words?.join(' ') === wanted?.join(' ')) return true;
  return /[\\$]/.test(source) && words?.[0] === wanted?.[0];
}

function stringLines(text: string): StringLine[] {
  const file = NixFile.parseLoosely(text);
  const found: StringLine[] = [];
  for (const { name, from, to } of file.tree.topNode.inside('String', 'IndentedString')) {
    const quotes = name === 'String' ? 1 : 2;
    const source = file.textOf({ from: from + quotes, to: to - quotes });
    // In a plain string a line may end in an escape.
    const pattern = name === 'String' ? /(?:^|\\n|\n)\s*((?:[^\\\n]|\\(?!n)[^])*)/g : /(?:^|\n)\s*([^\n]*)/g;
    for (const { 0: whole, 1: line = '', index } of source.matchAll(pattern)) {
      const offset = from + quotes + index + whole.length - line.length;
      if (line !== '') found.push({ text: line.trim(), ...file.placeOf(offset) });
    }
  }
  return found;
}
