import { ExternalTokenizer, type InputStream } from '@lezer/lr';
import { pathEnd, pathHead, pathInterpolationStart, pathPart, simplePath } from './parser.terms.js';

const SLASH = 0x2f;
const TILDE = 0x7e;
const DOLLAR = 0x24;
const BRACE = 0x7b;

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

function atInterpolation(input: InputStream): boolean {
  return input.next === DOLLAR && input.peek(1) === BRACE;
}

/**
 * Paths need a look ahead that a token expression cannot say: `a/b` is a path but `a / b` is not, `a/` is
 * one only before `${`, and after an interpolation the path goes on only without a blank between. The
 * zero-length `pathEnd` closes such a path, because blanks are not skipped inside it.
 */
export const paths = new ExternalTokenizer((input, stack) => {
  if (stack.canShift(pathEnd)) {
    continuePath(input);
  } else if (stack.canShift(pathInterpolationStart)) {
    if (atInterpolation(input)) input.acceptToken(pathInterpolationStart, 2);
  } else if (stack.canShift(simplePath)) {
    startPath(input);
  }
});

function continuePath(input: InputStream): void {
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
}

function startPath(input: InputStream): void {
  if (input.next === TILDE) input.advance();
  else while (isPathChar(input.next)) input.advance();
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
  }
  if (segments === 0) return;
  input.acceptToken(atInterpolation(input) ? pathHead : simplePath);
}
