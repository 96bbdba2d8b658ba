import { ExternalTokenizer, type InputStream } from '@lezer/lr';
import { colon, pathEnd, pathHead, pathInterpolationStart, pathPart, simplePath, Uri } from './parser.terms.js';

const SLASH = 0x2f;
const TILDE = 0x7e;
const DOLLAR = 0x24;
const BRACE = 0x7b;
const COLON = 0x3a;
const UNDERSCORE = 0x5f;
const QUOTE = 0x27;
/**
 * How far to look for what makes a word a path or an address: no file name is longer, and no scheme. Without a limit
 * `a.a.a.a…` would be searched to its end again at each of its names.
 */
const FARTHEST = 255;
const LONGEST_PATH = 4096;

const codesOf = (characters: string): number[] => Array.from(characters, (character) => character.charCodeAt(0));
const LETTERS = new Set(codesOf('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'));
/** What nix's lexer calls PATH_CHAR. */
const PATH_CHARACTERS = new Set([...LETTERS, ...codesOf('0123456789._-+')]);
/** What a name holds. */
const NAME_CHARACTERS = new Set([...LETTERS, ...codesOf("0123456789_-'")]);
const URI_CHARACTERS = new Set([...PATH_CHARACTERS, ...codesOf("%/?:@&=$,!~*'")]);

function atInterpolation(input: InputStream): boolean {
  return input.next === DOLLAR && input.peek(1) === BRACE;
}

/**
 * The rest of a path after an interpolation, or the next interpolation: no blank may come between.
 * The zero-length `pathEnd` closes the path, because blanks are not skipped there.
 */
export const pathRest = new ExternalTokenizer((input) => {
  if (atInterpolation(input)) {
    input.acceptToken(pathInterpolationStart, 2);
    return;
  }
  let last = -1;
  while (PATH_CHARACTERS.has(input.next) || input.next === SLASH) {
    last = input.next;
    input.advance();
  }
  if (last === -1) input.acceptToken(pathEnd);
  // Nix refuses a path that ends in a slash.
  else if (last !== SLASH || atInterpolation(input)) input.acceptToken(pathPart);
});

/**
 * The start of a path needs a look-ahead that a token expression cannot express: `a/b` is a path but `a / b` is
 * not, and `a/` is one only before `${`.
 */
export const pathStart = new ExternalTokenizer((input) => {
  const from = input.pos;
  if (input.next === TILDE) input.advance();
  else while (PATH_CHARACTERS.has(input.next) && input.pos - from <= FARTHEST) input.advance();
  let segments = 0;
  let open = false;
  // An empty segment ends a path: `a//b` is an update, and a last slash stands only before an interpolation.
  while (!open && input.next === SLASH) {
    const after = input.peek(1);
    if (!PATH_CHARACTERS.has(after) && !(after === DOLLAR && input.peek(2) === BRACE)) return;
    input.advance();
    open = !PATH_CHARACTERS.has(input.next);
    while (PATH_CHARACTERS.has(input.next)) input.advance();
    segments += 1;
    if (input.pos - from > LONGEST_PATH) return;
  }
  if (segments === 0) return;
  input.acceptToken(atInterpolation(input) ? pathHead : simplePath);
});

/** What nix's lexer calls URI: a scheme, a colon and at least one more letter, without quotes. */
export const uri = new ExternalTokenizer((input) => {
  if (!LETTERS.has(input.next)) return;
  const from = input.pos;
  while (input.next !== COLON) {
    if (input.pos - from > FARTHEST || !PATH_CHARACTERS.has(input.next) || input.next === UNDERSCORE) return;
    input.advance();
  }
  input.advance();
  if (!URI_CHARACTERS.has(input.next)) return;
  while (URI_CHARACTERS.has(input.next)) input.advance();
  input.acceptToken(Uri);
});

/** The colon of a function. Where it would belong to an address (`{ … }@y:x`), Nix reads one, and nothing else fits there. */
export const lambdaColon = new ExternalTokenizer((input) => {
  if (input.next === COLON && !(endsScheme(input) && URI_CHARACTERS.has(input.peek(1)))) input.acceptToken(colon, 1);
});

/** Whether the name before the stream's position can be a scheme. */
function endsScheme(input: InputStream): boolean {
  let length = 0;
  while (length <= FARTHEST && NAME_CHARACTERS.has(input.peek(-length - 1))) length++;
  const name = Array.from({ length }, (_, i) => input.peek(i - length));
  return LETTERS.has(name[0] ?? 0) && length <= FARTHEST && name.every((code) => code !== UNDERSCORE && code !== QUOTE);
}
