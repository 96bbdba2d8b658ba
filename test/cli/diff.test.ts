import { expect, test } from 'vitest';
import { diff, diffBaseline } from '../../src/cli/diff.ts';
import { compareSymbols } from '../../src/script/configDifference.ts';
import { summed } from '../../src/kernel/valueChanges.ts';
import type { Root } from '../../src/model/cause.ts';
import type { SideEffect } from '../../src/model/sideEffects.ts';
import { PLAIN } from '../../src/report/text/style.ts';
import { run } from '../../src/state/recordedRuns.ts';
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

const root = (symbol: string, value: string, line: number): Root => ({
  symbol,
  value,
  by: { kind: 'patch', name: 'mine', index: 0 },
  position: { file: '/etc/nixos/patches.nix', line, column: 1 },
});

const EFFECTS: SideEffect[] = [
  ...(['DRM_I915', 'DEV_DAX'] as const).map((symbol): SideEffect => ({
    symbol,
    before: 'm',
    after: null,
    change: 'off',
    roots: [root('PREEMPT_RT', 'y', 12)],
    hurts: 'driver',
    menu: 'Device Drivers › Graphics support',
  })),
  { symbol: 'HZ', before: '250', after: '1000', change: 'changed', roots: [], hurts: null, menu: '' },
  {
    symbol: 'LIB',
    before: null,
    after: 'm',
    change: 'on',
    roots: [root('SOUND', 'unset', 3), root('USB', 'n', 4)],
    hurts: null,
    menu: 'Library routines',
  },
];

test('beside the baseline, everything stands below the wishes that it follows from', () => {
  const db = opened();
  const iterations = [{ sideEffects: summed(EFFECTS), extras: { sideEffects: EFFECTS } }];
  recordRun(db, { target: 'other', iterations });
  recordRun(db, { iterations });
  recordRun(db, { iterations: [{}] });
  expect(diffBaseline(db, undefined, { style: PLAIN })).toMatchInlineSnapshot(`
    "nixhost, iteration 2: beyond your wishes 2 off, 1 on, 1 changed
      PREEMPT_RT = yes, /etc/nixos/patches.nix:12
        -DRM_I915 m  driver, Device Drivers › Graphics support
        -DEV_DAX m   driver, Device Drivers › Graphics support
      no wish alone
         HZ 250 -> 1000
      SOUND = unset, /etc/nixos/patches.nix:3 + USB = no, /etc/nixos/patches.nix:4
        +LIB m  Library routines
    "
  `);
  const data = documentIn('diff-baseline', diffBaseline(db, 1, { json: true }));
  expect(data).toEqual({ iteration: 1, target: 'other', sideEffects: { ...summed(EFFECTS), all: EFFECTS } });
  expect(() => diffBaseline(db, 3)).toThrow('no baseline is known for iteration 3');
  expect(() => diffBaseline(db, 9)).toThrow('there is no finished iteration 9');
  expect(() => diffBaseline(db, undefined, { target: 'third' })).toThrow('no baseline is known yet');
});

test('a run that is read back has the numbers of its last iteration', () => {
  const db = opened();
  recordRun(db, { iterations: [{ sideEffects: summed(EFFECTS), extras: { sideEffects: EFFECTS } }] });
  expect(run(db, 1)?.sideEffects).toMatchObject({
    off: 2,
    on: 1,
    changed: 1,
    symbols: ['DRM_I915', 'DEV_DAX', 'HZ', 'LIB'],
  });
  expect(db.all('SELECT went_off, came_on, changed FROM beyond')).toEqual([{ wentOff: 2, cameOn: 1, changed: 1 }]);
});
