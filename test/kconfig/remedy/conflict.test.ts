import { describe, expect, it } from 'vitest';
import { conflictAmong, type Conflict } from '../../../src/kconfig/index.ts';
import { configured, tree, valuesIn } from '../../helpers/remedyTree.ts';

const conflict = (text: string, config: string, wanted: string): Conflict =>
  conflictAmong(configured(tree(text), config), valuesIn(wanted));

const OPPOSED =
  'config A\n\tbool "a"\n\tdepends on C && !B\nconfig B\n\tbool "b"\nconfig C\n\tbool "c"\nconfig D\n\tbool "d"\n';

describe('wishes that exclude each other', () => {
  it('one that needs the other to be off', () => {
    expect(conflict(OPPOSED, '', 'A=y B=y')).toMatchObject({
      wishes: valuesIn('A=y B=y'),
      why: {
        ...valuesIn('A=y')[0],
        obstacle: { kind: 'needs', condition: { kind: 'off', symbol: 'B' } },
        given: valuesIn('B=y'),
      },
    });
  });

  it('two members of a choice', () => {
    const text = 'choice\n\tprompt "hz"\nconfig HZ_100\n\tbool "100"\nconfig HZ_250\n\tbool "250"\nendchoice\n';
    expect(conflict(text, '', 'HZ_250=y HZ_100=y').why).toMatchObject({
      symbol: 'HZ_250',
      obstacle: { kind: 'chosen', has: 'HZ_100' },
      given: valuesIn('HZ_100=y'),
    });
  });

  it('one that the other selects', () => {
    const text = 'config A\n\tbool "a"\nconfig B\n\tbool "b"\n\tselect A\n';
    expect(conflict(text, '', 'A=n B=y').why).toMatchObject({ symbol: 'A', obstacle: { kind: 'selected' } });
  });

  it('one that holds already', () => {
    const text = 'config LIB\n\ttristate\nconfig A\n\ttristate "a"\n\tselect LIB\n';
    expect(conflict(text, 'CONFIG_A=m\n', 'LIB=n A=m').why).toMatchObject({
      symbol: 'LIB',
      obstacle: { kind: 'selected', by: [{ symbol: 'A' }] },
      given: valuesIn('A=m'),
    });
  });

  it('not what is off as wished since nobody can ask for it', () => {
    const text =
      'config CARDS\n\tbool "cards"\nconfig LIB\n\ttristate\n\tdepends on CARDS\nconfig A\n\ttristate "a"\n\tdepends on CARDS\n\tselect LIB\nconfig B\n\ttristate "b"\n\tdepends on CARDS\n\tselect LIB\n';
    expect(conflict(text, 'CONFIG_CARDS=y\nCONFIG_A=m\nCONFIG_B=m\n', 'LIB=n A=m').why).toMatchObject({
      symbol: 'A',
      obstacle: { kind: 'needs' },
      given: valuesIn('CARDS=n LIB=n'),
    });
  });

  it('through what each of them needs', () => {
    const text = 'config A\n\tbool "a"\n\tdepends on X\nconfig B\n\tbool "b"\n\tdepends on !X\nconfig X\n\tbool "x"\n';
    expect(conflict(text, '', 'A=y B=y').why).toMatchObject({
      symbol: 'B',
      obstacle: { kind: 'needs', condition: { kind: 'off', symbol: 'X' } },
      given: valuesIn('A=y X=y'),
    });
  });
});

describe('of many wishes', () => {
  it('the smallest part is named, whatever stands around it', () => {
    for (const wanted of ['A=y B=y D=y', 'D=y A=y B=y', 'C=y B=y D=y A=y'])
      expect(
        conflict(OPPOSED, '', wanted)
          .wishes.map(({ symbol }) => symbol)
          .sort(),
      ).toEqual(['A', 'B']);
  });

  it('three of which any two go together', () => {
    const text =
      'config A\n\tbool "a"\n\tdepends on !(B && C)\nconfig B\n\tbool "b"\nconfig C\n\tbool "c"\nconfig D\n\tbool "d"\n';
    const { wishes, why } = conflict(text, '', 'D=y A=y B=y C=y');
    expect(wishes).toEqual(valuesIn('A=y B=y C=y'));
    expect(why).toMatchObject({ symbol: 'A', given: valuesIn('B=y C=y') });
  });
});
