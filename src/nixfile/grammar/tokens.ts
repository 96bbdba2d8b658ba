import { ExternalTokenizer, type InputStream } from '@lezer/lr';
import { pathEnd, pathHead, pathInterpolationStart, pathPart, simplePath, Uri } from './parser.terms.js';

const SLASH = 0x2f;
const TILDE = 0x7e;
const DOLLAR = 0x24;
const BRACE = 0x7b;
const COLON = 0x3a;
const UNDERSCORE = 0x5f;
/**
 * How far to look for what makes a word a path or an address: no file name is longer, and no scheme. Without a limit
 * `a.a.a.a…` would be searched to its end again at each of its names.
 */
const FARTHEST = 255;
const LONGEST_PATH = 4096;

/** Letters, digits and `.`, `_`, `-`, `+`: what nix's lexer calls PATH_CHAR. */
function isPathChar(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2e ||
    code === 0x5f ||
    code === 0x2d ||
    code === 0x2b
  );
}

function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
}

function isUriChar(code: number): boolean {
  return isPathChar(code) || (code > 0x20 && code < 0x7f && "%/?:@&=$,!~*'".includes(String.fromCharCode(code)));
}

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
  while (isPathChar(input.next) || input.next === SLASH) {
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
  else while (isPathChar(input.next) && input.pos - from <= FARTHEST) input.advance();
  let segments = 0;
  let open = false;
  // An empty segment ends a path: `a//b` is an update, and a last slash stands only before an interpolation.
  while (!open && input.next === SLASH) {
    const after = input.peek(1);
    if (!isPathChar(after) && !(after === DOLLAR && input.peek(2) === BRACE)) return;
    input.advance();
    open = !isPathChar(input.next);
    while (isPathChar(input.next)) input.advance();
    segments += 1;
    if (input.pos - from > LONGEST_PATH) return;
  }
  if (segments === 0) return;
  input.acceptToken(atInterpolation(input) ? pathHead : simplePath);
});

/** What nix's lexer calls URI: a scheme, a colon and at least one more letter, without quotes. */
export const uri = new ExternalTokenizer((input) => {
  if (!isLetter(input.next)) return;
  const from = input.pos;
  while (input.next !== COLON) {
    if (input.pos - from > FARTHEST || !isPathChar(input.next) || input.next === UNDERSCORE) return;
    input.advance();
  }
  input.advance();
  if (!isUriChar(input.next)) return;
  while (isUriChar(input.next)) input.advance();
  input.acceptToken(Uri);
});
