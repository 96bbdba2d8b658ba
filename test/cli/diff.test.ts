import { expect, test } from 'vitest';
import { diff } from '../../src/cli/diff.ts';
import { compareSymbols } from '../../src/report/data/iterationDifference.ts';
import { opened, recordRun } from '../helpers/history.ts';
import { sample } from '../helpers/sampleHistory.ts';
import { documentIn } from '../helpers/documentSchema.ts';

test('two resulting configs are compared as scripts/diffconfig does', () => {
  const db = opened();
  sample(db);
  expect(diff(db, 2, 5)).toBe('-GONE "a b"\n A y -> m\n+NEW ""\n');
});

test('where an iteration has no config, the requested settings are compared and that is said', () => {
  const db = opened();
  sample(db);
  expect(diff(db, 1, 2)).toMatchInlineSnapshot(`
    "# iteration 1 gave no .config: these are the requested settings (? marks
    # optional ones)
     A y -> n?
    +NR 8
    +U unset

    --- patches, iteration 1
    +++ patches, iteration 2
    @@ -1,4 +1,5 @@
     { lib, ... }:
     [
       { name = "sound"; }
    +  { name = "wlan"; }
     ]
    "
  `);
});

test('what cannot be compared is said', () => {
  const db = opened();
  sample(db);
  expect(diff(db, 1, 4)).toMatchInlineSnapshot(`
    "# the symbols cannot be compared: iteration 1 and iteration 4 gave no .config,
    # and the requested settings are not kept of both
    "
  `);
});

test('the same iteration twice differs in nothing', () => {
  const db = opened();
  sample(db);
  expect(diff(db, 2, 2)).toBe('# no symbol differs between iterations 2 and 2\n');
});

test('as JSON', () => {
  const db = opened();
  sample(db);
  const data = documentIn('diff', diff(db, 5, 2, { json: true }));
  expect(data).toEqual({
    a: 5,
    b: 2,
    withoutConfig: [],
    patches: null,
    compared: 'config',
    symbols: [
      { symbol: 'NEW', from: '""', to: null },
      { symbol: 'A', from: 'm', to: 'y' },
      { symbol: 'GONE', from: null, to: '"a b"' },
    ],
  });
});

test('an unknown number is an error', () => {
  const db = opened();
  recordRun(db, { iterations: [{}] });
  expect(() => diff(db, 1, 2)).toThrow('there is no finished iteration 2');
});

test('what is not set and what is not there are told apart', () => {
  expect(
    compareSymbols(
      new Map([
        ['A', 'n'],
        ['C', 'y'],
      ]),
      new Map([
        ['B', 'n'],
        ['C', 'y'],
      ]),
    ),
  ).toEqual([
    { symbol: 'A', from: 'n', to: null },
    { symbol: 'B', from: null, to: 'n' },
  ]);
});

test('without numbers, the last two stable iterations of one target', () => {
  const db = opened();
  const stable = { outcome: { kind: 'stable' } } as const;
  const compared = (...args: Parameters<typeof diff> extends [unknown, ...infer Rest] ? Rest : never): unknown => {
    const { a, b } = JSON.parse(diff(db, args[0], args[1], { json: true, ...args[2] })) as { a: number; b: number };
    return [a, b];
  };
  expect(() => diff(db)).toThrow('there are not two stable iterations to compare yet');
  recordRun(db, { ...stable, iterations: [{}, { outcome: 'green' }] });
  expect(() => diff(db)).toThrow('there are not two stable iterations to compare yet');
  recordRun(db, { target: 'other', ...stable, iterations: [{ outcome: 'green' }] });
  recordRun(db, { ...stable, iterations: [{ outcome: 'green' }] });
  recordRun(db, { iterations: [{}], outcome: { kind: 'interrupted' } });
  expect(compared()).toEqual([2, 4]);
  expect(compared(1)).toEqual([1, 4]);
  expect(() => diff(db, undefined, undefined, { target: 'other' })).toThrow('not two stable');
});
