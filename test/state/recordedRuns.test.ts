import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openHistory } from '../../src/state/historyDatabase.ts';
import { keep } from '../../src/state/contents.ts';
import { lostCount } from '../../src/report/text/falloutText.ts';
import { prepareStatement } from '../../src/state/sqlite.ts';
import { EXPECTED } from '../../src/state/targets.ts';
import {
  dotConfig,
  iteration,
  iterationRange,
  lost,
  patchesOf,
  questions,
  run,
  settings,
  STATEMENTS,
  targets,
  transcriptFor,
} from '../../src/state/recordedRuns.ts';
import type { Asker, Position } from '../../src/model/intent.ts';
import type { Cause } from '../../src/model/cause.ts';
import type { EntryChange } from '../../src/model/entry.ts';
import type { Fallout, Wish } from '../../src/model/fallout.ts';
import type { Iteration, RunOutcome } from '../../src/model/run.ts';
import { beginRun, finishRun } from '../../src/state/recordRun.ts';
import { pragma } from '../helpers/pragma.ts';
import { opened, recordRun, START, stateDir } from '../helpers/history.ts';

const text = fc.string({ unit: 'binary', maxLength: 12 });
const ms = fc.nat({ max: 1e9 });
const when = fc
  .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const tristate = fc.constantFrom('y' as const, 'm' as const, 'n' as const);
const kind = fc.constantFrom(
  'unused' as const,
  'value' as const,
  'repeated' as const,
  'choice' as const,
  'conflict' as const,
  'unknown' as const,
  'silent' as const,
  'overridden' as const,
  'clamped' as const,
);
const by: fc.Arbitrary<Asker> = fc.oneof(
  fc.record({ kind: fc.constant('patch' as const), name: text, index: fc.nat() }),
  fc.constant({ kind: 'kernel' as const }),
  fc.constant({ kind: 'nixpkgs' as const }),
);
const position: fc.Arbitrary<Position> = fc.record({ file: text, line: fc.nat(), column: fc.option(fc.nat()) });
const causeBy = fc.array(fc.record({ symbol: text, level: fc.constantFrom('m' as const, 'y' as const) }), {
  maxLength: 2,
});
const unmet = fc.array(fc.record({ symbol: text, value: text }), { maxLength: 2 });
const cause: fc.Arbitrary<Cause> = fc.oneof(
  fc.record({ kind: fc.constantFrom('selected' as const, 'implied' as const), by: causeBy }),
  fc.record({ kind: fc.constantFrom('unmet' as const, 'invisible' as const), expression: text, unmet }),
  fc.record({ kind: fc.constant('choice' as const), with: fc.array(text, { maxLength: 2 }) }),
  fc.record({ kind: fc.constant('overridden' as const), by, value: fc.option(text), position: fc.option(position) }),
  fc.constant({ kind: 'spelling' as const }),
  fc.record({ kind: fc.constant('recorded' as const), text }),
);
const fallout: fc.Arbitrary<Fallout> = fc.record(
  {
    kind,
    symbol: text,
    wanted: fc.option(text),
    got: fc.option(text),
    offered: fc.array(text, { maxLength: 3 }),
    cause,
    by: fc.option(by),
    position: fc.option(position),
    suggestions: fc.array(text, { maxLength: 2 }),
  },
  { requiredKeys: ['kind', 'symbol', 'wanted', 'got', 'by'] },
);
const wish: fc.Arbitrary<Wish> = fc.record(
  {
    kind,
    symbol: text,
    wanted: text,
    got: fc.option(text),
    by,
    position: fc.option(position),
    cause,
    suggestions: fc.array(text, { maxLength: 2 }),
  },
  { requiredKeys: ['kind', 'symbol', 'wanted', 'got', 'by', 'position'] },
);
const entry: fc.Arbitrary<EntryChange> = fc.record({
  symbol: text,
  from: fc.option(text),
  to: fc.option(text),
  reason: text,
  rung: fc.option(fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const, 4 as const)),
});
const problem = fc.record(
  { message: text, file: text, line: fc.nat(), column: fc.nat(), hint: text },
  { requiredKeys: ['message'] },
);
const outcome: fc.Arbitrary<RunOutcome> = fc.oneof(
  fc.constantFrom({ kind: 'stable' as const }, { kind: 'superseded' as const }, { kind: 'interrupted' as const }),
  fc.record({ kind: fc.constantFrom('blocked' as const, 'infrastructure' as const), problem }),
  fc.record({
    kind: fc.constant('stalled' as const),
    reason: fc.constantFrom('no-rung' as const, 'max-iterations' as const, 'repeated-state' as const),
    symbols: fc.array(text, { maxLength: 3 }),
  }),
);
const draft: fc.Arbitrary<Omit<Iteration, 'iteration' | 'run' | 'patchesSha256'>> = fc.record({
  startedAt: when,
  durationMs: ms,
  evaluateMs: ms,
  buildMs: ms,
  probe: fc.boolean(),
  outcome: fc.constantFrom(
    'green' as const,
    'fallout' as const,
    'blocked' as const,
    'infrastructure' as const,
    'cancelled' as const,
  ),
  drvPath: fc.option(text),
  sourceBytes: fc.option(fc.nat()),
  fallout: fc.array(fallout, { maxLength: 4 }),
  entries: fc.array(entry, { maxLength: 3 }),
});

test('every run and iteration that words.ts allows is read back equal', () => {
  const history = opened();
  const setting = fc.record({ tristate: fc.option(tristate), freeform: fc.option(text), optional: fc.boolean() });
  const extras = fc.record(
    { dotConfig: text, settings: fc.dictionary(text, setting), transcript: text, questions: fc.nat() },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.record({
        target: text,
        cause: fc.constantFrom('start' as const, 'save' as const, 'command' as const, 'retry' as const),
        startedAt: when,
        durationMs: ms,
        outcome: fc.option(outcome),
        absorbed: fc.integer(),
        lost: fc.array(wish, { maxLength: 3 }),
      }),
      fc.array(fc.tuple(draft, fc.option(fc.uint8Array({ maxLength: 20 })), extras), { maxLength: 3 }),
      (whole, iterations) => {
        const written = recordRun(history, {
          ...whole,
          iterations: iterations.map(([each, bytes, more]) => ({
            ...each,
            patchesSha256: bytes === null ? null : keep(history, 'patches', Buffer.from(bytes)),
            extras: more,
          })),
        });
        expect(run(history, written.run)).toEqual(written);
        written.iterations.forEach((each, i) => {
          const [, bytes, more] = iterations[i] ?? [];
          expect(iteration(history, each.iteration)).toEqual(each);
          expect(patchesOf(history, each.iteration)).toEqual(bytes == null ? null : Buffer.from(bytes));
          expect(dotConfig(history, each.iteration)).toBe(more?.dotConfig ?? null);
          expect(JSON.stringify(settings(history, each.iteration))).toBe(JSON.stringify(more?.settings ?? null));
          expect(questions(history, each.iteration)).toBe(more?.questions ?? null);
          if (more?.transcript !== undefined)
            expect(transcriptFor(history, each.iteration)?.toString()).toBe(more.transcript);
        });
      },
    ),
    { numRuns: 60 },
  );
  expect(pragma(history.db, 'integrity_check')).toBe('ok');
});

test('defaults and unknown names that are off are kept apart from the lost wishes', () => {
  const history = opened();
  const base = { wanted: 'n', got: null, by: { kind: 'patch', name: 'a', index: 0 }, position: null } as const;
  const wish = { ...base, symbol: 'A', kind: 'value', got: 'y' } as const;
  const unknown = { ...base, symbol: 'TYPO', kind: 'unknown' } as const;
  const fallback = { ...base, symbol: 'FSCACHE', wanted: 'm', kind: 'unused', by: { kind: 'nixpkgs' } } as const;
  const n = beginRun(history, { target: 'b', cause: 'save', startedAt: '2026-03-04T12:00:00Z' });
  const lists = { lost: [wish], lostDefaults: [fallback], unknownNames: [unknown] };
  finishRun(history, { run: n, outcome: { kind: 'stable' }, durationMs: 1, absorbed: 0, ...lists });
  expect(run(history, n)).toMatchObject(lists);
  expect(lost(history)).toEqual([
    { target: 'b', run: n, wishes: [wish], lostDefaults: [fallback], unknownNames: [unknown] },
  ]);
  expect(lostCount(lists)).toBe('1 wish not honoured; 1 default not honoured; 1 name unknown to this kernel');
  const override = { ...base, symbol: 'B', kind: 'value', by: { kind: 'kernel' }, position: { file: '/flake.nix', line: 3, column: 1 } } as const;
  expect(lostCount({ lost: [override] })).toBe('1 wish not honoured');
});

test('the wishes lost are those of the newest run that a config build judged', () => {
  const history = opened();
  const wanted: Wish = { kind: 'value', symbol: 'A', wanted: 'n', got: 'm', by: { kind: 'kernel' }, position: null };
  recordRun(history, { target: 'b', lost: [wanted, wanted] });
  recordRun(history, { target: 'b', lost: [wanted] });
  recordRun(history, { target: 'b', outcome: { kind: 'superseded' } });
  recordRun(history, { target: 'a', outcome: { kind: 'blocked', problem: { message: 'x' } } });
  expect(lost(history)).toEqual([{ target: 'b', run: 2, wishes: [wanted] }]);
  expect(lost(history, 'a')).toEqual([]);
  expect(targets(history)).toEqual([
    { target: 'a', lastRun: 4, judgedRun: null },
    { target: 'b', lastRun: 3, judgedRun: 2 },
  ]);
});

test('a build that was not repeated shows the transcript of the one that judged', () => {
  const history = opened();
  recordRun(history, {
    iterations: [
      { drvPath: '/a.drv', outcome: 'fallout', extras: { transcript: 'judged' } },
      { drvPath: '/a.drv', outcome: 'fallout' },
      { drvPath: '/b.drv', outcome: 'green' },
      { drvPath: null, outcome: 'blocked' },
    ],
  });
  expect(transcriptFor(history, 2)?.toString()).toBe('judged');
  expect(transcriptFor(history, 3)).toBeNull();
  expect(transcriptFor(history, 4)).toBeNull();
  expect(iterationRange(history)).toEqual({ first: 1, last: 4 });
});

test('no question about the history reads a whole table', () => {
  const history = opened();
  const asked: Record<string, string> = {
    ...STATEMENTS,
    expected: EXPECTED,
    judged:
      "SELECT iteration FROM iterations WHERE drv_path = ? AND outcome IN ('green', 'fallout') ORDER BY iteration DESC LIMIT 1",
    unfinishedIterations: "UPDATE iterations SET outcome = 'cancelled' WHERE outcome IS NULL",
    lastIteration: 'SELECT iteration AS n FROM iterations WHERE outcome IS NOT NULL ORDER BY iteration DESC LIMIT 1',
    newestOfView: 'SELECT * FROM history ORDER BY iteration DESC LIMIT 20',
    lostView: 'SELECT * FROM lost',
  };
  const plans = Object.fromEntries(
    Object.entries(asked).map(([name, sql]) => {
      const parameters = Array.from({ length: sql.split('?').length - 1 }, () => 1);
      return [
        name,
        history.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...parameters).map((row) => row.detail),
      ];
    }),
  );
  // These end at the LIMIT, or see only what is unfinished, or one row per target.
  const few = new Set([
    'lastIteration: SCAN iterations',
    'newestOfView: SCAN i',
    'unfinishedIterations: SCAN iterations USING INDEX iterations_unfinished',
    'targets: SCAN names',
    'lostView: SCAN names',
    'targets: USE TEMP B-TREE FOR ORDER BY',
    'lostView: USE TEMP B-TREE FOR ORDER BY',
  ]);
  const slow = Object.entries(plans).flatMap(([name, plan]) =>
    plan
      .map((step) => `${name}: ${step}`)
      .filter((step) => /SCAN (?!CONSTANT ROW)|TEMP B-TREE|AUTOMATIC/.test(step) && !few.has(step)),
  );
  expect(slow).toEqual([]);
  expect(Object.keys(plans)).toHaveLength(Object.keys(asked).length);
});

test('the views answer a person who asks with sqlite3', () => {
  const dir = stateDir();
  const history = openHistory(dir);
  recordRun(history, {
    target: 'nixhost',
    iterations: [
      {
        startedAt: START,
        durationMs: 43_250,
        evaluateMs: 1000,
        buildMs: 42_000,
        outcome: 'fallout',
        extras: { questions: 2871 },
        fallout: [
          {
            kind: 'value',
            symbol: 'RTLWIFI',
            wanted: 'n',
            got: 'm',
            by: { kind: 'patch', name: 'wlan', index: 0 },
            position: { file: '/p.nix', line: 7, column: 1 },
            cause: { kind: 'selected', by: [{ symbol: 'RTL8192CE', level: 'm' }] },
          },
          { kind: 'unused', symbol: 'X', wanted: 'y', got: null, by: null },
        ],
        entries: [
          { symbol: 'RTLWIFI', from: null, to: 'option no', rung: 1, reason: 'r' },
          { symbol: 'OLD', from: 'unset', to: null, rung: null, reason: 'r' },
        ],
      },
    ],
    lost: [{ kind: 'value', symbol: 'RTLWIFI', wanted: 'n', got: 'm', by: { kind: 'nixpkgs' }, position: null }],
  });
  recordRun(history, { target: 'other', outcome: null, iterations: [] });
  history.close();
  const reader = opened(dir, { readonly: true });
  const shown = (sql: string): unknown => prepareStatement(reader.db, sql).all();
  expect(shown('SELECT * FROM history')).toEqual([
    {
      run: 1,
      iteration: 1,
      target: 'nixhost',
      cause: 'save',
      started: START,
      seconds: 43.3,
      outcome: 'fallout',
      fallout: 2,
      absorbed: 1,
      released: 1,
      probe: 0,
      run_outcome: 'stable',
      drv_path: null,
    },
  ]);
  expect(shown('SELECT * FROM fallout_list')).toEqual([
    {
      iteration: 1,
      run: 1,
      target: 'nixhost',
      kind: 'value',
      symbol: 'RTLWIFI',
      wanted: 'n',
      got: 'm',
      asked_by: 'patch wlan',
      file: '/p.nix',
      line: 7,
      cause: 'selected by RTL8192CE',
    },
    {
      iteration: 1,
      run: 1,
      target: 'nixhost',
      kind: 'unused',
      symbol: 'X',
      wanted: 'y',
      got: null,
      asked_by: null,
      file: null,
      line: null,
      cause: null,
    },
  ]);
  expect(shown('SELECT * FROM durations')).toEqual([
    {
      iteration: 1,
      run: 1,
      target: 'nixhost',
      probe: 0,
      seconds: 43.25,
      evaluate_s: 1,
      build_s: 42,
      own_s: 0.25,
      questions: 2871,
    },
  ]);
  expect(shown('SELECT target, run, symbol, asked_by FROM lost')).toEqual([
    { target: 'nixhost', run: 1, symbol: 'RTLWIFI', asked_by: 'nixpkgs' },
  ]);
});

test('a cause that an earlier version recorded is read as its text', () => {
  const history = opened(stateDir());
  recordRun(history, { iterations: [{ outcome: 'fallout' }] });
  history.run(
    "INSERT INTO fallout (iteration, seq, kind, symbol, wanted, got, detail) VALUES (1, 0, 'value', 'A', 'n', 'm', ?)",
    JSON.stringify({ by: null, cause: { selectedBy: [{ symbol: 'B', level: 'm' }], text: 'selected by B' } }),
  );
  expect(iteration(history, 1)?.fallout).toEqual([
    { kind: 'value', symbol: 'A', wanted: 'n', got: 'm', by: null, cause: { kind: 'recorded', text: 'selected by B' } },
  ]);
});
