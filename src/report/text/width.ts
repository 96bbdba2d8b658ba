import { createRequire } from 'node:module';

/** Text whose characters are all one column wide: nearly all that we ever print. */
const SIMPLE = /^[\x20-\x7e…·]*$/;

/** Intl.Segmenter copies its whole text for each character: it gets it in parts of about this length. */
const PART = 1024;

/** The characters as the screen shows them, part by part; one longer than a part counts as several. */
function* partsOf(text: string): Iterable<string[]> {
  segmenter ??= new Intl.Segmenter();
  for (let from = 0; from < text.length;) {
    const characters = [...segmenter.segment(text.slice(from, from + PART))].map(({ segment }) => segment);
    // The last one may go on after the part.
    if (from + PART < text.length && characters.length > 1) characters.pop();
    yield characters;
    from += characters.reduce((length, character) => length + character.length, 0);
  }
}

/** One character on the screen may consist of many: emoji with skin tone and gender, letters with marks. */
const LONGEST_CHARACTER = 64;

// Loaded when first needed: its tables take longer to load than a whole page of history.
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
  // A text may go on for megabytes; the rest is not looked at.
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
