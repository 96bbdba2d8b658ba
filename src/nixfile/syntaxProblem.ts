import type { Problem } from '../model/problem.ts';
import { excerpt, lineColumn } from './lineColumn.ts';

/**
 * A syntax error in a Nix file: where something is missing rather than where the parser gave up, with that line and a caret.
 * @param offset of the token that does not fit, in UTF-16.
 * @param unexpected what the parser says of it.
 */
export function syntaxProblem(text: string, offset: number, unexpected: string): Required<Omit<Problem, 'file'>> {
  const { at, what, hint } = reading(text, offset, unexpected);
  const place = lineColumn(text, at);
  const shown = text.trim() === '' ? '' : `\n${excerpt(text, place)}`;
  return { message: `syntax error: ${what}${shown}`, ...place, hint };
}

type Reading = { at: number; what: string; hint: string };

function reading(text: string, offset: number, unexpected: string): Reading {
  const found = (hint: string, what = unexpected, at = offset): Reading => ({ at, what, hint });
  const before = text.slice(0, offset);
  const [line = ''] = /[^\r\n]*$/.exec(before) ?? [];
  const after = text.slice(offset);
  if (text.replace(/#.*|\s/g, '') === '')
    return found(
      'take it back from git, or begin anew: a list of patches begins `{ lib, ... }: [`',
      'the file is empty',
    );
  if (/^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/.test(line + (/^[^\r\n]*/.exec(after)?.[0] ?? '')))
    return found('keep one side, and remove the lines <<<<<<<, ======= and >>>>>>>', 'git left a conflict here');
  const code = codeBefore(before.slice(0, before.length - line.length));
  const beginsBinding = /^\s*[\w."'-]+\s*$/.test(line) && /^=(?!=)/.test(after) && code !== '' && !/[;{]$/.test(code);
  const endsInBinding =
    /^\s*$/.test(line) && after.startsWith('}') && /[\r\n{;]\s*[\w."'-]+\s*=[^=\r\n;[({]+$/.test(code);
  if (beginsBinding || endsInBinding) return found('write it at the end of this line', 'a `;` is missing', code.length);
  if (after.trim() === '')
    return found(
      'close the brace, bracket, parenthesis or string that is open',
      `${unexpected}: something is not closed`,
    );
  return found('look at this line and the one before it: a missing `;`, a brace or a quote');
}

/** How far back code is looked for, in UTF-16: a pattern's time grows faster than a text. */
const FAR = 2000;

/** The text without the blanks and comments at its end. */
function codeBefore(text: string): string {
  return text.slice(0, -FAR) + text.slice(-FAR).replace(/(?:\s|#[^\r\n]*(?![^\r\n]))+$/, '');
}
