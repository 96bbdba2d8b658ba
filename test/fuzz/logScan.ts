/** What a transcript says, found in the plainest way: for holding the readers of `src` against it. */

export type Said = { severity: 'error' | 'warning'; symbol: string };

/** No line of the script is longer; of one that is only the beginning is read. */
const LONGEST = 8000;

const isName = (text: string): boolean => /^[A-Za-z0-9_]+$/.test(text);

/** The lines of the verdict as the script of today prints them, in their order. */
export function verdictsIn(lines: readonly string[]): Said[] {
  return lines.flatMap((line): Said[] => {
    const text = line.trimEnd();
    for (const severity of ['error', 'warning'] as const) {
      if (!text.startsWith(`${severity}: `) || line.length > LONGEST) continue;
      const statement = text.slice(severity.length + 2);
      if (statement.startsWith('unused option: ') && isName(statement.slice(15)))
        return [{ severity, symbol: statement.slice(15) }];
      if (!statement.startsWith('option not set correctly: ')) continue;
      const [name = '', ...values] = statement.slice(26).split(' ');
      const said = values.join(' ');
      if (isName(name) && said.startsWith("(wanted '") && said.includes("', got '") && said.endsWith("')"))
        return [{ severity, symbol: name }];
    }
    return [];
  });
}

/** The members of each choice that was asked, or at which the script died: they stand above, nothing of conf's between. */
export function choicesIn(lines: readonly string[]): string[][] {
  return lines.flatMap((line, index) => {
    if (!line.startsWith('CHOICE: ') && !line.startsWith('conflicting answers!')) return [];
    const members: string[] = [];
    for (let i = index - 1; i >= 0; i--) {
      if (!/^(?:GOT:|QUESTION: |CHOICE: )/.test(lines[i] ?? '')) continue;
      const words = (lines[i] ?? '')
        .trimEnd()
        .split(' ')
        .filter((word) => word !== '' && word !== '>' && word !== '(NEW)');
      const [got, number = '', ...prompt] = words;
      const last = prompt.at(-1) ?? '';
      if (
        got !== 'GOT:' ||
        !/^\d+\.$/.test(number) ||
        prompt.length < 2 ||
        !last.startsWith('(') ||
        !last.endsWith(')') ||
        !isName(last.slice(1, -1))
      )
        break;
      members.unshift(last.slice(1, -1));
    }
    return members.length > 1 ? [members] : [];
  });
}

/** Whether what the builder does after the script, installing the .config, is not in the transcript. */
export function lacksEnd(lines: readonly string[]): boolean {
  return !lines.some((line) => line.includes('installPhase') || line.startsWith('installing'));
}

/** The log lines in Nix's records, whichever build they are of. */
export function saidInJson(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    try {
      const record = JSON.parse(line.replace(/^@nix /, '')) as { action?: unknown; type?: unknown; fields?: unknown[] };
      return record.action === 'result' && record.type === 101 && typeof record.fields?.[0] === 'string'
        ? [record.fields[0]]
        : [];
    } catch {
      return [];
    }
  });
}
