import { expect, it } from 'vitest';
import type { Cause } from '../../../src/model/cause.ts';
import type { NotAskable } from '../../../src/model/patchSetting.ts';
import type { Documents } from '../../../src/report/data/documentSchemas.ts';
import { patchSummaryLines } from '../../../src/report/text/patchSummaryLines.ts';
import { PLAIN } from '../../../src/report/text/style.ts';

const setting = { symbol: 'A', value: 'y', force: false, prompt: 'a', reason: { kind: 'keep' } } as const;
const UNKNOWN: Cause = { kind: 'unknown', same: [], now: [], elsewhere: [], near: [] };
const missing = (symbol: string, more: Partial<NotAskable>): NotAskable => ({
  symbol,
  wanted: 'y',
  got: null,
  prompt: 'a prompt',
  cause: null,
  ...more,
});
const document = (more: Partial<Documents['patch']>): Documents['patch'] => ({
  patches: [{ name: 'General setup', settings: [setting, setting] }],
  needless: 0,
  notAskable: [],
  newOptions: [],
  objects: null,
  ...more,
});
const lines = (more: Partial<Documents['patch']>, given = 100): string[] =>
  patchSummaryLines(document(more), { subject: 'old for demo', isWhole: false, given }, PLAIN);

it('counts settings, needless ones and objects', () => {
  expect(lines({})).toEqual(['old for demo: 2 settings in 1 patch']);
  expect(lines({ needless: 300, objects: { before: 9000, after: 4200 } })).toEqual([
    'old for demo: 2 settings in 1 patch, 300 needless ones left out; 4,800 fewer',
    'objects to compile',
  ]);
  expect(lines({ patches: [], objects: { before: 5, after: 5 } })).toEqual([
    'old for demo: nothing to ask for; as many objects to compile',
  ]);
});

it('says what cannot be had and why, what is unknown, and what is new', () => {
  const notAskable = [
    missing('DEEP', {
      cause: { kind: 'needs', condition: { kind: 'symbol', symbol: 'TOP', value: 'n', needed: 'y' } },
    }),
    missing('GCC_VERSION', { wanted: '120200', got: '140000', prompt: null }),
    missing('GONE', { prompt: null, cause: UNKNOWN }),
  ];
  expect(lines({ notAskable, newOptions: [{ symbol: 'NEW', value: 'y', prompt: null }] }).slice(1)).toEqual([
    '  1 option cannot be had:',
    '    DEEP  wanted y, not in .config  needs TOP',
    '  without a prompt, and otherwise here: GCC_VERSION',
    '  unknown to this kernel: GONE',
    '  new in this kernel, at their defaults: NEW',
  ]);
});

it("says that most options are another system's", () => {
  const notAskable = ['A', 'B'].map((symbol) => missing(symbol, { prompt: null, cause: UNKNOWN }));
  expect(lines({ notAskable }, 3)[1]).toContain('does not know 2 of the 3 options');
  expect(lines({ notAskable }, 4)[1]).toBe('  unknown to this kernel: A, B');
});

it('says of added modules how many are there, and that autoModules brings others', () => {
  const kept = [{ symbol: 'A', module: 'a', role: 'driver', because: { kind: 'loaded' } }] as const;
  expect(lines({ kept: [...kept], dropped: [], unknown: ['nvidia'], off: ['b'], autoModules: true }).slice(1)).toEqual([
    '  1 module is there: 1 loaded',
    '  whatever else can be a module becomes one: this kernel has autoModules, which',
    '  kernel.override { autoModules = false; } turns off',
    '  not of this kernel: nvidia',
    '  off as it stands, and not turned on: b',
  ]);
});
