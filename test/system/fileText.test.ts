import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesOf, textOf } from '../../src/system/fileText.ts';

it('gives any bytes back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(bytesOf(textOf(Buffer.from(bytes)))).toEqual(Buffer.from(bytes));
    }),
  );
});

it('is plain UTF-8 where that fits', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(textOf(Buffer.from(text))).toBe(text);
      expect(bytesOf(text)).toEqual(Buffer.from(text));
    }),
  );
});

it('keeps a byte order mark and what stands around a Latin-1 letter', () => {
  const bytes = Buffer.concat([Buffer.from('\ufeff# 🐧 '), Buffer.from([0xe4]), Buffer.from('\r\n')]);
  expect(textOf(bytes)).toBe('\ufeff# 🐧 \udce4\r\n');
  expect(bytesOf(textOf(bytes))).toEqual(bytes);
});
