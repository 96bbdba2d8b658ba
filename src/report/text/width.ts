import { createRequire } from 'node:module';

/** Text of which every character is one column wide: nearly all that we ever print. */
const SIMPLE = /^[\x20-\x7e…·]*$/;

/** Intl.Segmenter copies its whole text for each character: it gets it in parts of about this length. */
const PART = 1024;

/** The characters as they stand on the screen, part by part; one longer than a part is taken for several. */
function* partsOf(text: string): Iterable<string[]> {
  segmenter ??= new Intl.Segmenter();
  for (let from = 0; from < text.length;) {
    const characters = [...segmenter.segment(text.slice(from, from + PART))].map(({ segment }) => segment);
    // The last one may go on behind the part.
    if (from + PART < text.length && characters.length > 1) characters.pop();
    yield characters;
    from += characters.reduce((length, character) => length + character.length, 0);
  }
}

/** A character on the screen may be made of many: emoji with skin and sex, letters with marks. */
const LONGEST_CHARACTER = 64;

// Required where it is first needed: its tables and patterns take longer to load than a whole page of history.
const require = createRequire(import.meta.url);
let measure: { default: (text: string) => number } | null = null;
let segmenter: Intl.Segmenter | null = null;

/** How many columns `text` takes in a terminal; wide characters take two, control sequences none. */
export function widthOf(text: string): number {
  if (SIMPLE.test(text)) return text.length;
  const { default: widthOfPart } = (measure ??= require('string-width') as { default: (text: string) => number });
  if (text.length <= PART) return widthOfPart(text);
  let width = 0;
  for (const part of partsOf(text)) width += widthOfPart(part.join(''));
  return width;
}

/** The longest beginning of `text` that is at most `columns` wide, but at least one whole character. */
export function beginningOf(text: string, columns: number): string {
  // Of a text that goes on for megabytes the rest is not looked at.
  return piecesOf(text.slice(0, Math.max(1, columns) * LONGEST_CHARACTER), columns)[0] ?? '';
}

/** `text` in pieces of at most `columns`, each at least one whole character. */
export function piecesOf(text: string, columns: number): string[] {
  if (columns === Infinity) return [text];
  const size = Math.max(1, columns);
  if (SIMPLE.test(text))
    return Array.from({ length: Math.ceil(text.length / size) }, (_, i) => text.slice(i * size, (i + 1) * size));
  const pieces: string[] = [];
  let piece = '';
  let taken = 0;
  for (const part of partsOf(text)) {
    for (const character of part) {
      const wide = widthOf(character);
      if (taken + wide > columns && piece !== '') {
        pieces.push(piece);
        piece = '';
        taken = 0;
      }
      piece += character;
      taken += wide;
    }
  }
  return piece === '' ? pieces : [...pieces, piece];
}
