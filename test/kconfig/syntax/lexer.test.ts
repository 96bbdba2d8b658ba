import { expect, test } from 'vitest';
import { Report } from '../../../src/kconfig/syntax/diagnostics.ts';
import { UNION } from '../../../src/kconfig/syntax/grammar.ts';
import { Lexer, type Token } from '../../../src/kconfig/syntax/lexer.ts';
import { Macros } from '../../../src/kconfig/syntax/macros.ts';

const WITH_TEXT: readonly Token[] = ['WORD', 'QUOTED', 'ASSIGN_VALUE'];

/** The tokens of a text, with what they say and the line of their statement, and the warnings. */
function tokensOf(files: Record<string, string>, openEnd = true): { tokens: string; warnings: string[] } {
  const report = new Report();
  const macros: Macros = new Macros({ environment: {}, probe: () => '', report, place: () => lexer.place, calls: [] });
  const lexer = new Lexer((name) => files[name] ?? null, macros, report, { ...UNION, openEnd });
  lexer.files.open('Kconfig');
  const tokens: string[] = [];
  for (let token = lexer.next(); token !== 'END'; token = lexer.next()) {
    tokens.push(WITH_TEXT.includes(token) ? JSON.stringify(lexer.value) : token);
  }
  return { tokens: tokens.join(' '), warnings: report.diagnostics.map(({ at, text }) => `${at?.line ?? ''}:${text}`) };
}

const tokens = (text: string): string => tokensOf({ Kconfig: text }).tokens;

test('words, keywords, operators', () => {
  expect(tokens('config FOO-1_x\n')).toBe('config "FOO-1_x" EOL');
  expect(tokens('depends on !A&&(B||C!=y) # why\n')).toBe('depends on ! "A" && ( "B" || "C" != "y" ) EOL');
  expect(tokens('if A<B && A<=B && A>B && A>=B && A=B\n')).toBe(
    'if "A" < "B" && "A" <= "B" && "A" > "B" && "A" >= "B" && "A" = "B" EOL',
  );
});

test('empty lines give no token, an escaped newline none either', () => {
  expect(tokens('\n\n  \n# comment\nconfig \\\n A\n\n')).toBe('config "A" EOL');
});

test('strings: both quotes, escapes, an escaped quote, the end of the line', () => {
  expect(tokens(`default "a 'b' \\"c\\" \\\\ \\n"\n`)).toBe(`default "a 'b' \\"c\\" \\\\ n" EOL`);
  expect(tokens(`default 'x"y'\n`)).toBe('default "x\\"y" EOL');
  const { tokens: cut, warnings } = tokensOf({ Kconfig: 'prompt "cut\nconfig A\n' });
  expect(cut).toBe('prompt "cut" EOL config "A" EOL');
  expect(warnings).toEqual(['1:warning: multi-line strings not supported']);
});

test('only the first word of a line is assigned to, to the end of the line', () => {
  expect(tokens('A = b "c" # d\n')).toBe('"A" = "b \\"c\\" # d" EOL');
  expect(tokens('A := \n')).toBe('"A" := EOL');
  expect(tokens('if A = b # c\n')).toBe('if "A" = "b" EOL');
});

test('other characters are told and passed over, those of several bytes byte by byte', () => {
  const { tokens: rest, warnings } = tokensOf({ Kconfig: 'con@fig | é\r\n' });
  expect(rest).toBe('"con" "fig" EOL');
  expect(warnings).toEqual([
    "1:warning: ignoring unsupported character '@'",
    "1:warning: ignoring unsupported character '|'",
    "1:warning: ignoring unsupported character '\uFFFD'",
    "1:warning: ignoring unsupported character '\uFFFD'",
    "1:warning: ignoring unsupported character '\r'",
  ]);
});

test('a first file without a newline ends its statement where the grammar allows that', () => {
  expect(tokensOf({ Kconfig: 'config A' }, true)).toEqual({
    tokens: 'config "A" EOL',
    warnings: ['1:warning: no new line at end of file'],
  });
  expect(tokensOf({ Kconfig: 'config A' }, false)).toEqual({
    tokens: 'config "A"',
    warnings: ['1:warning: no new line at end of file'],
  });
});

test('a sourced file is read in its place, and one line counter goes on after it', () => {
  const report = new Report();
  const files: Record<string, string> = { Kconfig: 'x\ny\n', a: 'in a', b: '\nin b\n' };
  const macros: Macros = new Macros({ environment: {}, probe: () => '', report, place: () => lexer.place, calls: [] });
  const lexer = new Lexer((name) => files[name] ?? null, macros, report, UNION);
  lexer.files.open('Kconfig');
  const seen: string[] = [];
  for (let token = lexer.next(); token !== 'END'; token = lexer.next()) {
    if (token === 'WORD') seen.push(`${lexer.file}:${lexer.statementLine} ${lexer.value}`);
    if (token === 'EOL' && seen.length === 1) lexer.include(['a', 'b']);
  }
  expect(seen).toEqual(['Kconfig:1 x', 'a:1 in', 'a:1 a', 'b:2 in', 'b:2 b', 'Kconfig:2 y']);
});
