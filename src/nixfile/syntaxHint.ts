/** What to do about a syntax error in a Nix file. @param offset of the token that does not fit, in UTF-16. */
export function syntaxHint(text: string, offset: number): string {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  const line = (before.at(-1) ?? '') + (/^[^\r\n]*/.exec(text.slice(offset))?.[0] ?? '');
  if (text.replace(/#.*|\s/g, '') === '') return 'the file is empty: a list of patches begins `{ lib, ... }: [`';
  if (/^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/.test(line))
    return 'git left a conflict here: keep one side, and remove the lines <<<<<<<, ======= and >>>>>>>';
  const isBinding = /^\s*[\w."'-]+\s*$/.test(before.at(-1) ?? '') && /^=(?!=)/.test(text.slice(offset));
  const previous = before.slice(0, -1).findLastIndex((each) => each.replace(/#.*/, '').trim() !== '');
  if (isBinding && previous >= 0 && !/[;{]\s*$/.test((before[previous] ?? '').replace(/#.*/, '')))
    return `a \`;\` is missing at the end of line ${previous + 1}`;
  if (text.slice(offset).trim() === '')
    return 'something is not closed before the end: a brace, a bracket, a parenthesis or a string';
  return 'look at this line and the one before it: a missing `;`, a brace or a quote';
}
