import { expect, test } from 'vitest';
import {
  keepState,
  managedEntries,
  markStable,
  stateOf,
  saveManaged,
  stableOf,
  expected,
  holdOf,
  setHold,
} from '../../src/state/targets.ts';
import type { ManagedEntry, OriginIntent } from '../../src/model/entry.ts';
import { content, keep, retain, transcript } from '../../src/state/contents.ts';
import { forgetProcess, keepProcess, processes } from '../../src/state/childProcesses.ts';
import { keepReplaced, replacements } from '../../src/state/replacements.ts';
import { run, runs, iteration } from '../../src/state/recordedRuns.ts';
import { beginIteration, beginRun, closeUnfinished, finishIteration, judged } from '../../src/state/recordRun.ts';
import { opened, recordRun, START, stateDir } from '../helpers/history.ts';

test('a run is read back as it was recorded', () => {
  const history = opened();
  const hash = keep(history, 'patches', Buffer.from('{ }'));
  const written = recordRun(history, {
    iterations: [
      {
        outcome: 'fallout',
        drvPath: '/nix/store/x.drv',
        patchesSha256: hash,
        durationMs: 43_200,
        buildMs: 40_000,
        evaluateMs: 900,
        fallout: [
          {
            kind: 'value',
            symbol: 'RTLWIFI',
            wanted: 'n',
            got: 'm',
            offered: ['m', 'y'],
            by: { kind: 'patch', name: 'wlan', index: 3 },
            position: { file: '/p.nix', line: 3, column: null },
            cause: { kind: 'selected', by: [{ symbol: 'X', level: 'm' }] },
          },
        ],
        entries: [{ symbol: 'RTLWIFI', from: null, to: 'option no', rung: 1, reason: 'wanted n, got m' }],
      },
      { probe: true, restored: { putBack: 2, takenOut: 0 } },
    ],
    absorbed: 1,
    lost: [{ kind: 'value', symbol: 'RTLWIFI', wanted: 'n', got: 'm', by: { kind: 'nixpkgs' }, position: null }],
  });
  expect(run(history, written.run)).toEqual(written);
  expect(runs(history, { limit: 5 })).toEqual([written]);
  expect(iteration(history, 2)).toEqual(written.iterations[1]);
  expect(content(history, 'patches', hash)?.toString()).toBe('{ }');
});

test('runs come newest first, by target and by page', () => {
  const history = opened();
  for (const target of ['a', 'b', 'a', 'b', 'a']) recordRun(history, { target });
  const numbers = (page: Parameters<typeof runs>[1]): number[] => runs(history, page).map((each) => each.run);
  expect(numbers({ limit: 2 })).toEqual([5, 4]);
  expect(numbers({ limit: 9, before: 4 })).toEqual([3, 2, 1]);
  expect(numbers({ limit: 2, target: 'a' })).toEqual([5, 3]);
  expect(numbers({ limit: 2, target: 'a', before: 3 })).toEqual([1]);
});

test('an iteration is finished once, and only as part of its run', () => {
  const history = opened();
  const { iterations } = recordRun(history, { iterations: [{}] });
  const [done] = iterations;
  if (done === undefined) throw new Error('nothing recorded');
  expect(() => finishIteration(history, done)).toThrow(/iteration 1 of run 1 is not under way/);
  const second = beginRun(history, { target: 'x', cause: 'start', startedAt: START });
  const n = beginIteration(history, { run: second, startedAt: START, patchesSha256: null });
  expect(() => finishIteration(history, { ...done, iteration: n })).toThrow(/iteration 2 of run 1 is not under way/);
  expect(iteration(history, n)).toBeNull();
});

test('finishing an iteration records all of it or nothing', () => {
  const history = opened();
  const n = beginRun(history, { target: 'x', cause: 'start', startedAt: START });
  const it = beginIteration(history, { run: n, startedAt: START, patchesSha256: null });
  expect(() =>
    finishIteration(
      history,
      {
        iteration: it,
        run: n,
        startedAt: START,
        durationMs: 1,
        evaluateMs: 0,
        buildMs: 0,
        probe: false,
        outcome: 'green',
        drvPath: null,
        patchesSha256: 'ab'.repeat(32),
        sourceBytes: null,
        fallout: [{ kind: 'unused', symbol: 'A', wanted: 'y', got: null, by: null }],
        entries: [],
      },
      { dotConfig: 'CONFIG_A=y\n' },
    ),
  ).toThrow(/FOREIGN KEY/);
  expect(iteration(history, it)).toBeNull();
  expect(history.all('SELECT * FROM fallout')).toEqual([]);
  expect(history.all('SELECT * FROM configs')).toEqual([]);
});

test('what a killed falloutd left under way is closed as interrupted', () => {
  const history = opened();
  const left = beginRun(history, { target: 'x', cause: 'save', startedAt: '2026-01-01T00:00:00.000Z' });
  const first = beginIteration(history, { run: left, startedAt: '2026-01-01T00:00:01.000Z', patchesSha256: null });
  finishIteration(history, {
    iteration: first,
    run: left,
    startedAt: '2026-01-01T00:00:01.000Z',
    durationMs: 4000,
    evaluateMs: 0,
    buildMs: 0,
    probe: false,
    outcome: 'fallout',
    drvPath: null,
    patchesSha256: null,
    sourceBytes: null,
    fallout: [],
    entries: [
      { symbol: 'A', from: null, to: 'option no', rung: 1, reason: 'r' },
      { symbol: 'B', from: null, to: 'unset', rung: 4, reason: 'r' },
      { symbol: 'C', from: 'unset', to: null, rung: null, reason: 'r' },
    ],
  });
  const second = beginIteration(history, { run: left, startedAt: '2026-01-01T00:00:06.000Z', patchesSha256: null });
  expect(run(history, left)).toMatchObject({ outcome: null, durationMs: null });
  expect(closeUnfinished(history)).toEqual([left]);
  expect(run(history, left)).toMatchObject({ outcome: { kind: 'interrupted' }, durationMs: 6000, absorbed: 1 });
  expect(iteration(history, second)).toMatchObject({ outcome: 'cancelled', durationMs: 0 });
  expect(closeUnfinished(history)).toEqual([]);
});

test('a derivation that was judged is known with its transcript and its config', () => {
  const history = opened();
  recordRun(history, {
    iterations: [
      { drvPath: '/a.drv', outcome: 'fallout', extras: { transcript: 'first' } },
      { drvPath: '/a.drv', outcome: 'green', extras: { transcript: Buffer.from('second'), dotConfig: 'CONFIG_A=y\n' } },
      { drvPath: '/a.drv', outcome: 'infrastructure', extras: { transcript: 'no network' } },
      { drvPath: '/b.drv', outcome: 'blocked' },
    ],
  });
  expect(judged(history, '/a.drv')).toEqual({
    iteration: 2,
    outcome: 'green',
    transcript: { text: 'second', cut: false },
    dotConfig: 'CONFIG_A=y\n',
  });
  expect(judged(history, '/b.drv')).toBeNull();
});

test('retention lets the oldest transcripts go', () => {
  const history = opened();
  const noise = Array.from({ length: 4 }, (_, seed) =>
    Buffer.from(Array.from({ length: 1000 }, (__, i) => (i * (seed + 7) * 31) & 255)),
  );
  recordRun(history, { iterations: noise.map((extras) => ({ drvPath: '/a.drv', extras: { transcript: extras } })) });
  const left = (): number[] =>
    history.all<{ iteration: number }>('SELECT iteration FROM transcripts').map((row) => row.iteration);
  expect(retain(history, 'transcripts', 9)).toBe(0);
  expect(retain(history, 'transcripts', 3)).toBe(1);
  expect(left()).toEqual([2, 3, 4]);
  expect(retain(history, 'transcripts', 2)).toBe(1);
  expect(left()).toEqual([3, 4]);
  expect(transcript(history, 4)?.equals(noise[3] ?? Buffer.alloc(0))).toBe(true);
  expect(transcript(history, 1)).toBeNull();
  expect(retain(history, 'transcripts', 0)).toBe(2);
  expect(judged(history, '/a.drv')).toMatchObject({ iteration: 4, transcript: null });
});

test('the next build is measured against the newest one that ran to its verdict', () => {
  const history = opened();
  expect(expected(history, 'nixhost')).toBeNull();
  recordRun(history, { iterations: [{ buildMs: 5000, outcome: 'fallout', extras: { questions: 50 } }] });
  recordRun(history, {
    iterations: [
      { buildMs: 6000, outcome: 'green', extras: { questions: 60 } },
      { buildMs: 7000, probe: true, extras: { questions: 70 } },
      {
        buildMs: 8000,
        outcome: 'fallout',
        extras: { questions: 8 },
        fallout: [{ kind: 'repeated', symbol: 'A', wanted: 'y', got: null, by: null }],
      },
      { buildMs: 900, outcome: 'cancelled', extras: { questions: 9 } },
      { outcome: 'green' },
    ],
  });
  recordRun(history, { target: 'other', iterations: [{ buildMs: 1, outcome: 'green', extras: { questions: 1 } }] });
  expect(expected(history, 'nixhost')).toEqual({ questions: 60, buildMs: 6000 });
});

const WLAN: OriginIntent = {
  by: { kind: 'patch', name: 'wlan' },
  ask: { value: { kind: 'tristate', tristate: 'n' }, optional: false },
  via: 'structured',
};

test('the managed entries of a target are replaced as a whole, with their origins', () => {
  const history = opened();
  const entries: ManagedEntry[] = [
    {
      symbol: 'Z',
      ask: { value: { kind: 'tristate', tristate: 'n' }, optional: true },
      override: 40,
      via: 'structured',
      rung: 1,
      reason: 'r',
      origin: { kind: 'wish', intent: WLAN },
    },
    {
      symbol: 'A',
      ask: { value: { kind: 'freeform', text: '0x20"' }, optional: false },
      override: 1,
      via: 'legacy',
      rung: 0,
      reason: '',
      origin: { kind: 'choice', intent: null, stays: { symbol: 'B', intent: WLAN } },
    },
  ];
  saveManaged(history, 'a', entries);
  saveManaged(history, 'b', entries.slice(1));
  expect(managedEntries(history, 'a')).toEqual(entries);
  saveManaged(history, 'a', []);
  expect(managedEntries(history, 'a')).toEqual([]);
  expect(managedEntries(history, 'b')).toEqual(entries.slice(1));
});

test('what was written into a managed patch is known again by its bindings, in any order', () => {
  const history = opened();
  const entry = (symbol: string, rest: Partial<ManagedEntry> = {}): ManagedEntry => ({
    symbol,
    ask: { value: { kind: 'tristate', tristate: 'n' }, optional: true },
    override: 40,
    via: 'structured',
    rung: 1,
    reason: 'r',
    origin: { kind: 'wish', intent: WLAN },
    ...rest,
  });
  const [first, second] = [[entry('A'), entry('B')], [entry('A')]];
  expect(stateOf(history, 't', first)).toBe(null);
  keepState(history, 't', first);
  keepState(history, 't', second);
  expect(stateOf(history, 't', [entry('B', { override: 3 }), entry('A')])).toEqual({ entries: first, isNewest: false });
  expect(stateOf(history, 't', second)).toEqual({ entries: second, isNewest: true });
  expect(stateOf(history, 'other', first)).toBe(null);
  const freeform = { value: { kind: 'freeform', text: 'n' }, optional: true } as const;
  for (const other of [entry('A', { via: 'legacy' }), entry('A', { ask: freeform }), entry('C')])
    expect(stateOf(history, 't', [other])).toBe(null);

  // Written again, it is the newest, with the records of now.
  const again = [entry('A', { origin: { kind: 'hand', intent: WLAN } }), entry('B')];
  keepState(history, 't', again);
  expect(stateOf(history, 't', first)).toEqual({ entries: again, isNewest: true });
  expect(stateOf(history, 't', second)?.isNewest).toBe(false);
});

test('stable belongs to its inputs: since stays while they are the same', () => {
  const history = opened();
  recordRun(history, { iterations: [{}, {}] });
  const mark = {
    target: 't',
    inputsHash: 'h',
    configDrvPath: '/c.drv',
    kernelDrvPath: null,
    iteration: 1,
    at: '2026-01-01T00:00:00.000Z',
  };
  markStable(history, mark);
  markStable(history, { ...mark, iteration: 2, at: '2026-02-02T00:00:00.000Z' });
  expect(stableOf(history, 't')).toEqual({
    inputs: null,
    inputsHash: 'h',
    configDrvPath: '/c.drv',
    kernelDrvPath: null,
    iteration: 2,
    since: mark.at,
  });
  markStable(history, { ...mark, kernelDrvPath: '/k.drv', at: '2026-03-03T00:00:00.000Z' });
  expect(stableOf(history, 't')).toMatchObject({ kernelDrvPath: '/k.drv', since: '2026-03-03T00:00:00.000Z' });
  expect(stableOf(history, 'other')).toBeNull();
});

test('holds are kept over a restart', () => {
  const dir = stateDir();
  const history = opened(dir);
  setHold(history, 't', { kind: 'paused', since: START });
  setHold(history, 't', { kind: 'undone', since: START });
  expect(holdOf(opened(dir, { readonly: true }), 't')).toEqual({ kind: 'undone', since: START });
  setHold(history, 't', null);
  expect(holdOf(history, 't')).toBeNull();
});

test('what is replaced in a file of the user can be read back byte by byte', () => {
  const history = opened();
  const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0, 13, 10, 0xff]);
  keepReplaced(history, { path: '/p.nix', target: 't', run: null, before: bytes, after: Buffer.from('a'), at: START });
  keepReplaced(history, {
    path: '/p.nix',
    target: 't',
    run: null,
    before: Buffer.from('a'),
    after: Buffer.alloc(0),
    at: START,
  });
  const [newest, older] = replacements(history, 't', 5);
  expect(newest).toMatchObject({ path: '/p.nix', after: Buffer.alloc(0) });
  expect(older?.before.equals(bytes)).toBe(true);
});

test('process groups are known until they are seen to end; a number that comes again is the newer group', () => {
  const history = opened();
  keepProcess(history, { pgid: 42, startTime: '1000', what: 'nix' });
  keepProcess(history, { pgid: 7, startTime: '1001', what: 'nix' });
  keepProcess(history, { pgid: 42, startTime: '2000', what: 'conf' });
  expect(processes(history)).toEqual([
    { pgid: 7, startTime: '1001', what: 'nix' },
    { pgid: 42, startTime: '2000', what: 'conf' },
  ]);
  forgetProcess(history, 42);
  expect(processes(history).map((group) => group.pgid)).toEqual([7]);
});
