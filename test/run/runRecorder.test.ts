import { describe, expect, it } from 'vitest';
import { run as readRun } from '../../src/state/recordedRuns.ts';
import { Recorder } from '../../src/run/runRecorder.ts';
import type { RunEvent } from '../../src/model/event.ts';
import type { Wish } from '../../src/model/fallout.ts';
import { opened } from '../helpers/history.ts';

const TARGET = { name: 'host', patchesFile: '/p.nix' };
const LOST: Wish = {
  kind: 'value',
  symbol: 'A',
  wanted: 'n',
  got: 'm',
  by: { kind: 'patch', name: 'mine', index: 0 },
  position: null,
};

function started(): { recorder: Recorder; events: RunEvent[]; history: ReturnType<typeof opened> } {
  const events: RunEvent[] = [];
  const history = opened();
  return { recorder: new Recorder(history, (event) => events.push(event), TARGET, { cause: 'save' }), events, history };
}

describe('Recorder', () => {
  it('writes a run as it goes, and tells the same', () => {
    const { recorder, events, history } = started();
    expect(readRun(history, recorder.run)).toMatchObject({
      target: 'host',
      cause: 'save',
      outcome: null,
      durationMs: null,
    });
    const open = recorder.begin(null);
    recorder.phase(open, 'build');
    open.evaluateMs = 1.4;
    open.buildMs = 2.6;
    open.drvPath = '/d.drv';
    open.fallout.push({ kind: 'unused', symbol: 'A', wanted: 'y', got: null, by: null });
    open.entries.push({ symbol: 'A', from: null, to: 'option y', rung: 1, reason: 'why' });
    recorder.finish(open, 'fallout');
    const ended = recorder.end({ kind: 'stable' }, 1, { lost: [LOST] });
    expect(events.map((event) => event.kind)).toEqual(['run-started', 'phase', 'iteration-finished', 'run-finished']);
    expect(events.at(-1)).toEqual({ kind: 'run-finished', run: ended });
    expect(ended).toMatchObject({
      run: recorder.run,
      target: 'host',
      outcome: { kind: 'stable' },
      absorbed: 1,
      lost: [LOST],
    });
    expect(ended.iterations).toMatchObject([
      { run: recorder.run, outcome: 'fallout', evaluateMs: 1, buildMs: 3, drvPath: '/d.drv', probe: false },
    ]);
    expect(ended.iterations[0]).not.toHaveProperty('started');
    const read = readRun(history, recorder.run);
    expect(read).toMatchObject({
      outcome: ended.outcome,
      durationMs: ended.durationMs,
      absorbed: 1,
      startedAt: ended.startedAt,
    });
    expect(read?.iterations).toMatchObject([
      { iteration: open.iteration, fallout: [{ symbol: 'A' }], entries: [{ symbol: 'A', to: 'option y' }] },
    ]);
  });

  it.each([
    [{ kind: 'blocked', problem: { message: 'p' } }, 'blocked'],
    [{ kind: 'infrastructure', problem: { message: 'p' } }, 'infrastructure'],
    [{ kind: 'interrupted' }, 'cancelled'],
    [{ kind: 'superseded' }, 'cancelled'],
  ] as const)('an iteration that is under way when the run ends %j ends %s', (outcome, expected) => {
    const { recorder, history } = started();
    recorder.begin(null);
    expect(recorder.end(outcome, 0, { lost: [] }).iterations).toMatchObject([{ outcome: expected }]);
    expect(readRun(history, recorder.run)).toMatchObject({ outcome, iterations: [{ outcome: expected }] });
  });

  it('counts iterations through all runs', () => {
    const { recorder, history } = started();
    const first = recorder.begin(null);
    recorder.finish(first, 'green');
    recorder.end({ kind: 'stable' }, 0, { lost: [] });
    const next = new Recorder(history, () => undefined, TARGET, { cause: 'command' });
    expect([next.run, next.begin(null).iteration]).toEqual([recorder.run + 1, first.iteration + 1]);
  });
});
