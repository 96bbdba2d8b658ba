import { expect, test } from 'vitest';
import { isValidText, parseSigned, parseUnsigned } from '../../../src/kconfig/tree/numbers.ts';

test('strtoll takes what stands at the beginning, in the base given', () => {
  expect(parseSigned(' -12x', 10)).toMatchObject({ value: -12n, length: 4 });
  expect(parseSigned('0x1F', 16)).toMatchObject({ value: 31n, length: 4 });
  expect(parseSigned('0x', 16)).toMatchObject({ value: 0n, length: 1 });
  expect(parseSigned('017', 0)).toMatchObject({ value: 15n, length: 3 });
  expect(parseSigned('n', 16)).toMatchObject({ value: 0n, length: 0 });
});

test('numbers stay within 64 bits, as in C', () => {
  expect(parseSigned('0xffffffffffffffff', 16)).toEqual({ value: 2n ** 63n - 1n, length: 18, overflow: true });
  expect(parseSigned('-9223372036854775809', 10)).toMatchObject({ value: -(2n ** 63n), overflow: true });
  expect(parseUnsigned('0xffffffffffffffff', 16)).toEqual({ value: 2n ** 64n - 1n, length: 18, overflow: false });
  expect(parseUnsigned('-1', 16)).toMatchObject({ value: 2n ** 64n - 1n, overflow: false });
});

test.each([
  ['int', '0', true],
  ['int', '-5', true],
  ['int', '05', false],
  ['int', '', false],
  ['int', '-', false],
  ['hex', '0x', false],
  ['hex', 'ff', true],
  ['hex', '0Xff', true],
  ['hex', 'fg', false],
  ['string', '', true],
  ['tristate', 'yes', true],
  ['bool', 'x', false],
  ['unknown', 'y', false],
] as const)('%s %j is a value: %s', (type, text, valid) => {
  expect(isValidText(type, text)).toBe(valid);
});
