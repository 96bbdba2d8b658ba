/** Random commands to a service with two targets, which go on at the same time: the rules that always hold. */
import { rmSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Service } from '../../src/daemon/service.ts';
import type { TargetLoop } from '../../src/daemon/targetLoop.ts';
import { RefusedError } from '../../src/model/errors.ts';
import type { RunOutcome } from '../../src/model/run.ts';
import { openHistory } from '../../src/state/historyDatabase.ts';
import { runs } from '../../src/state/recordedRuns.ts';
import { FakeWork, turns, type FakeRun, type FakeUndo } from '../helpers/fakeWork.ts';
import { ServiceHost } from '../helpers/serviceHost.ts';
import { folder } from '../helpers/target.ts';

const TARGETS = ['one', 'two'] as const;
type Name = (typeof TARGETS)[number];

/** How a run goes: how many turns it takes, how many after it is cancelled, and what it comes to by itself. */
type Course = { lasts: number; unwinds: number; ends: RunOutcome['kind'] | 'crash' };

/** At least so many commands are executed, from this seed on: FALLOUTD_COMMANDS=10000 FALLOUTD_SEED=1. */
const AT_LEAST = Number(process.env['FALLOUTD_COMMANDS'] ?? 600);
const SEED = Number(process.env['FALLOUTD_SEED'] ?? Math.floor(Date.now() / 1000));

const CRASH = 'the run crashed, as the test wants it';

beforeEach(() => {
  vi.stubEnv('XDG_RUNTIME_DIR', folder());
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** What the user asked for, as far as the rules depend on it. */
type Model = { held: Set<string>; isStopped: boolean };

/** A service, and what of its doings breaks a rule. */
class Observed {
  readonly broken: string[] = [];
  readonly pending: Promise<unknown>[] = [];
  readonly held = new Set<string>();
  readonly saved = new Map<string, number>();
  readonly began = new Map<string, number>();
  readonly work = new FakeWork({ onRun: (run) => this.#onRun(run), onUndo: (undo) => this.#onUndo(undo) });
  readonly host: ServiceHost;
  service!: Service;
  reloads = 0;
  /** From now on runs end stable. */
  isCalm = false;
  isStopped = false;
  /** How many commands met a service, and a target, that is there; a pause between two of them is none. */
  executed = 0;
  #moment = 0;
  #runs = 0;
  readonly #courses: readonly Course[];
  readonly dir = folder();

  constructor(courses: readonly Course[]) {
    this.#courses = courses;
    this.host = new ServiceHost(this.dir, this.work);
    this.host.configure();
  }

  /** The loop of a target; null where the configuration in force lacks it. Who has it acts in the same turn. */
  async loop(name: Name): Promise<TargetLoop | null> {
    return (await this.service.daemon()).loop(name);
  }

  /** Something that takes its time; refusals are answers. */
  begin(promise: Promise<unknown>): void {
    this.pending.push(
      promise.catch((error: unknown) => {
        if (!(error instanceof RefusedError)) this.broken.push(`a command failed: ${String(error)}`);
      }),
    );
  }

  save(name: Name): void {
    this.saved.set(name, ++this.#moment);
    this.host.save(name);
  }

  #check(target: string, what: string): void {
    const others = [...this.work.runs, ...this.work.undos].filter((each) => !each.isOver && each.target === target);
    // The new one is among them.
    if (others.length > 1) this.broken.push(`${what} of ${target} begins while another goes on`);
    if (this.isStopped) this.broken.push(`${what} of ${target} begins after the stop`);
  }

  #onRun(run: FakeRun): void {
    this.#check(run.target, 'a run');
    if (this.held.has(run.target)) this.broken.push(`a run of ${run.target} begins in a hold`);
    this.began.set(run.target, ++this.#moment);
    const course = this.#courses[this.#runs++ % this.#courses.length];
    if (course !== undefined) void this.#goes(run, course);
  }

  #onUndo(undo: FakeUndo): void {
    this.#check(undo.target, 'an undo');
    if (!this.held.has(undo.target)) this.broken.push(`an undo of ${undo.target} begins without a hold`);
    void turns(3).then(() => undo.end());
  }

  async #goes(run: FakeRun, { lasts, unwinds, ends }: Course): Promise<void> {
    for (let left = lasts; left > 0 && !run.signal.aborted; left--) await turns(1);
    const { aborted } = run.signal;
    if (aborted) await turns(unwinds);
    if (ends === 'crash' && !this.isCalm) run.crash(new Error(CRASH));
    else if (aborted) run.end({ kind: run.signal.reason === 'superseded' ? 'superseded' : 'interrupted' });
    else run.end(this.isCalm || ends === 'crash' ? { kind: 'stable' } : outcome(ends));
  }
}

function outcome(kind: RunOutcome['kind']): RunOutcome {
  if (kind === 'blocked' || kind === 'infrastructure') return { kind, problem: { message: 'so it goes' } };
  return kind === 'stalled' ? { kind, reason: 'no-rung', symbols: [] } : { kind };
}

type Command = fc.AsyncCommand<Model, Observed>;

/** A command to one target's loop. It is not waited for: the next one may come while it still goes on. */
function toLoop(name: Name, what: string, act: (loop: TargetLoop, model: Model, real: Observed) => void): Command {
  return {
    check: (model) => !model.isStopped,
    run: async (model, real) => {
      const loop = await real.loop(name);
      if (loop === null) return;
      real.executed++;
      act(loop, model, real);
    },
    toString: () => `${what} ${name}`,
  };
}

const pause = (name: Name): Command =>
  toLoop(name, 'pause', (loop, model, real) => {
    model.held.add(name);
    real.begin(loop.hold('paused'));
  });

const undo = (name: Name): Command =>
  toLoop(name, 'undo', (loop, model, real) => {
    model.held.add(name);
    real.begin(loop.undo(null));
  });

const resume = (name: Name): Command =>
  toLoop(name, 'resume', (loop, model) => {
    model.held.delete(name);
    loop.resume();
  });

const retry = (name: Name): Command =>
  toLoop(name, 'retry', (loop, model) => {
    if (model.held.has(name)) expect(() => loop.retry()).toThrow(RefusedError);
    else loop.retry();
  });

const live = (name: Name): Command =>
  toLoop(name, 'live', (loop, model) => {
    expect(loop.live().state === 'held').toBe(model.held.has(name));
  });

const save = (name: Name): Command => ({
  check: () => true,
  run: async (model, real) => {
    if (!model.isStopped) real.executed++;
    real.save(name);
    return Promise.resolve();
  },
  toString: () => `save ${name}`,
});

const wait = (count: number): Command => ({
  check: () => true,
  run: async () => turns(count),
  toString: () => `wait ${count}`,
});

const reload = (what: { jobs: number; targets: Name[] } | null): Command => ({
  check: (model) => !model.isStopped,
  run: async (_, real) => {
    real.executed++;
    if (what === null) writeFileSync(real.host.configFile, 'no = [toml');
    else real.host.configure(what);
    real.reloads++;
    real.host.save('config');
    return Promise.resolve();
  },
  toString: () => `reload ${JSON.stringify(what)}`,
});

const stop: Command = {
  check: (model) => !model.isStopped,
  run: async (model, real) => {
    model.isStopped = true;
    real.executed++;
    await real.service.stop();
    real.isStopped = true;
  },
  toString: () => 'stop',
};

const name = fc.constantFrom(...TARGETS);
const configuration = fc.option(
  fc.record({ jobs: fc.constantFrom(1, 2, 2), targets: fc.constantFrom<Name[]>(['one', 'two'], ['one']) }),
);
const COMMANDS = fc.commands(
  [
    name.map(pause),
    name.map(resume),
    name.map(undo),
    name.map(retry),
    name.map(live),
    name.map(save),
    fc.nat(8).map(wait),
    // Nothing comes after a stop.
    fc.oneof({ weight: 4, arbitrary: configuration.map(reload) }, { weight: 1, arbitrary: fc.constant(stop) }),
  ],
  { maxCommands: 40, size: 'max' },
);

const COURSES = fc.array(
  fc.record<Course>({
    // Not 0: runs that are superseded at once, again and again, would leave no turn to anything else.
    lasts: fc.integer({ min: 1, max: 10 }),
    unwinds: fc.nat(10),
    ends: fc.constantFrom('stable', 'stable', 'blocked', 'stalled', 'infrastructure', 'superseded', 'crash'),
  }),
  { minLength: 1, maxLength: 12 },
);

test(`${AT_LEAST} commands to two targets: two runs of a target never overlap, each one ends, holds hold, and after the stop nothing runs (seeds from ${SEED})`, async () => {
  let executed = 0;
  const property = fc.asyncProperty(COMMANDS, COURSES, async (commands, courses) => {
    const real = new Observed(courses);
    real.service = await real.host.start();
    try {
      await fc.asyncModelRun(() => ({ model: { held: real.held, isStopped: false }, real }), commands);
      if (!real.isStopped) await settles(real);
    } finally {
      if (!real.isStopped) await real.service.stop();
      real.isStopped = true;
    }
    await afterwards(real);
    rmSync(real.dir, { recursive: true });
    executed += real.executed;
  });
  for (let seed = SEED; executed < AT_LEAST; seed++)
    await fc.assert(property, { numRuns: 20, seed, endOnFailure: false });
}, 3_600_000);

test('a command that comes while the configuration is replaced meets the daemon that serves', async () => {
  const real = new Observed([{ lasts: 0, unwinds: 0, ends: 'stable' }]);
  real.service = await real.host.start();
  const both = reload({ jobs: 1, targets: ['one', 'two'] });
  try {
    await fc.asyncModelRun(
      () => ({ model: { held: real.held, isStopped: false }, real }),
      [pause('two'), both, both, live('two'), both, both, resume('two'), both, live('two')],
    );
  } finally {
    await real.service.stop();
  }
  rmSync(real.dir, { recursive: true });
});

/** However busy the machine is. */
const PATIENT = { interval: 1, timeout: 60_000 };

/** Left alone, everything comes to rest, and no save is without its run. */
async function settles(real: Observed): Promise<void> {
  real.isCalm = true;
  await vi.waitUntil(() => real.host.news.length === 2 + real.reloads, PATIENT);
  const daemon = await real.service.daemon();
  await vi.waitUntil(() => Object.values(daemon.live()).every(({ doing }) => doing === undefined), PATIENT);
  for (const [name, { state }] of Object.entries(daemon.live())) {
    if ((state === 'held') !== real.held.has(name)) real.broken.push(`${name} is ${state}`);
    if (state === 'idle' && (real.saved.get(name) ?? 0) > (real.began.get(name) ?? 0))
      real.broken.push(`a save of ${name} had no run`);
  }
}

/** Nothing runs after the stop, and every run has an end. */
async function afterwards(real: Observed): Promise<void> {
  for (const name of TARGETS) real.save(name);
  await turns();
  await Promise.all(real.pending);
  expect(real.broken).toEqual([]);
  expect(real.work.underWay).toEqual([]);
  const { events } = real.host;
  expect(events.flatMap((event) => (event.kind === 'trouble' ? [event.problem.message] : []))).toEqual(
    real.work.runs.filter((run) => run.isCrashed).map(() => `unexpected error: ${CRASH}`),
  );
  const ended = events.flatMap((event) => (event.kind === 'run-finished' ? [event.run.run] : []));
  expect(ended.toSorted((a, b) => a - b)).toEqual(real.work.runs.map((_, index) => index + 1));
  const history = openHistory(real.host.stateDir, { readonly: true });
  expect(runs(history, { limit: 1000 }).filter((run) => run.outcome === null)).toEqual([]);
  history.close();
}
