/** A word as part of a shell's command line: in quotes if it needs them. */
export function shellWord(word: string): string {
  return /^(?!#)[\w@%+=:,./#-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
