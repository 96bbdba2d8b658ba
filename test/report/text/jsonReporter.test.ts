import { describe, expect, it } from 'vitest';
import { logger } from '../../../src/report/text/jsonReporter.ts';
import type { Iteration, Run, RunOutcome } from '../../../src/model/run.ts';
import type { RunEvent } from '../../../src/model/event.ts';

type Line = Record<string, unknown> & { msg: string };

function logged(act: (reporter: ReturnType<typeof logger>) => void): Line[] {
  let text = '';
  const reporter = logger({ write: (chunk: string) => void (text += chunk) });
  act(reporter);
  reporter.close();
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

const ITERATION: Iteration = {
  iteration: 4,
  run: 2,
  startedAt: '2026-03-04T05:06:07.000Z',
  durationMs: 43_000,
  evaluateMs: 900,
  buildMs: 42_000,
  probe: false,
  outcome: 'fallout',
  drvPath: '/d.drv',
  patchesSha256: null,
  sourceBytes: null,
  fallout: [{ kind: 'unused', symbol: 'A', wanted: 'y', got: null, by: null }],
  entries: [],
};
const run = (outcome: RunOutcome): Run => ({
  run: 2,
  target: 'host',
  cause: 'save',
  startedAt: '2026-03-04T05:06:07.000Z',
  durationMs: 50_000,
  outcome,
  iterations: [ITERATION],
  absorbed: 1,
  lost: [],
});
const finished = (outcome: RunOutcome): Line | undefined =>
  logged((r) => r.handle({ kind: 'run-finished', run: run(outcome) }))[0];

describe('the log', () => {
  it('is one JSON object a line, with time and level', () => {
    const lines = logged((r) => {
      r.handle({ kind: 'run-started', run: 2, target: 'host', cause: 'save', patchesFile: '/p' });
      r.handle({ kind: 'iteration-finished', iteration: ITERATION });
      r.print(['two words', 'a "quoted"\nline']);
    });
    expect(lines.map((line) => line['level'])).toEqual(['info', 'info', 'info', 'info']);
    for (const line of lines) expect(new Date(String(line['time'])).toISOString()).toBe(line['time']);
    expect(lines[0]).toMatchObject({ run: 2, target: 'host', cause: 'save', msg: 'run started' });
    expect(lines[1]).toMatchObject({ run: 2, iteration: ITERATION });
    expect(lines[3]?.msg).toBe('a "quoted"\nline');
    expect(lines[0]).not.toHaveProperty('pid');
  });

  it('says nothing of progress', () => {
    const progress: RunEvent[] = [
      { kind: 'phase', run: 2, iteration: 4, phase: 'build' },
      { kind: 'progress', run: 2, iteration: 4, step: 'x', questions: 1, expected: null },
      { kind: 'build-progress', build: 1, target: 'host', step: 'x', objects: 1, elapsedMs: 1, expected: null },
    ];
    expect(logged((r) => progress.forEach((event) => r.handle(event)))).toEqual([]);
  });

  it.each<[RunOutcome, string]>([
    [{ kind: 'stable' }, 'info'],
    [{ kind: 'superseded' }, 'info'],
    [{ kind: 'interrupted' }, 'info'],
    [{ kind: 'blocked', problem: { message: 'syntax error', file: '/p.nix', line: 3 } }, 'warn'],
    [{ kind: 'stalled', reason: 'no-rung', symbols: ['A'] }, 'warn'],
    [{ kind: 'infrastructure', problem: { message: 'no disk' } }, 'warn'],
  ])('a run that ends %j is of level %s', (outcome, level) => {
    const line = finished(outcome);
    expect(line).toMatchObject({ level, run: { run: 2, outcome, iterations: [4], absorbed: 1 } });
    expect(line?.msg).not.toBe('');
    // No colours where no person looks on.
    // eslint-disable-next-line no-control-regex
    expect(line?.msg).not.toMatch(/\x1b/);
  });

  it('says what blocks in the message itself', () => {
    expect(finished({ kind: 'blocked', problem: { message: 'syntax error', file: '/p.nix', line: 3 } })?.msg).toMatch(
      /\/p\.nix:3.*syntax error/,
    );
  });

  it('trouble is an error', () => {
    expect(
      logged((r) => r.handle({ kind: 'trouble', target: 'host', problem: { message: 'the disk is full', hint: 'h' } })),
    ).toMatchObject([{ level: 'error', target: 'host', problem: { hint: 'h' }, msg: 'the disk is full' }]);
  });
});
