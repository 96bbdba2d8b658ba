import { expect, test } from 'vitest';
import type { Clock } from '../../../src/report/text/liveLine.ts';
import { iterationText } from '../../../src/report/text/runText.ts';
import { reporter } from '../../../src/report/text/terminalReporter.ts';
import { PLAIN, style, type Style } from '../../../src/report/text/style.ts';
import type { Wish } from '../../../src/model/fallout.ts';
import type { Iteration, Run } from '../../../src/model/run.ts';
import type { RunEvent } from '../../../src/model/event.ts';

/** Time that goes on only when told to, and tells how many timers run. */
class FakeClock implements Clock {
  time = 0;
  readonly timers = new Set<{ ms: number; next: number; tick: () => void }>();

  now(): number {
    return this.time;
  }

  date(): Date {
    return new Date(new Date(2026, 2, 4, 14, 2, 11).getTime() + this.time);
  }

  every(ms: number, tick: () => void): () => void {
    const timer = { ms, next: this.time + ms, tick };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  pass(ms: number): void {
    const end = this.time + ms;
    while (this.time < end) {
      this.time++;
      for (const timer of this.timers) {
        if (timer.next !== this.time) continue;
        timer.next += timer.ms;
        timer.tick();
      }
    }
  }
}

class Screen {
  columns?: number;
  readonly writes: { at: number; text: string }[] = [];
  readonly #clock: FakeClock;

  constructor(clock: FakeClock, columns?: number) {
    this.#clock = clock;
    if (columns !== undefined) this.columns = columns;
  }

  write(text: string): void {
    this.writes.push({ at: this.#clock.time, text });
  }

  get text(): string {
    return this.writes.map((each) => each.text).join('');
  }

  /** What stands on the last line. */
  get live(): string {
    const last = this.text.split('\n').at(-1) ?? '';
    return last.split('\r\u001b[K').at(-1) ?? '';
  }
}

const TERMINAL: Style = { ...PLAIN, live: true };

function setUp(
  styled: Style,
  columns?: number,
): { clock: FakeClock; screen: Screen; tell: (event: RunEvent) => void; close: () => void } {
  const clock = new FakeClock();
  const screen = new Screen(clock, columns);
  const reports = reporter(screen, styled, { clock });
  return { clock, screen, tell: (event) => reports.handle(event), close: () => reports.close() };
}

const started: RunEvent = {
  kind: 'run-started',
  run: 12,
  target: 'nixhost',
  cause: 'save',
  patchesFile: '/etc/nixos/patches.nix',
};
const phase = (name: 'evaluate' | 'build' | 'predict' | 'write', run = 12): RunEvent => ({
  kind: 'phase',
  run,
  iteration: 41,
  phase: name,
});
const progress = (questions: number, step = 'answering'): RunEvent => ({
  kind: 'progress',
  run: 12,
  iteration: 41,
  step,
  questions,
  expected: { questions: 2871, buildMs: 43_000 },
});
const iteration = (more: Partial<Iteration> = {}): Iteration => ({
  iteration: 41,
  run: 12,
  startedAt: '2026-03-04T05:06:07.000Z',
  durationMs: 43_200,
  evaluateMs: 0,
  buildMs: 42_000,
  probe: false,
  outcome: 'fallout',
  drvPath: null,
  patchesSha256: null,
  sourceBytes: null,
  fallout: [
    ...Array.from({ length: 101 }, (_, i) => ({
      kind: 'unused' as const,
      symbol: `S${i}`,
      wanted: 'y',
      got: null,
      by: null,
    })),
    { kind: 'unknown', symbol: 'X', wanted: 'y', got: null, by: null },
  ],
  entries: [
    { symbol: 'X', from: null, to: 'option yes', rung: 1, reason: 'r' },
    { symbol: 'Y', from: 'unset', to: null, rung: null, reason: 'r' },
  ],
  ...more,
});
const finished = (outcome: Run['outcome'], more: Partial<Run> = {}): RunEvent => ({
  kind: 'run-finished',
  run: {
    run: 12,
    target: 'nixhost',
    cause: 'save',
    startedAt: '2026-03-04T05:06:07.000Z',
    durationMs: 104_000,
    outcome,
    iterations: [iteration(), iteration()],
    absorbed: 102,
    lost: [],
    ...more,
  },
});

test('a prediction tells what is lost and why, before the build that verifies it', () => {
  const { screen, tell } = setUp({ ...PLAIN, width: 60 }, 60);
  tell(started);
  const [, entry] = iteration().entries;
  const wish = (symbol: string, line: number): Wish => ({
    kind: 'value',
    symbol,
    wanted: 'n',
    got: 'm',
    by: { kind: 'patch', name: 'mine', index: 0 },
    position: { file: '/etc/nixos/patches.nix', line, column: 1 },
    cause: { kind: 'selected', by: [{ symbol: 'OTHER', level: 'm' }] },
  });
  const lost = Array.from({ length: 14 }, (_, i) => wish(`W${i}`, 40 - i));
  const fallout = lost.slice(0, 2);
  const symbols = ['DRM_I915', 'DEV_DAX', 'SND', 'HZ'];
  const sideEffects = { off: 32, on: 3, changed: 0, symbols, groups: [] };
  const entries = entry === undefined ? [] : [entry];
  tell({
    kind: 'predicted',
    run: 12,
    iteration: 41,
    target: 'nixhost',
    predictMs: 900,
    fallout,
    entries,
    managed: 3,
    lost,
    sideEffects,
  });
  const prediction = { predictMs: 900, factsMs: null, missed: [] };
  const verified = iteration({ outcome: 'green', prediction });
  tell({ kind: 'iteration-finished', iteration: verified });
  const lines = screen.text.split('\n');
  expect(lines.filter((each) => each.length > 60)).toEqual([]);
  expect(screen.text.replace(/\s+/g, ' ')).toContain('predicted in 0.9 s: 14 of your wishes miss, 3 entries (−Y)');
  expect(screen.text).toContain('  beyond your wishes: 32 off (DRM_I915, DEV_DAX, …), 3 on\n');
  expect(screen.text).toContain('selected by OTHER');
  // The twelve first by their place in the file.
  expect(lines.findIndex((each) => each.includes(' W13 '))).toBeGreaterThan(0);
  expect(lines.some((each) => each.includes(' W0 '))).toBe(false);
  expect(screen.text).toContain('and 2 more, once it is built, in `falloutd lost`');
  tell(finished({ kind: 'stable' }, { iterations: [verified], durationMs: 43_200, absorbed: -1 }));
  // The build itself is not worth a line of its own.
  expect(lines.at(-2)).toContain('beyond your wishes');
  expect(screen.text.split('\n').at(-3)).toBe('14:02:11  stable as predicted, 1 build, 43.2 s; 1 entry');
});

test('a prediction that did not come true is not called built as predicted', () => {
  const { screen, tell } = setUp(PLAIN);
  tell(started);
  const missed = [{ symbol: 'A', predicted: 'y', built: 'm' }];
  const prediction = { predictMs: 900, factsMs: null, missed };
  tell({ kind: 'iteration-finished', iteration: iteration({ outcome: 'green', prediction }) });
  expect(screen.text).not.toContain('as predicted');
});

test('where there is no terminal, only finished lines are printed', () => {
  const { clock, screen, tell } = setUp(PLAIN);
  tell(started);
  tell(phase('evaluate'));
  clock.pass(2000);
  tell(phase('build'));
  tell(progress(7));
  clock.pass(2000);
  tell({ kind: 'iteration-finished', iteration: iteration() });
  tell({
    kind: 'iteration-finished',
    iteration: iteration({ iteration: 42, outcome: 'green', fallout: [], entries: [], durationMs: 60_400 }),
  });
  tell(finished({ kind: 'stable' }));
  expect(screen.text).toMatchInlineSnapshot(`
    "14:02:11  /etc/nixos/patches.nix saved                           nixhost, run 12
       41     43.2 s  1 unknown name, 101 with no option; absorbed 1, released 1
       42   1 m 00 s  config built
    14:02:15  stable after 2 iterations in 1 m 44 s; 102 entries added; every wish
              honoured
    "
  `);
  expect(clock.timers.size).toBe(0);
});

test('what was judged before was not built again, and is not said to be', () => {
  const known = iteration({ outcome: 'green', buildMs: 0, entries: [], fallout: [] });
  expect(iterationText(known)).toBe('as built before');
  expect(iterationText({ ...known, buildMs: 1 })).toBe('config built');
});

test('on a terminal one line tells phase, time, questions and what is left', () => {
  const { clock, screen, tell } = setUp(TERMINAL, 80);
  tell(started);
  expect(screen.live).toBe('');
  tell(phase('evaluate'));
  expect(screen.live).toBe('  evaluating: 0 s');
  clock.pass(3000);
  expect(screen.live).toBe('  evaluating: 3 s');
  tell(phase('build'));
  tell(progress(0, 'unpacking'));
  clock.pass(12_250);
  expect(screen.live).toBe('  config build ▕███░░░░░░░▏ unpacking, 31 s left');
  tell(progress(1204));
  clock.pass(20_000);
  expect(screen.live).toBe('  config build ▕███████░░░▏ 1,204 of 2,871 questions, 11 s left');
  clock.pass(20_000);
  expect(screen.live).toBe('  config build ▕████░░░░░░▏ 1,204 of 2,871 questions, 1 m 12 s left');
});

test('the line is rewritten at most four times a second, however much is told, and never without a change', () => {
  const { clock, screen, tell } = setUp(TERMINAL, 80);
  tell(started);
  tell(phase('build'));
  for (let i = 1; i <= 3000; i++) {
    tell(progress(i));
    clock.pass(1);
  }
  const drawn = screen.writes.filter(({ text }) => text.includes('config build'));
  expect(drawn.length).toBeGreaterThan(10);
  for (let i = 1; i < drawn.length; i++)
    expect((drawn[i]?.at ?? 0) - (drawn[i - 1]?.at ?? 0)).toBeGreaterThanOrEqual(250);
  clock.pass(250);
  const before = screen.writes.length;
  clock.pass(10_000);
  // Only the seconds changed: each is one erasing and one writing.
  expect(screen.writes.length - before).toBe(20);
});

test('no timer runs between phases and after the run, and the line is gone', () => {
  const { clock, screen, tell } = setUp(TERMINAL, 80);
  tell(started);
  expect(clock.timers.size).toBe(0);
  tell(phase('build'));
  expect(clock.timers.size).toBe(1);
  tell({ kind: 'iteration-finished', iteration: iteration() });
  expect(clock.timers.size).toBe(0);
  expect(screen.live).toBe('');
  tell(phase('build'));
  tell(phase('write'));
  expect(clock.timers.size).toBe(1);
  tell(finished({ kind: 'superseded' }));
  expect(clock.timers.size).toBe(0);
  const before = screen.writes.length;
  clock.pass(10_000);
  expect(screen.writes.length).toBe(before);
});

test('closing in the middle of a build takes the line away', () => {
  const { clock, screen, tell, close } = setUp(TERMINAL, 80);
  tell(started);
  tell(phase('build'));
  clock.pass(1000);
  expect(screen.live).not.toBe('');
  close();
  expect(screen.live).toBe('');
  expect(clock.timers.size).toBe(0);
});

test('the live line is never longer than the terminal, also when that gets narrower', () => {
  const { clock, screen, tell } = setUp(TERMINAL, 40);
  tell({ ...started, target: '日本' });
  tell(phase('build'));
  tell(progress(0, '日本語のカーネル設定をビルドしています'));
  clock.pass(500);
  expect(screen.live).toBe('  config build ▕░░░░░░░░░░▏ 日本語のカ…');
  screen.columns = 20;
  clock.pass(1000);
  expect(screen.live).toBe('  config build ▕░░…');
});

test('with several targets every line names its own', () => {
  const { screen, tell } = setUp(PLAIN);
  tell(started);
  tell({ ...started, run: 13, target: 'laptop' });
  tell(phase('build', 13));
  tell({
    kind: 'iteration-finished',
    iteration: iteration({ iteration: 42, run: 13, outcome: 'green', fallout: [], entries: [] }),
  });
  expect(screen.text.split('\n').at(-2)).toBe('laptop:    42     43.2 s  config built');
});

test('a run that ended otherwise says why, and what to do', () => {
  const outcomes: Run['outcome'][] = [
    {
      kind: 'blocked',
      problem: {
        message: "undefined variable 'yess'",
        file: '/etc/nixos/patches.nix',
        line: 12,
        column: 5,
        hint: 'write `with lib.kernel;` before the braces, or `lib.kernel.yes` in the place of it',
      },
    },
    { kind: 'blocked', problem: { message: 'first line\nsecond line', file: '/etc/nixos/patches.nix' } },
    { kind: 'infrastructure', problem: { message: 'the Nix daemon does not answer' } },
    { kind: 'stalled', reason: 'no-rung', symbols: ['A', 'B', 'C', 'D', 'E', 'F'] },
    { kind: 'stalled', reason: 'max-iterations', symbols: ['A'] },
    { kind: 'stalled', reason: 'repeated-state', symbols: [] },
    { kind: 'superseded' },
    { kind: 'interrupted' },
  ];
  const { screen, tell } = setUp(PLAIN);
  for (const outcome of outcomes) tell(finished(outcome));
  expect(screen.text).toMatchInlineSnapshot(`
    "14:02:11  blocked: /etc/nixos/patches.nix:12:5: undefined variable 'yess'
                write \`with lib.kernel;\` before the braces, or \`lib.kernel.yes\` in
                the place of it
    14:02:11  blocked: /etc/nixos/patches.nix: first line
                second line
    14:02:11  infrastructure: the Nix daemon does not answer
    14:02:11  stalled after 2 iterations in 1 m 44 s: nothing is left to try for A,
              B, C, D and 2 more
    14:02:11  stalled after 2 iterations in 1 m 44 s: \`max-iterations\` is reached,
              with more to absorb for A
    14:02:11  stalled after 2 iterations in 1 m 44 s: the same settings came up
              again
    14:02:11  ended by a newer save
    14:02:11  interrupted
    "
  `);
});

test('a stable line ends with how many wishes are not honoured', () => {
  const { screen, tell } = setUp({ ...PLAIN, width: Infinity });
  const wish = { kind: 'value' as const, symbol: 'A', wanted: 'n', got: 'm', position: null };
  tell(
    finished(
      { kind: 'stable' },
      {
        lost: [
          { ...wish, by: { kind: 'patch', name: 'p', index: 0 } },
          { ...wish, by: { kind: 'nixpkgs' } },
        ],
      },
    ),
  );
  expect(screen.text).toBe(
    '14:02:11  stable after 2 iterations in 1 m 44 s; 102 entries added; 1 wish not honoured: A; 1 default not honoured (see `falloutd lost`)\n',
  );
});

test('below a stable line stands what changed in the .config since the last one', () => {
  const { screen, tell } = setUp({ ...PLAIN, width: 60 }, 60);
  const event = finished({ kind: 'stable' });
  if (event.kind !== 'run-finished') throw new Error(event.kind);
  const first = [
    { symbol: 'DRM_I915', from: 'm', to: 'n' },
    { symbol: 'NR_CPUS', from: null, to: '64' },
  ];
  tell({ ...event, config: { count: 43, first } });
  tell({ ...event, config: { count: 0, first: [] } });
  expect(screen.text.split('\n').filter((line) => line.includes('config') || line.includes('diff'))).toEqual([
    '          .config: DRM_I915 m → n, NR_CPUS – → 64 and 41',
    '          more changed (see `falloutd diff`)',
    '          .config: as before',
  ]);
});

test('colours come where there are any', () => {
  const { screen, tell } = setUp(style({ isTTY: true, columns: 80 }, { FORCE_COLOR: '1' }));
  tell(started);
  tell({ kind: 'iteration-finished', iteration: iteration() });
  expect(screen.text).toContain('\u001b[33m');
});

test('what is not part of a run has a line of its own: holds, held saves, failed hooks', () => {
  const { screen, tell } = setUp(PLAIN);
  tell({ kind: 'hold-changed', target: 'laptop', hold: 'paused' });
  tell({ kind: 'save-held', target: 'laptop' });
  tell({ kind: 'hold-changed', target: 'laptop', hold: 'undone' });
  tell({ kind: 'hold-changed', target: 'laptop', hold: null });
  tell({ kind: 'hook-failed', target: 'laptop', hook: 'on-stable', exitCode: 3, output: 'sent\nno display\n' });
  expect(screen.text).toMatchInlineSnapshot(`
    "laptop: paused; \`falloutd resume\` ends that
    laptop: saved, but the target is held; \`falloutd resume\` runs it
    laptop: a run was undone, and the target is held; \`falloutd resume\` runs it
            again
    laptop: no longer held
    laptop: the hook on-stable failed with exit code 3: no display
    "
  `);
});

test('a run after a save names the files that were saved, at most the first few', () => {
  const { screen, tell } = setUp(PLAIN);
  const saved = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `/etc/nixos/${name}.nix`);
  tell({ ...started, cause: 'save', saved: saved.slice(0, 1) });
  tell({ ...started, cause: 'save', saved });
  tell({ ...started, cause: 'command' });
  expect(screen.text).toMatchInlineSnapshot(`
    "14:02:11  /etc/nixos/a.nix saved                                 nixhost, run 12
    14:02:11  /etc/nixos/a.nix, /etc/nixos/b.nix, /etc/nixos/c.nix, /etc/nixos/d.nix
    and 2 more saved  nixhost, run 12
    14:02:11  /etc/nixos/patches.nix, on command                     nixhost, run 12
    "
  `);
});

test('nothing is wider than 40 columns but what has no place to break', () => {
  const { screen, tell, clock } = setUp({ ...PLAIN, width: 40 }, 40);
  tell({ ...started, cause: 'save', saved: ['/etc/nixos/patches.nix'] });
  tell({ kind: 'iteration-finished', iteration: iteration({ run: 12, probe: true }) });
  clock.pass(500);
  tell(finished({ kind: 'stable' }));
  tell(finished({ kind: 'stalled', reason: 'no-rung', symbols: ['SND_SOC_SOF_TOPLEVEL', 'USB_SERIAL_CONSOLE'] }));
  const lines = screen.text.split('\n');
  expect(lines.filter((line) => line.length > 40)).toEqual([]);
  // No word is broken.
  expect(lines.join(' ').replace(/ +/g, ' ')).toContain('SND_SOC_SOF_TOPLEVEL, USB_SERIAL_CONSOLE');
});
