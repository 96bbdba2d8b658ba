import { expect, test } from 'vitest';
import { show, showBuild } from '../../src/cli/show.ts';
import { UsageError } from '../../src/model/errors.ts';
import { beginBuild, finishBuild } from '../../src/state/kernelBuilds.ts';
import { iteration } from '../../src/state/recordedRuns.ts';
import { PLAIN } from '../../src/report/text/style.ts';
import type { Settings } from '../../src/script/settings.ts';
import { falloutd } from '../helpers/command.ts';
import { opened, recordRun, START } from '../helpers/history.ts';
import { fits, NOW, sample } from '../helpers/sampleHistory.ts';
import { documentIn } from '../helpers/documentSchema.ts';

test('what failed, who asked, why, and what was written for it', () => {
  const db = opened();
  sample(db);
  const text = show(db, 1, { now: NOW });
  expect(fits(text)).toBe(true);
  expect(text).toMatchInlineSnapshot(`
    "iteration 1 of run 1, nixhost: 1 unknown name, 1 other value, 1 no option;
    absorbed 2, released 1
      started  05:06:07 (10 m ago)
      took     43.2 s: evaluation 1.0 s, build 42.0 s, falloutd 0.2 s; 2871
               questions
      built    /nix/store/4y0a9cblqv4hgm1lkwc8h3pxkd8hv1k5-linux-config-6.12.117.drv
      patches  e0def77d1df6c70bf49f5808c1b3bc0ea2e6f4475d14ee7f64e9ae7251d781f5

    fallout: 1 unknown name, 1 other value, 1 no option
      unknown name  EXT5_FS  wanted y, not in .config
          the nearest: EXT4_FS, EXT2_FS; patch wlan, /etc/nixos/patches.nix:14
      other value   RTLWIFI  wanted n, got m
          selected by RTL8192CE [=m], RTL8192SE [=m], RTL8192DE [=m] and 4 others;
          offered m/y; patch wlan, /etc/nixos/patches.nix:12
      no option     SND_SOC_A_VERY_LONG_NAME_OF_A_CODEC_MODULE
          wanted y, not in .config; depends on SND_SOC [=n]; nixpkgs

    entries of the managed patch
      RTLWIFI  option no      wanted n, got m: selected by RTL8192CE
      USB      option module  was option yes; wanted y, offered only n/m
      OLD      released       its intent changed
    "
  `);
});

test('the last iteration of a run tells how the run ended', () => {
  const db = opened();
  sample(db);
  expect(show(db, 3, { now: NOW })).toMatchInlineSnapshot(`
    "iteration 3 of run 2, laptop: blocked
      started  05:16:00 (7 s ago)
      took     0.9 s: evaluation 0.9 s, build 0.0 s, falloutd 0.0 s
      the run  blocked: /etc/nixos/patches.nix:12:5: undefined variable 'yess'
                 did you mean yes? It is in lib.kernel: write \`with lib.kernel;\`
                 before the braces
    "
  `);
});

test('what was predicted otherwise is listed, and JSON holds what it takes to repeat it', () => {
  const db = opened();
  const missed = [
    { symbol: 'A', predicted: 'y', built: 'm' },
    { symbol: 'B', predicted: null, built: '17' },
  ];
  const prediction = { predictMs: 1234, factsMs: 20_000, missed };
  const settings: Settings = { A: { tristate: 'y', freeform: null, optional: false } };
  recordRun(db, { iterations: [{ prediction, extras: { settings } }] });
  const text = show(db, 1, { now: NOW });
  expect(text.replace(/\s+/g, ' ')).toContain(
    'predicted in 1.2 s; the facts of this kernel took 20.0 s; 2 symbols came out otherwise',
  );
  expect(text).toMatch(/A +predicted y, came out m\n/);
  expect(text).toMatch(/B +predicted nothing, came out 17\n/);
  expect(documentIn('iteration', show(db, 1, { json: true }))).toMatchObject({ prediction, request: settings });
});

test('why there is no prediction is told', () => {
  const db = opened();
  recordRun(db, { iterations: [{ unpredicted: { message: 'this kernel cannot be predicted: its script is new' } }] });
  expect(show(db, 1, { now: NOW })).toContain('this kernel cannot be predicted: its script is new');
  expect(iteration(db, 1)?.unpredicted).toBeDefined();
});

test('as JSON, the iteration; with log, the transcript as it was', () => {
  const db = opened();
  sample(db);
  expect(documentIn('iteration', show(db, 1, { json: true }))).toEqual(iteration(db, 1));
  expect(show(db, 1, { log: true })).toBe('GOT: *\nerror: unused option: X\n');
  expect(() => show(db, 2, { log: true })).toThrow('no transcript of iteration 2 is kept');
});

test('a log does not steer the terminal it is shown on; a pipe gets every byte', () => {
  const db = opened();
  recordRun(db, { iterations: [{ extras: { transcript: 'GOT: \u001b[2Jx\r\ny\u009b\n' } }] });
  expect(show(db, 1, { log: true, style: { ...PLAIN, live: true } })).toBe('GOT:  [2Jx \ny \n');
  expect(show(db, 1, { log: true, style: PLAIN })).toBe('GOT: \u001b[2Jx\r\ny\u009b\n');
});

test('nor does the log of a kernel build', () => {
  const db = opened();
  recordRun(db, { iterations: [{}] });
  const build = beginBuild(db, { target: 'nixhost', iteration: 1, startedAt: START, drvPath: '/k.drv' });
  finishBuild(
    db,
    build,
    {
      durationMs: 1,
      outcome: 'failed',
      outPath: null,
      kernelBytes: null,
      modulesBytes: null,
      objects: 0,
      problem: null,
      log: 'a\u001b[2Jb\n',
      cut: false,
    },
    { logs: 1 },
  );
  expect(showBuild(db, build, { log: true, style: { ...PLAIN, live: true } })).toBe('a [2Jb\n');
  expect(showBuild(db, build, { log: true, style: PLAIN })).toBe('a\u001b[2Jb\n');
});

test('what a problem says does not steer the terminal', async () => {
  const { code, stderr } = await falloutd(['show', '1', '--config', '/nowhere/\u001b[2J.toml']);
  expect([code, stderr.includes('/nowhere/ [2J.toml'), stderr.includes('\u001b')]).toEqual([2, true, false]);
});

test('an empty value can be seen, and a long path is not broken', () => {
  const db = opened();
  const drvPath = `/nix/store/${'x'.repeat(90)}.drv`;
  recordRun(db, {
    iterations: [{ drvPath, fallout: [{ kind: 'silent', symbol: 'CMDLINE', wanted: 'quiet', got: '', by: null }] }],
  });
  const text = show(db, 1, { now: NOW });
  expect(text).toContain(`  built    ${drvPath}\n`);
  expect(text).toContain('  unnoticed  CMDLINE  wanted quiet, got ""\n');
});

test('a number that is not recorded is an error that names those that are', () => {
  const db = opened();
  const asked = (n: number): UsageError => {
    try {
      show(db, n);
    } catch (error) {
      if (error instanceof UsageError) return error;
      throw error;
    }
    throw new Error('nothing was thrown');
  };
  expect(asked(1).problem).toEqual({ message: 'there is no finished iteration 1', hint: 'none is recorded yet' });
  sample(db);
  expect(asked(6).problem.hint).toBe('those recorded go from 1 to 5; falloutd history lists them');
  expect(asked(0).exitCode).toBe(2);
});

test('without a number, the latest iteration, of the target that is asked for', () => {
  const db = opened();
  expect(() => show(db, undefined)).toThrow('no iteration is recorded yet');
  sample(db);
  const latest = (target?: string): number =>
    (JSON.parse(show(db, undefined, { json: true, target })) as { iteration: number }).iteration;
  expect(latest()).toBe(5);
  expect(latest('laptop')).toBe(3);
  expect(() => show(db, undefined, { target: 'nope' })).toThrow('no iteration of nope is recorded yet');
});

test('an entry that changes twice in one iteration stands once; one that ends as it was, not at all', () => {
  const db = opened();
  const change = { rung: 1, reason: 'r' } as const;
  recordRun(db, {
    iterations: [
      {
        entries: [
          { symbol: 'TWICE', from: 'unset', to: 'option n', ...change },
          { symbol: 'BACK', from: 'unset', to: 'option n', ...change },
          { symbol: 'TWICE', from: 'option n', to: 'option m', ...change },
          { symbol: 'BACK', from: 'option n', to: 'unset', ...change },
        ],
      },
    ],
  });
  const text = show(db, 1, { now: NOW });
  expect(text.match(/TWICE.*/g)).toEqual(['TWICE  option m  was unset; r']);
  expect(text).not.toContain('BACK');
});
