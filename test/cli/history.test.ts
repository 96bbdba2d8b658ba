import { expect, test } from 'vitest';
import { history } from '../../src/cli/history.ts';
import { run } from '../../src/state/recordedRuns.ts';
import { opened, recordRun } from '../helpers/history.ts';
import { fits, NOW, sample } from '../helpers/sampleHistory.ts';
import { documentIn } from '../helpers/documentSchema.ts';

test('each run with its iterations, the newest last', () => {
  const db = opened();
  sample(db);
  const text = history(db, { now: NOW });
  expect(fits(text)).toBe(true);
  expect(text).toMatchInlineSnapshot(`
    "run 1, nixhost: saved 05:06:07 (10 m ago)
      1    43.2 s  1 unknown name, 1 other value, 1 no option; absorbed 2, released
                   1
      2  1 m 12 s  config built
      stable after 2 iterations in 1 m 55 s; 1 entry added; 3 wishes not honoured:
      EXT5_FS, RTLWIFI, SND_SOC; 1 default not honoured (see \`falloutd lost\`)

    run 2, laptop: saved 05:16:00 (7 s ago)
      3  0.9 s  blocked
      blocked: /etc/nixos/patches.nix:12:5: undefined variable 'yess'
        did you mean yes? It is in lib.kernel: write \`with lib.kernel;\` before the
        braces

    run 3, nixhost: on command 05:10:00 (6 m ago)
      4  40.0 s  full check: 1 no option
      5  50.0 s  config built
      stalled after 2 iterations in 1 m 30 s: nothing is left to try for A, B, C, D
      and 3 more
    "
  `);
});

test('the limit counts runs, of the target that is asked for', () => {
  const db = opened();
  sample(db);
  const numbers = (options: Parameters<typeof history>[1]): number[] =>
    documentIn('history', history(db, { ...options, json: true })).runs.map((each) => each.run);
  expect(numbers({ limit: 2 })).toEqual([3, 2]);
  expect(numbers({ limit: 1, target: 'laptop' })).toEqual([2]);
  expect(numbers({ target: 'nixhost' })).toEqual([3, 1]);
  expect(numbers({ target: 'nobody' })).toEqual([]);
  for (let i = 0; i < 30; i++) recordRun(db);
  expect(numbers({})).toHaveLength(20);
});

test('as JSON, run objects and nothing else', () => {
  const db = opened();
  sample(db);
  const [newest] = documentIn('history', history(db, { json: true, limit: 1 })).runs;
  expect(newest).toEqual(run(db, 3));
  expect(Object.keys(newest ?? {})).toEqual([
    'run',
    'target',
    'cause',
    'startedAt',
    'durationMs',
    'outcome',
    'iterations',
    'absorbed',
    'lost',
  ]);
  expect(Object.keys(newest?.iterations[0] ?? {})).toEqual([
    'iteration',
    'run',
    'startedAt',
    'durationMs',
    'evaluateMs',
    'buildMs',
    'probe',
    'outcome',
    'drvPath',
    'patchesSha256',
    'sourceBytes',
    'fallout',
    'entries',
  ]);
});

test('an empty history, and a run that goes on', () => {
  const db = opened();
  expect(history(db)).toBe('no run is recorded\n');
  expect(history(db, { target: 'laptop' })).toBe('no run of laptop is recorded\n');
  recordRun(db, { outcome: null, iterations: [{ outcome: 'fallout', durationMs: 1000 }] });
  expect(history(db, { now: NOW })).toBe('run 1, nixhost: saved 05:06:07 (10 m ago)\n  1  1.0 s  fallout\n  running\n');
});
