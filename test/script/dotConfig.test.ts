import { describe, expect, it } from 'vitest';
import { compareSettings, parseDotConfig, sameNumber } from '../../src/script/dotConfig.ts';

const wanted = (value: string): { tristate: null; freeform: string; optional: boolean } => ({
  tristate: null,
  freeform: value,
  optional: false,
});

it('parseDotConfig reads as the script does', () => {
  const text =
    '#\n# Linux/x86 6.12\nCONFIG_A=y\r\n# CONFIG_B is not set\nCONFIG_S="a \\"b\\" \\\\c"\nCONFIG_E=""\nCONFIG_H=0x1000\nCONFIG_N=-5\n\nCONFIG_=x\n# CONFIG_C was set\n';
  expect([...parseDotConfig(text)]).toEqual([
    ['A', 'y'],
    ['B', 'n'],
    ['S', 'a "b" \\c'],
    ['E', ''],
    ['H', '0x1000'],
    ['N', '-5'],
  ]);
});

describe('compareSettings', () => {
  const config = new Map([
    ['M', 'm'],
    ['ZERO', '0'],
    ['EMPTY', ''],
    ['HEX', '0x200000'],
    ['TEXT', 'a b'],
    ['NO', 'n'],
  ]);
  const miss = (symbol: string, value: string): unknown => compareSettings({ [symbol]: wanted(value) }, config)[0];

  it.each([
    ['M', 'm'],
    ['ABSENT', 'n'],
    ['NO', 'n'],
    ['TEXT', 'a b'],
    ['TEXT', '"a b"'],
    ['EMPTY', '""'],
  ])('%s=%s is honoured', (symbol, value) => expect(miss(symbol, value)).toBeUndefined());

  it.each([
    ['ZERO', '5', { got: '0', silent: true, spelling: false }],
    ['EMPTY', 'x', { got: '', silent: true }],
    ['ABSENT', 'y', { got: null, silent: false }],
    ['M', 'y', { got: 'm', silent: false }],
    ['HEX', '200000', { got: '0x200000', spelling: true, silent: false }],
  ])('%s=%s is not', (symbol, value, expected) =>
    expect(miss(symbol, value)).toMatchObject({ symbol, wanted: value, ...expected }),
  );

  it('asks nothing for unset, and freeform before tristate', () => {
    expect(compareSettings({ M: { tristate: null, freeform: null, optional: false } }, config)).toEqual([]);
    expect(compareSettings({ M: { tristate: 'n', freeform: 'm', optional: true } }, config)).toEqual([]);
  });
});

it.each([
  ['200000', '0x200000', true],
  ['0X2A', '0x2a', true],
  ['0x2a', '0x2A', true],
  ['2a', '0x2a', true],
  ['+5', '5', true],
  ['005', '5', true],
  ['0x20', '0x200', false],
  ['5', '6', false],
  ['x', '0x5', false],
  ['5', '5', false],
  ['5', null, false],
  ['y', 'm', false],
  ['', '', false],
  ['a', 'b', false],
  ['0x', '0x0', false],
])('%s and %s are one number: %s', (a, b, same) => expect(sameNumber(a, b)).toBe(same));
