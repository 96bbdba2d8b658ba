import { describe, expect, it } from 'vitest';
import { causeFrom, readDeclarations, type Declaration } from '../../src/kernel/declarations.ts';

const read = (text: string): Record<string, Declaration> => Object.fromEntries(readDeclarations([text]));
const depends = (text: string, symbol = 'X'): string[][] | undefined => readDeclarations([text]).get(symbol)?.dependsOn;

describe('readDeclarations', () => {
  it('takes config and menuconfig, with what they depend on', () => {
    const text =
      'config A\n\tbool "a"\n\tdepends on B && C\n\tdepends on D # only there\nmenuconfig M\n\ttristate "m"\n\tdepends\ton E\n';
    expect(read(text)).toEqual({
      A: { dependsOn: [['B && C', 'D']], selectedBy: [] },
      M: { dependsOn: [['E']], selectedBy: [] },
    });
  });

  it('adds the `if` and the `menu` around, and no more behind their ends', () => {
    const text = `menu "Sound"
	depends on SND
	visible if EXPERT
if HOT || COLD
config X
	bool
	depends on OWN
if DEEPER
config Y
	bool
endif
config Z
	bool
endif # HOT
endmenu
config FREE
	bool
`;
    expect(depends(text)).toEqual([['SND', 'HOT || COLD', 'OWN']]);
    expect(depends(text, 'Y')).toEqual([['SND', 'HOT || COLD', 'DEEPER']]);
    expect(depends(text, 'Z')).toEqual([['SND', 'HOT || COLD']]);
    expect(depends(text, 'FREE')).toEqual([[]]);
  });

  it('a choice depends for all its members, a comment for nobody but itself', () => {
    const text = `choice
	prompt "which"
	depends on A
config X
	bool "x"
comment "no B"
	depends on !B
config Y
	bool "y"
	depends on C
endchoice
config FREE
	bool
`;
    expect(depends(text)).toEqual([['A']]);
    expect(depends(text, 'Y')).toEqual([['A', 'C']]);
    expect(depends(text, 'FREE')).toEqual([[]]);
  });

  it('knows who selects, under which condition, also across files', () => {
    const declarations = readDeclarations([
      'config A\n\tselect X\n\tselect X if B && C\n\tselect NOWHERE\n',
      'config X\n\ttristate\n',
    ]);
    expect(declarations.get('X')?.selectedBy).toEqual([
      { by: 'A', condition: null },
      { by: 'A', condition: 'B && C' },
    ]);
    expect(declarations.has('NOWHERE')).toBe(false);
  });

  it('keeps the definitions of one symbol apart', () => {
    expect(depends('config X\n\tdepends on A\nconfig X\n\tdepends on B\n')).toEqual([['A'], ['B']]);
  });

  it('joins continuation lines', () => {
    expect(
      depends('config X\n\tdepends on A || \\\n\t\tB || \\\n\t\tC\n\tselect Y\n')?.flat().join().replace(/\s+/g, ' '),
    ).toBe('A || B || C');
  });

  it.each(['help', '---help---', '--help--'])(
    'passes over the text behind %s, whatever its lines begin with',
    (help) => {
      const text = `config X
	bool "x"
	${help}
	  If you select this,
	  config A
	  depends on the weather
	  select OTHER if unsure

	    endif
	  menu
	depends on REAL
config OTHER
	bool
`;
      expect(read(text)).toEqual({
        X: { dependsOn: [['REAL']], selectedBy: [] },
        OTHER: { dependsOn: [[]], selectedBy: [] },
      });
    },
  );

  it('a help ends at a line that is indented less, by tab stops of eight columns', () => {
    // Six blanks and a tab are eight columns, as one tab is.
    const text =
      'config X\n\tbool\n\thelp\n      \t  if this were code\n\t  select OTHER\n      \t  too\n\tdepends on REAL\nconfig OTHER\n';
    expect(read(text)).toEqual({
      X: { dependsOn: [['REAL']], selectedBy: [] },
      OTHER: { dependsOn: [[]], selectedBy: [] },
    });
  });

  it('a help without text, and one that ends in a backslash, hide nothing', () => {
    expect(depends('config A\n\thelp\nconfig X\n\tdepends on B\n')).toEqual([['B']]);
    expect(depends('if Q\nconfig A\n\thelp\n\t  a path \\\nendif\nconfig X\n\tdepends on B\n')).toEqual([['B']]);
  });

  it('names may begin with a digit, and need not be capital', () => {
    expect(Object.keys(read('config 9P_FS\nconfig 64BIT\nmenuconfig constructor\nconfig ARCH_sun4i\n'))).toEqual(
      ['9P_FS', '64BIT', 'constructor', 'ARCH_sun4i'].sort((a, b) => Number(/^\d+$/.test(b)) - Number(/^\d+$/.test(a))),
    );
  });

  it.each([
    ['an unfinished file', 'if A\nconfig X\n\tdepends on'],
    ['too many ends', 'endif\nendmenu\nconfig X\n\tbool\n'],
    ['nothing', ''],
    ['no Kconfig', '\0\xff{}'],
  ])('lives through %s', (_, text) => {
    expect(() => readDeclarations([text])).not.toThrow();
  });
});

describe('causeFrom', () => {
  const values: Record<string, string> = { A: 'n', B: 'y', SEL: 'm', '9P_FS': 'y', '6LOWPAN': 'n', NR: '8' };
  const cause = (text: string, wanted: string | null): ReturnType<typeof causeFrom> =>
    causeFrom(
      readDeclarations([text]).get('X') ?? { dependsOn: [], selectedBy: [] },
      wanted,
      (symbol) => values[symbol] ?? null,
    );

  it('names what is unmet', () => {
    expect(cause('config X\n\tdepends on A && B\n', 'y')).toMatchObject({
      kind: 'unmet',
      unmet: [{ symbol: 'A', value: 'n' }],
    });
    expect(cause('if B\nconfig X\n\tdepends on A || !B\nendif\n', 'y')).toMatchObject({
      kind: 'unmet',
      unmet: expect.arrayContaining([{ symbol: 'A', value: 'n' }]) as unknown,
    });
  });

  it('names who selects', () => {
    expect(cause('config X\nconfig SEL\n\tselect X\n', 'n')).toMatchObject({
      kind: 'selected',
      by: [{ symbol: 'SEL', level: 'm' }],
    });
    expect(cause('config X\nconfig SEL\n\tselect X if A\n', 'n')).toBeNull();
  });

  it('reads names that begin with a digit as names', () => {
    expect(cause('config X\n\tdepends on 9P_FS && A\n', 'y')).toMatchObject({ unmet: [{ symbol: 'A', value: 'n' }] });
    expect(cause('config X\n\tdepends on 6LOWPAN\n', 'y')).toMatchObject({
      kind: 'unmet',
      unmet: [{ symbol: '6LOWPAN', value: 'n' }],
    });
    expect(cause('config X\n\tdepends on NR > 4 && A\n', 'y')).toMatchObject({ unmet: [{ symbol: 'A', value: 'n' }] });
  });

  it('says nothing where a value that matters is not known, or nothing is unmet', () => {
    expect(cause('config X\n\tdepends on UNHEARD_OF\n', 'y')).toBeNull();
    expect(cause('config X\n\tdepends on $(cc-option,-mfoo)\n', 'y')).toBeNull();
    expect(cause('config X\n\tdepends on B\n', 'y')).toBeNull();
    expect(cause('config X\n', 'y')).toBeNull();
  });
});
