import { describe, expect, test } from 'vitest';
import { booted } from '../../src/cli/booted.ts';
import type { RunningKernel } from '../../src/model/booted.ts';
import { beginBuild, finishBuild } from '../../src/state/kernelBuilds.ts';
import type { History } from '../../src/state/historyDatabase.ts';
import { markStable } from '../../src/state/targets.ts';
import { documentIn } from '../helpers/documentSchema.ts';
import { opened, recordRun, START } from '../helpers/history.ts';
import { fits, NOW } from '../helpers/sampleHistory.ts';
import { running } from '../helpers/runningKernel.ts';

const KERNEL = '/nix/store/00000000000000000000000000000000-linux-6.12.117';
const NEWER = '/nix/store/22222222222222222222222222222222-linux-6.12.117';

const config = (lines: string): string => `#\n# Linux/x86 6.12.117 Kernel Configuration\n#\n${lines}`;
const OLD = config('CONFIG_BTRFS_FS=m\nCONFIG_HZ=250\n# CONFIG_ZRAM is not set\n');
const NEW = config('# CONFIG_BTRFS_FS is not set\nCONFIG_HZ=1000\nCONFIG_ZRAM=m\n');

/** A stable run that came to this .config. */
function stable(db: History, dotConfig: string, kernelDrvPath: string | null, target = 'nixhost'): number {
  const { iterations } = recordRun(db, { target, iterations: [{ extras: { dotConfig } }] });
  const iteration = iterations[0]?.iteration ?? 0;
  markStable(db, {
    target,
    inputsHash: String(iteration),
    configDrvPath: '/c.drv',
    kernelDrvPath,
    iteration,
    at: START,
  });
  return iteration;
}

/** A finished kernel build. */
function build(db: History, iteration: number, drvPath: string, outPath: string): void {
  const n = beginBuild(db, { target: 'nixhost', iteration, startedAt: START, drvPath });
  const sizes = { kernelBytes: 1, modulesBytes: 2, objects: 3 };
  const end = {
    outcome: 'built',
    durationMs: 4_320_000,
    outPath,
    ...sizes,
    problem: null,
    log: '',
    cut: false,
  } as const;
  finishBuild(db, n, end, { logs: 1 });
}

const next = (db: History, facts: Partial<RunningKernel>): unknown =>
  documentIn('booted', booted(db, running(facts), { json: true })).next;

test('which build runs, what the last stable one has otherwise, and what to do', () => {
  const db = opened();
  build(db, stable(db, OLD, '/old.drv'), '/old.drv', KERNEL);
  stable(db, NEW, '/new.drv');
  const text = booted(db, running({ storePath: KERNEL, config: OLD }), { now: NOW });
  expect(fits(text)).toBe(true);
  expect(text).toMatchInlineSnapshot(`
    "Linux 6.12.117: kernel build 1 of nixhost, by its path in the store
      path      /nix/store/00000000000000000000000000000000-linux-6.12.117
      built     05:06:07 (10 m ago) in 1 h 12 m, stable in iteration 1
      stable    iteration 2 of nixhost, 05:06:07 (10 m ago)
      differs   BTRFS_FS m → n, ZRAM n → m, HZ 250 → 1000
                \`falloutd diff 1 2\` lists all
      next      \`falloutd build\`, then \`nixos-rebuild boot\`, then reboot
    "
  `);
  expect(documentIn('booted', booted(db, running({ storePath: KERNEL }), { json: true }))).toMatchObject({
    match: { kind: 'built', build: { build: 1, durationMs: 4_320_000 } },
    stable: { target: 'nixhost', iteration: 2 },
    changes: [
      { symbol: 'BTRFS_FS', before: 'm', after: 'n', change: 'off' },
      { symbol: 'ZRAM', before: 'n', after: 'm', change: 'on' },
      { symbol: 'HZ', before: '250', after: '1000', change: 'changed' },
    ],
    next: { kind: 'build' },
  });
});

describe('the next step', () => {
  test('is none where the last stable kernel runs', () => {
    const db = opened();
    build(db, stable(db, OLD, '/old.drv'), '/old.drv', KERNEL);
    expect(next(db, { storePath: KERNEL })).toEqual({ kind: 'nothing' });
    expect(next(db, { config: OLD })).toEqual({ kind: 'nothing' });
  });

  test('is a build, then to install it, then to boot it', () => {
    const db = opened();
    build(db, stable(db, OLD, '/old.drv'), '/old.drv', KERNEL);
    const iteration = stable(db, NEW, '/new.drv');
    expect(next(db, { storePath: KERNEL })).toEqual({ kind: 'build' });
    build(db, iteration, '/new.drv', NEWER);
    expect(next(db, { storePath: KERNEL, nextPath: KERNEL })).toEqual({ kind: 'install', outPath: NEWER });
    expect(next(db, { storePath: KERNEL, nextPath: NEWER })).toEqual({ kind: 'reboot' });
    expect(next(db, { storePath: NEWER, nextPath: NEWER })).toEqual({ kind: 'nothing' });
  });

  test('is a build also where only what surrounds the configuration has changed', () => {
    const db = opened();
    build(db, stable(db, OLD, '/old.drv'), '/old.drv', KERNEL);
    stable(db, OLD, '/other-compiler.drv');
    expect(next(db, { storePath: KERNEL })).toEqual({ kind: 'build' });
  });

  test('is left to nixos-rebuild where the target names a configuration and no kernel', () => {
    const db = opened();
    stable(db, NEW, null);
    expect(next(db, { config: OLD })).toEqual({ kind: 'install', outPath: null });
    expect(next(db, { config: NEW, storePath: KERNEL })).toEqual({ kind: 'nothing' });
  });

  test('is a run where nothing has been stable', () => {
    const db = opened();
    recordRun(db, { outcome: { kind: 'interrupted' } });
    expect(next(db, {})).toEqual({ kind: 'converge' });
    expect(booted(db, running())).toContain('nothing has been stable yet');
  });
});

describe('a kernel that falloutd did not build', () => {
  test('is known by its configuration', () => {
    const db = opened();
    stable(db, OLD, '/old.drv');
    stable(db, NEW, '/new.drv');
    expect(booted(db, running({ config: OLD, storePath: KERNEL }), { now: NOW })).toMatchInlineSnapshot(`
      "Linux 6.12.117: the .config of iteration 1 of nixhost, not built by falloutd
        path      /nix/store/00000000000000000000000000000000-linux-6.12.117
        stable    iteration 2 of nixhost, 05:06:07 (10 m ago)
        differs   BTRFS_FS m → n, ZRAM n → m, HZ 250 → 1000
                  \`falloutd diff 1 2\` lists all
        next      \`falloutd build\`, then \`nixos-rebuild boot\`, then reboot
      "
    `);
  });

  test('is none of the recorded ones where its configuration is none of theirs', () => {
    const db = opened();
    stable(db, NEW, '/new.drv');
    const facts = running({ config: OLD, unread: [{ kind: 'no-booted-system' }] });
    expect(booted(db, facts, { now: NOW })).toMatchInlineSnapshot(`
      "Linux 6.12.117: none of the recorded kernels
        unread    /run/booted-system leads to no kernel in the store
        stable    iteration 1 of nixhost, 05:06:07 (10 m ago)
        differs   BTRFS_FS m → n, ZRAM n → m, HZ 250 → 1000
                  \`falloutd booted --json\` lists all
        next      \`falloutd build\`, then \`nixos-rebuild boot\`, then reboot
      "
    `);
  });

  test('may be any of its version where nothing else is to be read, and that is said', () => {
    const db = opened();
    stable(db, NEW, '/new.drv');
    const unread: RunningKernel['unread'] = [{ kind: 'other-kernel', releases: ['6.12.1'] }, { kind: 'no-config' }];
    expect(booted(db, running({ unread }), { now: NOW })).toMatchInlineSnapshot(`
      "Linux 6.12.117: perhaps from iteration 1 of nixhost, by its version alone
        unread    /run/booted-system has modules for 6.12.1, not for the kernel that
                  runs
        unread    there is no /proc/config.gz: this kernel was built without
                  IKCONFIG_PROC
        stable    iteration 1 of nixhost, 05:06:07 (10 m ago)
        differs   not known: the .config that runs cannot be read
        next      \`falloutd build\`, then \`nixos-rebuild boot\`, then reboot
      "
    `);
  });
});

test('of several targets it is compared with its own; with a name, with that one', () => {
  const db = opened();
  stable(db, OLD, null);
  stable(db, NEW, null, 'laptop');
  const compared = (target?: string): unknown =>
    documentIn('booted', booted(db, running({ config: OLD }), { json: true, target })).stable?.target;
  expect(compared()).toBe('nixhost');
  expect(compared('laptop')).toBe('laptop');
});
