import PQueue from 'p-queue';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Target } from '../../src/config/config.ts';
import { TargetLoop, type LoopOptions, type Work } from '../../src/daemon/targetLoop.ts';
import { InfrastructureError, RefusedError } from '../../src/model/errors.ts';
import type { RunEvent } from '../../src/model/event.ts';
import type { RunOutcome } from '../../src/model/run.ts';
import type { History } from '../../src/state/historyDatabase.ts';
import { runs } from '../../src/state/recordedRuns.ts';
import { holdOf, setHold } from '../../src/state/targets.ts';
import { FakeWork, turns } from '../helpers/fakeWork.ts';
import { opened } from '../helpers/history.ts';
import { folder, targetIn } from '../helpers/target.ts';

const STABLE: RunOutcome = { kind: 'stable' };
const INTERRUPTED: RunOutcome = { kind: 'interrupted' };
const INFRASTRUCTURE: RunOutcome = { kind: 'infrastructure', problem: { message: 'no network' } };

let history: History;
let work: FakeWork;
let queue: PQueue;
let events: RunEvent[];
let target: Target;
let loop: TargetLoop;

beforeEach(() => {
  history = opened();
  work = new FakeWork();
  queue = new PQueue({ concurrency: 2 });
  events = [];
  target = targetIn(folder());
  loop = new TargetLoop(target, options());
});
afterEach(async () => {
  vi.useRealTimers();
  const stopped = loop.stop();
  for (const run of work.underWay) run.end(INTERRUPTED);
  await stopped;
});

function options(): LoopOptions {
  return { history, queue, transcripts: 9, emit: (event) => events.push(event), retryMs: [10, 1000], work };
}

/** For a test that replaces one of them. */
const works = (): Work => ({ converge: work.converge, undo: work.undo, tidy: work.tidy, watch: work.watch });

async function started(): Promise<void> {
  loop.start();
  await turns();
}

/** Ends the newest run. */
async function ends(outcome: RunOutcome): Promise<void> {
  work.run.end(outcome);
  await turns();
}

/** Whether a promise has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = (): void => {
    settled = true;
  };
  promise.then(settle, settle);
  await turns();
  return settled;
}

const causes = (): string[] => work.runs.map((run) => run.cause);
const recorded = (): (string | undefined)[] =>
  runs(history, { limit: 99 })
    .map((run) => run.outcome?.kind)
    .reverse();

test('hold and then resume while the old run still unwinds: "iteration 1 of run 1 is not under way"', async () => {
  await started();
  const held = loop.hold('paused');
  loop.resume();
  await turns();
  expect(causes()).toEqual(['start']);
  expect(work.run.signal.reason).toBe('interrupted');
  expect(await isSettled(held)).toBe(false);

  await ends(INTERRUPTED);
  expect(await isSettled(held)).toBe(true);
  expect(causes()).toEqual(['start', 'command']);
  await ends(STABLE);
  expect(events.filter((event) => event.kind === 'trouble')).toEqual([]);
  expect(recorded()).toEqual(['interrupted', 'stable']);
});

describe('a run', () => {
  test('begins at the start, and at a save', async () => {
    await started();
    expect(loop.live()).toEqual({ state: 'running', doing: 'iteration 1, evaluate' });
    await ends(STABLE);
    expect(loop.live()).toEqual({ state: 'idle' });
    work.save(target.patchesFile);
    await turns();
    expect(causes()).toEqual(['start', 'save']);
  });

  test('has left its target idle when its end is reported: a kernel build asked for then waited for ever', async () => {
    const states: string[] = [];
    loop = new TargetLoop(target, {
      ...options(),
      emit: (event) => {
        if (event.kind === 'run-finished') states.push(loop.live().state);
      },
    });
    await started();
    await ends(STABLE);
    expect(states).toEqual(['idle']);
  });

  test('is cancelled by a save, and the next one begins when it has ended', async () => {
    await started();
    work.save(target.patchesFile);
    work.save(target.patchesFile);
    await turns();
    expect(work.run.signal.reason).toBe('superseded');
    expect(loop.live()).toMatchObject({ state: 'scheduled' });
    expect(causes()).toEqual(['start']);
    await ends({ kind: 'superseded' });
    expect(causes()).toEqual(['start', 'save']);
  });

  test('starts over after a save that only its write found', async () => {
    await started();
    await ends({ kind: 'superseded' });
    expect(causes()).toEqual(['start', 'save']);
  });

  test('waits for its turn, and is not recorded before that', async () => {
    queue.concurrency = 1;
    const other = new TargetLoop({ ...target, name: 'other' }, options());
    other.start();
    await started();
    expect(work.runs.map((run) => run.target)).toEqual(['other']);
    expect(loop.live()).toEqual({ state: 'scheduled', doing: 'waits for its turn' });
    loop.trigger('command');
    await ends(STABLE);
    expect(work.runs.map((run) => [run.target, run.cause])).toEqual([
      ['other', 'start'],
      ['host', 'command'],
    ]);
    await other.stop();
  });

  test.each(['hold', 'stop'] as const)('that waits for its turn never begins after %s', async (what) => {
    queue.concurrency = 1;
    let finish = (): void => undefined;
    void queue.add(async () => new Promise<void>((resolve) => (finish = resolve)));
    loop.start();
    await (what === 'hold' ? loop.hold('paused') : loop.stop());
    finish();
    await turns();
    expect(work.runs).toEqual([]);
  });

  test('that is held in the moment in which it begins is not recorded', async () => {
    loop.start();
    await loop.hold('paused');
    expect(work.runs).toEqual([]);
    expect(recorded()).toEqual([]);
  });
});

describe('an infrastructure failure', () => {
  test('is tried again, each time later', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await started();
    await ends(INFRASTRUCTURE);
    expect(loop.live()).toEqual({ state: 'idle', doing: 'waits to try again' });
    vi.advanceTimersByTime(10);
    await turns();
    await ends(INFRASTRUCTURE);
    vi.advanceTimersByTime(999);
    await turns();
    expect(causes()).toEqual(['start', 'retry']);
    vi.advanceTimersByTime(1);
    await turns();
    expect(causes()).toEqual(['start', 'retry', 'retry']);
    await ends(STABLE);
    loop.retry();
    await turns();
    await ends(INFRASTRUCTURE);
    vi.advanceTimersByTime(10);
    await turns();
    expect(causes()).toHaveLength(5);
  });

  test.each(['hold', 'stop', 'save'] as const)('is not tried again by itself after %s', async (what) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await started();
    await ends(INFRASTRUCTURE);
    if (what === 'save') work.save(target.patchesFile);
    else await (what === 'hold' ? loop.hold('paused') : loop.stop());
    await turns();
    if (what === 'save') await ends(STABLE);
    vi.advanceTimersByTime(10_000);
    await turns();
    expect(causes()).toEqual(what === 'save' ? ['start', 'save'] : ['start']);
  });
});

describe('a hold', () => {
  test('cancels what runs and resolves when it has ended; saves start nothing until it is resumed', async () => {
    await started();
    const held = loop.hold('paused');
    expect(loop.live().state).toBe('held');
    expect(await isSettled(held)).toBe(false);
    work.save(target.patchesFile);
    await ends(INTERRUPTED);
    await held;
    work.save(target.patchesFile);
    loop.trigger('command');
    await turns();
    expect(causes()).toEqual(['start']);
    expect(() => loop.retry()).toThrow(/host is held/);
    loop.resume();
    await turns();
    expect(causes()).toEqual(['start', 'command']);
    expect(holdOf(history, 'host')).toBeNull();
  });

  test('refuses a retry while the run still unwinds', async () => {
    await started();
    void loop.hold('paused');
    expect(() => loop.retry()).toThrow(/host is held/);
    await ends(INTERRUPTED);
    expect(causes()).toEqual(['start']);
  });

  test('outlives the daemon', async () => {
    setHold(history, 'host', { kind: 'paused', since: '2026-01-01T00:00:00.000Z' });
    const next = new TargetLoop(target, options());
    next.start();
    await turns();
    expect(next.live()).toEqual({ state: 'held' });
    expect(work.runs).toEqual([]);
    await next.stop();
  });
});

describe('an undo', () => {
  test('begins when the run has ended, holds the target, and what is asked meanwhile waits for it', async () => {
    await started();
    const undone = loop.undo(7);
    await turns();
    expect(work.undos).toEqual([]);
    await ends(INTERRUPTED);
    expect(work.undos).toMatchObject([{ target: 'host', run: 7 }]);
    expect(loop.live()).toEqual({ state: 'held', doing: 'takes a run back' });
    loop.resume();
    await turns();
    expect(work.runs).toHaveLength(1);
    work.undos[0]?.end();
    expect(await undone).toMatchObject({ run: 7, changed: true });
    await turns();
    expect(causes()).toEqual(['start', 'command']);
  });

  test('leaves the target held, also when it fails', async () => {
    await started();
    await ends(STABLE);
    const undone = loop.undo(null);
    await turns();
    work.undos[0]?.end();
    await undone;
    expect(loop.live()).toEqual({ state: 'held' });
    expect(holdOf(history, 'host')).toMatchObject({ kind: 'undone' });

    const failing = new TargetLoop(target, {
      ...options(),
      work: { ...works(), undo: async () => Promise.reject(new Error('nothing to undo')) },
    });
    failing.start();
    await expect(failing.undo(null)).rejects.toThrow('nothing to undo');
    expect(failing.live()).toEqual({ state: 'held' });
  });

  test('that is refused leaves the hold as it was: none, or the pause', async () => {
    const undo = async (): Promise<never> => Promise.reject(new RefusedError({ message: 'no such run' }));
    const refusing = new TargetLoop(target, { ...options(), work: { ...works(), undo } });
    refusing.start();
    await turns();
    const refused = expect(refusing.undo(99)).rejects.toThrow('no such run');
    await ends(INTERRUPTED);
    await refused;
    await turns();
    expect(holdOf(history, 'host')).toBeNull();
    expect(causes()).toEqual(['start', 'command']);
    await ends(STABLE);
    await refusing.hold('paused');
    await expect(refusing.undo(99)).rejects.toThrow('no such run');
    expect(refusing.live()).toEqual({ state: 'held' });
    expect(holdOf(history, 'host')).toMatchObject({ kind: 'paused' });
  });

  test('is refused when the target is resumed before it could begin', async () => {
    await started();
    const undone = loop.undo(null);
    loop.resume();
    work.run.end(INTERRUPTED);
    await expect(undone).rejects.toMatchObject({ exitCode: 4 });
    expect(work.undos).toEqual([]);
  });

  test('is refused when the target is resumed in the very moment before it begins', async () => {
    await started();
    await ends(STABLE);
    const refused = expect(loop.undo(null)).rejects.toMatchObject({ exitCode: 4 });
    // The hold holds, and the undo has not begun.
    while (loop.live().doing === undefined) await Promise.resolve();
    loop.resume();
    await turns();
    work.undos[0]?.end();
    await refused;
    expect(work.undos).toEqual([]);
    expect(holdOf(history, 'host')).toBeNull();
    expect(causes()).toEqual(['start', 'command']);
  });

  test.each([
    { what: 'a pause', before: false },
    { what: 'a resume', before: true },
  ])('that is refused does not take back $what that came meanwhile', async ({ before }) => {
    let refuse: () => void = () => undefined;
    const undo = async (): Promise<never> =>
      new Promise((_, reject) => {
        refuse = () => {
          reject(new RefusedError({ message: 'no such run' }));
        };
      });
    const refusing = new TargetLoop(target, { ...options(), work: { ...works(), undo } });
    refusing.start();
    await turns();
    await ends(STABLE);
    if (before) await refusing.hold('paused');
    const refused = expect(refusing.undo(99)).rejects.toThrow('no such run');
    await turns();
    const paused = before ? null : refusing.hold('paused');
    if (before) refusing.resume();
    refuse();
    await turns();
    // As far as a run goes on, it ends, so that nothing waits for it.
    for (const run of work.underWay) run.end(INTERRUPTED);
    await Promise.all([refused, paused]);
    expect(holdOf(history, 'host')?.kind ?? null).toBe(before ? null : 'paused');
    expect(refusing.live().state === 'held').toBe(!before);
    await refusing.stop();
  });
});

describe('stop', () => {
  test('resolves when the run has ended, and nothing begins any more', async () => {
    await started();
    const stopped = loop.stop();
    loop.trigger('command');
    loop.resume();
    void loop.hold('paused');
    const again = loop.stop();
    expect(await isSettled(stopped)).toBe(false);
    expect(await isSettled(again)).toBe(false);
    await ends(INTERRUPTED);
    await Promise.all([stopped, again]);
    loop.trigger('command');
    loop.resume();
    await turns();
    expect(causes()).toEqual(['start']);
  });

  test('waits for an undo', async () => {
    await started();
    await ends(STABLE);
    const undone = loop.undo(null);
    await turns();
    const stopped = loop.stop();
    expect(await isSettled(stopped)).toBe(false);
    work.undos[0]?.end();
    await Promise.all([stopped, undone]);
  });

  test('a loop that never started runs nothing', async () => {
    loop.trigger('save');
    await loop.stop();
    loop.start();
    await turns();
    expect(work.runs).toEqual([]);
  });
});

describe('an error is the trouble of its target', () => {
  test.each([
    ['of ours', new InfrastructureError({ message: 'the disk is full' }), { message: 'the disk is full' }],
    [
      'that nobody expected',
      new TypeError('undefined is not a function'),
      {
        message: 'unexpected error: undefined is not a function',
        hint: expect.stringMatching(/report[\s\S]*targetLoop\.test\.ts/) as string,
      },
    ],
    ['that is no error', 'a text', { message: 'unexpected error: a text' }],
  ])('%s: it is reported, the run ends, and is tried again', async (_, error, problem) => {
    await started();
    work.run.crash(error);
    await turns();
    expect(events.filter((event) => event.kind === 'trouble')).toMatchObject([{ target: 'host', problem }]);
    expect(events.at(-1)).toMatchObject({ kind: 'run-finished', run: { run: 1, outcome: { kind: 'interrupted' } } });
    expect(recorded()).toEqual(['interrupted']);
    await vi.waitUntil(() => work.runs.length === 2);
    expect(work.run.cause).toBe('retry');
  });

  test('in a hold as well, which it leaves held', async () => {
    await started();
    const held = loop.hold('paused');
    work.run.crash(new Error('while it unwinds'));
    await held;
    expect(loop.live()).toEqual({ state: 'held' });
    expect(events.filter((event) => event.kind === 'trouble')).toHaveLength(1);
  });

  test('a watch that cannot stand is reported, and the target is served', async () => {
    const blind = new TargetLoop(target, {
      ...options(),
      work: {
        ...works(),
        watch: (onSave, onTrouble) => ({
          ...work.watch(onSave),
          set: () => onTrouble?.(new InfrastructureError({ message: 'too many watches' })),
        }),
      },
    });
    blind.start();
    await turns();
    expect(events[0]).toMatchObject({ kind: 'trouble', problem: { message: 'too many watches' } });
    expect(work.runs).toHaveLength(1);
    await Promise.all([blind.stop(), ends(INTERRUPTED)]);
  });

  test('a database that fails is reported, and it goes on when that is repaired', async () => {
    history.run('ALTER TABLE runs RENAME TO gone');
    await started();
    // On a busy machine it has been tried again by now.
    expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set(['trouble']));
    history.run('ALTER TABLE gone RENAME TO runs');
    await vi.waitUntil(() => work.runs.length === 1, { timeout: 60_000 });
    await ends(STABLE);
    expect(recorded()).toEqual(['stable']);
  });
});

test('reports a pause, a save while it is held, and its end', async () => {
  await started();
  await ends({ kind: 'stable' });
  await loop.hold('paused');
  loop.trigger('save');
  loop.resume();
  const told = events.filter((event) => event.kind === 'hold-changed' || event.kind === 'save-held');
  expect(told).toEqual([
    { kind: 'hold-changed', target: 'host', hold: 'paused' },
    { kind: 'save-held', target: 'host' },
    { kind: 'hold-changed', target: 'host', hold: null },
  ]);
});
