/** The statements of a Makefile, as far as they say what is built. Recipes and rules are left out. */

export type MakeStatement =
  | { kind: 'assign'; name: string; operator: AssignOperator; value: string; exported: boolean }
  | { kind: 'export'; names: string }
  | { kind: 'if'; test: MakeTest }
  /** With a test: `else ifeq …`. */
  | { kind: 'else'; test: MakeTest | null }
  | { kind: 'endif' }
  | { kind: 'include'; files: string };

type AssignOperator = '=' | ':=' | '+=' | '?=' | '!=';

/** `defined`: the variable has a text. `equal`: two texts are the same. */
export type MakeTest =
  | { kind: 'defined'; name: string; negated: boolean }
  | { kind: 'equal'; left: string; right: string; negated: boolean };

/** Reads a Makefile. What is not understood is left out. */
export function makeStatements(text: string): MakeStatement[] {
  const statements: MakeStatement[] = [];
  const lines = logicalLines(text);
  let inRule = false;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    // After a rule, such a line is for the shell.
    if (inRule && line.startsWith('\t')) continue;
    const trimmed = withoutComment(line).trim();
    const defined = /^(?:override\s+|export\s+)*define\s+([^\s=]+)/.exec(trimmed)?.[1];
    if (defined !== undefined) {
      const end = lines.findIndex((each, at) => at > i && /^\s*endef\b/.test(each));
      const value = lines.slice(i + 1, end < 0 ? lines.length : end).join('\n');
      statements.push({ kind: 'assign', name: defined, operator: '=', value, exported: false });
      i = end < 0 ? lines.length : end;
      continue;
    }
    const statement = statementIn(trimmed);
    if (statement === 'rule') inRule = true;
    else if (statement !== null) {
      if (statement.kind === 'assign') inRule = false;
      statements.push(statement);
    }
  }
  return statements;
}

function logicalLines(text: string): string[] {
  return text
    .replace(/\r\n/g, '\n')
    .replace(/[ \t]*\\\n[ \t]*/g, ' ')
    .split('\n');
}

function withoutComment(line: string): string {
  return line.includes('#') ? line.replace(/(^|[^\\])#.*$/, '$1').replaceAll('\\#', '#') : line;
}

function statementIn(line: string): MakeStatement | 'rule' | null {
  if (line === '') return null;
  const [, word = '', rest = ''] = /^(-?\w+)\s*(.*)$/s.exec(line) ?? [];
  if (word === 'else') return { kind: 'else', test: testIn(rest) };
  if (word === 'endif') return { kind: 'endif' };
  const test = testIn(line);
  if (test !== null) return { kind: 'if', test };
  if (/^[-s]?include\s/.test(line)) return { kind: 'include', files: rest };
  return assignmentIn(line);
}

function testIn(text: string): MakeTest | null {
  const [, word = '', rest = ''] = /^(if(?:n?eq|n?def))\b\s*(.*)$/s.exec(text.trim()) ?? [];
  const negated = word.startsWith('ifn');
  if (word.endsWith('def')) return { kind: 'defined', name: rest, negated };
  if (!word.endsWith('eq')) return null;
  const quoted = /^(["'])(.*?)\1\s*(["'])(.*?)\3$/s.exec(rest);
  if (quoted !== null) return { kind: 'equal', left: quoted[2] ?? '', right: quoted[4] ?? '', negated };
  const [left = '', ...right] = splitArguments(rest.replace(/^\(/, '').replace(/\)$/, ''));
  return { kind: 'equal', left: left.trim(), right: right.join(',').trim(), negated };
}

function assignmentIn(line: string): MakeStatement | 'rule' | null {
  const [, words = '', assignment = ''] = /^((?:(?:override|export|private)\s+)*)(.*)$/s.exec(line) ?? [];
  const exported = words.includes('export');
  const equals = topLevel(assignment, '=');
  const colon = topLevel(assignment, ':');
  const operator = equals < 0 ? '' : (/(?::{1,3}|[+?!])?$/.exec(assignment.slice(0, equals))?.[0] ?? '');
  // A colon that is not the operator's own makes it a rule, also one with variables of its own.
  if (colon >= 0 && (equals < 0 || colon < equals - operator.length)) return 'rule';
  if (equals < 0) return exported ? { kind: 'export', names: assignment } : null;
  const name = assignment.slice(0, equals - operator.length).trim();
  const value = assignment.slice(equals + 1).trimStart();
  if (name === '') return null;
  return { kind: 'assign', name, operator: operatorOf(operator), value, exported };
}

function operatorOf(before: string): AssignOperator {
  if (before.startsWith(':')) return ':=';
  return before === '+' || before === '?' || before === '!' ? `${before}=` : '=';
}

/** Where a character stands for the first time outside of `$(…)`; -1: nowhere. */
function topLevel(text: string, character: string): number {
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '$' && (text[i + 1] === '(' || text[i + 1] === '{')) i = closing(text, i + 1);
    else if (text[i] === character) return i;
  }
  return -1;
}

/** Where the bracket that opens at `from` closes; the end of the text where it does not. */
export function closing(text: string, from: number): number {
  const open = text[from];
  const close = open === '(' ? ')' : '}';
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    if (text[i] === open) depth++;
    else if (text[i] === close && --depth === 0) return i;
  }
  return text.length;
}

/** The arguments of a function, at most so many: what follows the last comma that counts stays whole. */
export function splitArguments(text: string, most = Infinity): string[] {
  const found: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length && found.length + 1 < most; i++) {
    const character = text[i];
    if (character === '(' || character === '{') i = closing(text, i);
    else if (character === ',') {
      found.push(text.slice(start, i));
      start = i + 1;
    }
  }
  found.push(text.slice(start));
  return found;
}
