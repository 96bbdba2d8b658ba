import { expect, it } from 'vitest';
import { wantedValues } from '../../src/cli/wantedValues.ts';

it.each([
  ['RTLWIFI=n', 'RTLWIFI', 'n'],
  ['CONFIG_RTLWIFI=no', 'RTLWIFI', 'n'],
  ['USB=module', 'USB', 'm'],
  ['NR_CPUS = 512', 'NR_CPUS', '512'],
  ['LOCALVERSION="-mine"', 'LOCALVERSION', '-mine'],
  ['CMDLINE=a=b', 'CMDLINE', 'a=b'],
])('%s', (word, symbol, value) => {
  expect(wantedValues([word])).toEqual([{ symbol, value }]);
});

it.each([[['RTLWIFI']], [['=n']], [['A B=n']], [['A=y', 'CONFIG_A=n']]])('no wish: %s', (words) => {
  expect(() => wantedValues(words)).toThrow(expect.objectContaining({ exitCode: 2 }));
});

it('a wish that is given twice is one wish', () => {
  expect(wantedValues(['A=y', 'CONFIG_A=yes'])).toEqual([{ symbol: 'A', value: 'y' }]);
});
