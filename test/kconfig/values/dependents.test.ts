import { expect, test } from 'vitest';
import { buildKconfig, Configuration, parseText } from '../../../src/kconfig/index.ts';

test('a number follows the symbol it has as its default, and a bound of its range', () => {
  const kconfig = buildKconfig(
    parseText(`
config A
	int "A"
	default 16
config FOLLOWS
	int
	default A
config LIMITED
	int "limited"
	range 1 A
	default 9
`),
    { choices: 'ranked' },
  );
  const configuration = new Configuration(kconfig);
  const values = (): string[] =>
    ['FOLLOWS', 'LIMITED'].map((name) => configuration.value(configuration.symbol(name) ?? kconfig.constants.n));
  expect(values()).toEqual(['16', '9']);
  const a = configuration.symbol('A');
  expect(a !== undefined && configuration.set(a, '4')).toBe(true);
  expect(values()).toEqual(['4', '4']);
});
