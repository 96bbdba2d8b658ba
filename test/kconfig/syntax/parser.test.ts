import { describe, expect, test } from 'vitest';
import { formatDiagnostic, KconfigError } from '../../../src/kconfig/syntax/diagnostics.ts';
import { UNION, type Grammar } from '../../../src/kconfig/syntax/grammar.ts';
import { parseText } from '../../../src/kconfig/syntax/readTree.ts';
import type { Statement } from '../../../src/kconfig/syntax/ast.ts';

/** What kconfig would print about a text that it refuses. */
function faults(text: string, others: Record<string, string> = {}, grammar: Grammar = UNION): string[] {
  try {
    parseText(text, { others, grammar });
  } catch (error) {
    if (error instanceof KconfigError) return error.diagnostics.map(formatDiagnostic);
    throw error;
  }
  return [];
}

/** The kinds of a text's statements, blocks with what is in them. */
function shape(statements: readonly Statement[]): unknown[] {
  return statements.map((statement) => {
    const name = 'prompt' in statement ? statement.prompt : 'symbol' in statement ? statement.symbol : null;
    return 'body' in statement ? [statement.kind, name, shape(statement.body)] : [statement.kind, name];
  });
}

test('statements stand in source order, blocks hold what is in them', () => {
  const text = `mainmenu "Main"
config A
	bool
menu "Menu"
	depends on A
	visible if A
if A
comment "In the if"
endif
choice
	prompt "Which"
config B
	bool "B"
endchoice
endmenu
menuconfig C
	tristate "C"
`;
  expect(shape(parseText(text).statements)).toEqual([
    ['mainmenu', 'Main'],
    ['config', 'A'],
    [
      'menu',
      'Menu',
      [
        ['if', null, [['comment', 'In the if']]],
        ['choice', null, [['config', 'B']]],
      ],
    ],
    ['config', 'C'],
  ]);
});

test('every option of a config, with its line', () => {
  const text = `config A
	tristate "Prompt" if B
	prompt "again" if C
	default y if D
	def_tristate m
	depends on X && (Y || !Z)
	select S if T
	imply I
	range 1 "0x10" if R
	modules
	help
	  Some
	    text

	  more
`;
  const [config] = parseText(text).statements;
  expect(config).toMatchObject({ kind: 'config', symbol: 'A', menuconfig: false, at: { file: 'Kconfig', line: 1 } });
  const options = config?.kind === 'config' ? config.options : [];
  expect(options.map((option) => `${option.at.line} ${option.kind}`)).toEqual([
    '2 prompt',
    '2 type',
    '3 prompt',
    '4 default',
    '5 default',
    '5 type',
    '6 depends',
    '7 select',
    '8 imply',
    '9 range',
    '10 modules',
    '16 help',
  ]);
  expect(options.at(-1)).toMatchObject({ text: 'Some\n  text\n\nmore\n' });
});

describe('faults in the words of kconfig', () => {
  test('an unknown statement and an invalid one, both told', () => {
    expect(faults('foo bar\nconfig A\n\tbool\n)\n')).toEqual([
      'Kconfig:1: syntax error',
      'Kconfig:1: unknown statement "foo"',
      'Kconfig:4: syntax error',
      'Kconfig:4: invalid statement',
    ]);
  });

  test('a wrong end statement', () => {
    expect(faults('menu "M"\nendif\n')).toEqual(["Kconfig:2: unexpected 'if' within menu block"]);
  });

  test('an end statement in another file', () => {
    expect(faults('if A\nsource "b"\n', { b: 'endif\n' })).toEqual([
      "b:1: 'if' in different file than 'if'",
      "Kconfig:1: location of the 'if'",
    ]);
  });

  test('a missing end statement', () => {
    expect(faults('menu "M"\nif A\n')).toEqual([
      'Kconfig:3: syntax error',
      'Kconfig:2: missing end statement for this entry',
      'Kconfig:1: missing end statement for this entry',
    ]);
  });

  test('a file that includes itself', () => {
    expect(faults('source "b"\n', { b: 'config B\n\tbool\nsource "Kconfig"\n' })).toEqual([
      'Recursive inclusion detected.\nInclusion path:\n  current file : Kconfig\n  included from: b:3\n  included from: Kconfig:1',
    ]);
  });

  test('a file that is not there', () => {
    expect(faults('\nsource "nowhere"\n')).toEqual(['Kconfig:2: can\'t open file "nowhere"']);
  });

  test('a fault while options are read ends the entry: what follows is no option any more', () => {
    expect(faults('choice\n\tprompt "C" x\n\tdefault A\nconfig A\n\tbool "A"\nendchoice\n')).toEqual([
      'Kconfig:2: syntax error',
      'Kconfig:2: invalid statement',
      'Kconfig:3: invalid statement',
      'Kconfig:6: syntax error',
      'Kconfig:6: invalid statement',
    ]);
  });

  test('a second prompt, type and help, and what has none', () => {
    const { diagnostics } = parseText(
      'config A\n\tbool " A"\n\tprompt "B"\n\thelp\n\t  Text.\n\thelp\n\nconfig A\n\tint\nmenuconfig M\n\tbool\nconfig Z\n\tbool\n',
    );
    expect(diagnostics.map(formatDiagnostic)).toEqual([
      'Kconfig:2:warning: leading whitespace ignored',
      'Kconfig:3:warning: prompt redefined',
      "Kconfig:8: warning: 'A' defined with more than one help text -- only the last one will be used",
      "Kconfig:8: warning: 'A' defined with blank help text",
      "Kconfig:8:warning: ignoring type redefinition of 'A' from 'bool' to 'integer'",
      'Kconfig:12: warning: menuconfig statement without prompt',
    ]);
  });

  test('kernels before 6.9 say places otherwise', () => {
    const old = { ...UNION, oldPlaces: true };
    expect(faults('foo bar\nif A\n', {}, old)).toEqual([
      'Kconfig:2: syntax error',
      'Kconfig:1: unknown statement "foo"',
      '<none>:4: syntax error',
      'Kconfig:2: missing end statement for this entry',
    ]);
    expect(faults('source "b"\n', { b: 'source "c"\n', c: 'source "b"\n' }, old)).toEqual([
      'Recursive inclusion detected.\nInclusion path:\n  current file : b\n  included from: c:1\n  included from: b:1',
    ]);
  });
});
