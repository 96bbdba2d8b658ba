/**
 * A stand-in for a formatter that runs on each save: it re-indents, joins lines and moves the comments that stand behind
 * code to lines of their own. Formatting twice is formatting once. Strings that hold a `#` or a line break are beyond it.
 */
export function formatText(text: string): string {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const [, code = '', comment] = /^\s*([^#]*?)\s*(#.*)?$/.exec(line) ?? [];
    if (comment !== undefined) lines.push(`\t${comment.trimEnd()}`);
    if (code === '') continue;
    const last = lines.at(-1);
    if (last === undefined || last.startsWith('\t#')) lines.push(` ${code}`);
    else lines[lines.length - 1] = `${last} ${code}`;
  }
  return `${lines.join('\n')}\n`;
}
