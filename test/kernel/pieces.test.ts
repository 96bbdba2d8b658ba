import fc from 'fast-check';
import { expect, it } from 'vitest';
import { putBack, takeApart } from '../../src/kernel/pieces.ts';

const item = fc.record({ symbol: fc.string(), cause: fc.option(fc.record({ by: fc.array(fc.string()) })) });
const long = fc.integer({ min: 0, max: 1700 }).chain((length) => fc.array(item, { maxLength: length }));
const filled = fc.nat(1700).map((length) => Array.from({ length }, (_, index) => ({ symbol: `S${index}` })));
const list = fc.oneof(long, filled);
const value = fc.record({
  kind: fc.string(),
  prediction: fc.record({
    entries: list,
    lost: fc.record({ lost: list, names: list }),
    dotConfig: fc.option(fc.string()),
  }),
  map: fc.constant(new Map([['A', 'y']])),
});

it('what was taken apart comes together again, from small pieces', () => {
  fc.assert(
    fc.property(value, (whole) => {
      const before = structuredClone(whole);
      const { rest, pieces } = structuredClone(takeApart(whole));
      expect(whole).toEqual(before);
      for (const piece of pieces) {
        expect(piece.items.length).toBeLessThanOrEqual(500);
        putBack(rest, piece);
      }
      expect(rest).toEqual(whole);
    }),
  );
});

it('a piece of something else is refused', () => {
  expect(() => putBack({ entries: null }, { path: ['entries'], items: [1] })).toThrow('nothing was taken from entries');
});
