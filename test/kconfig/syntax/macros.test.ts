import { describe, expect, test } from 'vitest';
import { formatDiagnostic, KconfigError } from '../../../src/kconfig/syntax/diagnostics.ts';
import { parseText } from '../../../src/kconfig/syntax/readTree.ts';

/** What `$(info,…)` lines print, and everything else that is told. */
function printed(
  text: string,
  environment: Record<string, string> = {},
  probe = (command: string): string => `<${command}>`,
): string[] {
  try {
    return parseText(text, { environment, probe }).diagnostics.map(formatDiagnostic);
  } catch (error) {
    if (error instanceof KconfigError) return error.diagnostics.map(formatDiagnostic);
    throw error;
  }
}

describe('variables', () => {
  test('= is expanded when used, := when defined, += keeps the flavour', () => {
    expect(
      printed(`A = $(X)
B := $(X)
X = 1
A += $(Y)
B += $(Y)
NEW += $(Y)
Y = 2
$(info,$(A)|$(B)|$(NEW))
`),
    ).toEqual(['1 2| |2']);
  });

  test('a value keeps its blanks at the end and its #; a line without one is empty', () => {
    expect(printed('A =  x # y \nB =\n$(info,[$(A)][$(B)])\n')).toEqual(['[x # y ][]']);
  });

  test('after a help text a line is no assignment', () => {
    expect(printed('config A\n\tbool\n\thelp\n\t  Text.\nB = c\n')).toEqual([
      'Kconfig:5: syntax error',
      'Kconfig:5: unknown statement "B"',
    ]);
  });

  test('what is not defined comes from the environment, then is empty', () => {
    const text = '$(info,$(ARCH)-$(NONE))\nARCH = own\n$(info,$(ARCH))\n';
    expect(printed(text, { ARCH: 'x86' })).toEqual(['x86-', 'own']);
    const { environment } = parseText(text, { environment: { ARCH: 'x86', OTHER: 'unused' } });
    expect([...environment]).toEqual([['ARCH', 'x86']]);
  });

  test('a name may be made of references', () => {
    expect(printed('AB = found\nX = A\nY = B\n$(info,$($(X)$(Y)))\n')).toEqual(['found']);
  });

  test.each([
    ['A = $(A)\n$(info,$(A))\n', "Kconfig:2: Recursive variable 'A' references itself (eventually)"],
    ['A = $(B)\nB = $(A)\nC := $(A)\n', "Kconfig:4: Recursive variable 'A' references itself (eventually)"],
    ['f = $(f,$(1))\n$(info,$(f,x))\n', 'Kconfig:2: Too deep recursive expansion'],
  ])('%j ends', (text, message) => {
    expect(printed(text)).toEqual([message]);
  });
});

describe('functions', () => {
  test('arguments are expanded first, blanks belong to them, commas in parentheses do not part them', () => {
    expect(printed('f = [$(1)][$(2)][$(3)]\nV = v\n$(info,$(f, a,$(V),(b,c)))\n')).toEqual(['[ a][v][(b,c)]']);
  });

  test('a variable of the same name wins over a builtin', () => {
    expect(printed('lineno = mine\n$(info,$(lineno))\n')).toEqual(['mine']);
  });

  test('filename and lineno say where the reference stands', () => {
    expect(printed('\n\nconfig A\n\tbool "$(filename):$(lineno)"\n$(info,$(lineno))\n')).toEqual(['5']);
    expect(parseText('\n\nconfig A\n\tbool "$(filename):$(lineno)"\n').statements[0]).toMatchObject({
      options: [{ kind: 'prompt', text: 'Kconfig:4' }, {}],
    });
  });

  test('warning-if and error-if act on y only; error-if ends the reading', () => {
    expect(
      printed('$(warning-if,n,no)$(warning-if,y,yes)\n$(error-if,,no)\n$(error-if,y,stop)\n$(info,never)\n'),
    ).toEqual(['Kconfig:1: yes', 'Kconfig:3: stop']);
  });

  test('shell gets the expanded command', () => {
    expect(printed('CC = gcc\n$(info,$(shell,$(CC) --version))\n')).toEqual(['<gcc --version>']);
  });

  test.each([
    ['$(info)', "too few function arguments passed to 'info'"],
    ['$(lineno,x)', "too many function arguments passed to 'lineno'"],
    ['$(error-if,y)', "too few function arguments passed to 'error-if'"],
    ['$(shell,a,b)', "too many function arguments passed to 'shell'"],
    ['$(f,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16)', 'too many function arguments'],
    ['$(info,(x)', "unterminated reference to 'info,(x)': missing ')'"],
  ])('%s is refused', (reference, message) => {
    expect(printed(`${reference}\n`)).toEqual([`Kconfig:1: ${message}`]);
  });
});

test('a reference may stand within a word and a string, and a $ alone is itself', () => {
  const tree = parseText(
    'N = ME\nconfig NA$(N)\n\tstring "a $(N) \\$(N) $N \'$(N)\'"\n\tdefault "$"\n\tdefault $(EMPTY)X\n',
  );
  expect(tree.statements).toMatchObject([
    {
      symbol: 'NAME',
      options: [
        { kind: 'prompt', text: "a ME $(N) $N 'ME'" },
        { kind: 'type' },
        { kind: 'default', value: { operand: { name: '$', constant: true } } },
        { kind: 'default', value: { operand: { name: 'X', constant: false } } },
      ],
    },
  ]);
});

test('macros made to explode end in an error', () => {
  const doubling = Array.from({ length: 40 }, (_, i) => `A${i} = $(A${i + 1})$(A${i + 1})\n`).join('');
  expect(printed(`${doubling}A40 = x\n$(info,$(A0))\n`)).toEqual(['Kconfig:42: Too deep recursive expansion']);
});
