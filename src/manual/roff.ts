/** A text as roff shows it, letter by letter: no character of it is a request or an escape. */
export function roffText(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('~', '\\(ti')
    .replaceAll('^', '\\(ha')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replace(/^(?=\.)/gm, '\\&')
    .replace(/[^\0-\x7e]/gu, (sign) => `\\[u${hexadecimal(sign)}]`);
}

/** groff_char(7): at least four digits, in capitals. */
const hexadecimal = (sign: string): string => (sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');

/** A term with what it is, indented below it. `term` is roff already. */
export function roffItem(term: string, text: string): string {
  return `.TP\n${term}\n${roffText(text)}\n`;
}

/** A word of the command line in bold, and placeholders (`<file>`, `[run]`) in italics. */
export function roffTerm(term: string): string {
  return term
    .split(/([<[][^>\]]*[>\]])/)
    .filter((part) => part !== '')
    .map((part) => (/^[<[]/.test(part) ? `\\fI${roffText(part)}\\fR` : `\\fB${roffText(part)}\\fR`))
    .join('');
}
