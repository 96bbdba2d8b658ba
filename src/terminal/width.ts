import { createRequire } from 'node:module';

/** Text of which every character is one column wide: nearly all that we ever print. */
const SIMPLE = /^[\x20-\x7e…·]*$/;

// Required where it is first needed: its tables and patterns take longer to load than a whole page of history.
const require = createRequire(import.meta.url);
let measure: ((text: string) => number) | null = null;
let segmenter: Intl.Segmenter | null = null;

/** How many columns `text` takes in a terminal; wide characters take two, control sequences none. */
export function widthOf(text: string): number {
  if (SIMPLE.test(text)) return text.length;
  measure ??= (require('string-width') as { default: (text: string) => number }).default;
  return measure(text);
}

/** The longest beginning of `text` that is at most `columns` wide, but at least one whole character. */
export function beginningOf(text: string, columns: number): string {
  if (SIMPLE.test(text)) return text.slice(0, Math.max(1, columns));
  segmenter ??= new Intl.Segmenter();
  let taken = '';
  let size = 0;
  for (const { segment } of segmenter.segment(text)) {
    const next = size + widthOf(segment);
    if (next > columns && taken !== '') break;
    taken += segment;
    size = next;
  }
  return taken;
}
