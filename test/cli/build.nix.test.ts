import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { test } from '../helpers/hostTest.ts';
import type { LiveStatus } from '../../src/model/liveStatus.ts';
import { kernelBuilds } from '../../src/state/kernelBuilds.ts';
import { openHistory } from '../../src/state/historyDatabase.ts';
import { askDaemon } from '../../src/daemon/client.ts';
import type { KernelBuild } from '../../src/model/kernelBuild.ts';
import { falloutd, startFalloutd } from '../helpers/command.ts';
import { compilerGate, type CompilerGate } from '../helpers/compilerGate.ts';
import type { KernelHost } from '../helpers/kernelHost.ts';
import { machineFiles } from '../helpers/machineFiles.ts';
import { wishing } from '../helpers/patchesText.ts';
import { documentIn } from '../helpers/documentSchema.ts';

let host: KernelHost;
let gate: CompilerGate;
let started: ReturnType<typeof startFalloutd>[] = [];
test.beforeAll(async ({ host: shared }) => {
  host = shared;
  gate = await compilerGate(host);
  // The socket stands there too.
  await host.keepBuilders();
});
beforeEach(() => host.forget());
afterEach(async () => {
  await gate.open();
  for (const command of started) command.kill('SIGTERM');
  await Promise.all(started);
  started = [];
});

const args = (...words: string[]): string[] => [...words, '--config', host.host.configFile, '--state', host.stateDir];
const call = (...words: string[]): ReturnType<typeof falloutd> => falloutd(args(...words), { env: { COLUMNS: '80' } });

/** Starts a command that is ended after the test. */
function start(...words: string[]): ReturnType<typeof startFalloutd> {
  const command = startFalloutd(args(...words));
  started.push(command);
  return command;
}

/** Resolves when a command has told which build it follows. */
async function follows(command: ReturnType<typeof startFalloutd>): Promise<void> {
  let told = '';
  await new Promise<void>((resolve) =>
    command.stderr.on('data', (chunk: Buffer) => {
      told += chunk.toString();
      if (/^kernel build \d+, .*\n/.test(told)) resolve();
    }),
  );
}

/** The builds on record, the newest first. */
function recorded(): KernelBuild[] {
  const db = openHistory(host.stateDir, { readonly: true });
  try {
    return kernelBuilds(db, { limit: 9 });
  } finally {
    db.close();
  }
}

/** Starts the daemon and waits for its first run. */
async function watching(): Promise<{ daemon: ReturnType<typeof startFalloutd> }> {
  const daemon = start('watch');
  while ((await live())?.state !== 'idle') await sleep(50);
  return { daemon };
}

/** What the daemon does; undefined while none answers. */
async function live(): Promise<LiveStatus | undefined> {
  return (await askDaemon(host.stateDir, (daemon) => daemon.live.$get()))?.['demo'];
}

describe('without a daemon', () => {
  test('is refused before anything is stable, then builds, prints how to use it, and is listed', async () => {
    await host.save(wishing('IGB = no;'));
    const early = await call('build');
    expect(early.code).toBe(4);
    expect(early.stderr).toMatch(/demo has not been found stable yet\n {2}`falloutd build --when-stable`/);

    const done = await call('build', '--when-stable');
    expect(done.stderr).toContain(`  use it:  nixos-rebuild switch --flake ${host.dir}#demo\n`);
    expect(done.code).toBe(0);
    const [build] = recorded();
    expect(build).toMatchObject({ build: 1, outcome: 'built', iteration: 1 });
    expect(readlinkSync(join(host.stateDir, 'gcroots', 'demo-kernel'))).toBe(build?.outPath);

    const { stdout } = await call('builds');
    expect(stdout).toMatch(
      /^1 {2}demo {2}[\d:]+ {2}[\d.]+ s {2}built {2}\d+ objects, kernel \d+\.\d kB, modules \d+\.\d kB\n$/,
    );
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(documentIn('builds', (await call('builds', '--json')).stdout)).toEqual({ builds: [build] });
    expect((await call('show', '--build', '1')).stdout).toMatch(
      /^kernel build 1, demo: built\n {2}kernel {3}linux-6\.12\.0, stable in iteration 1\n/,
    );
    expect((await call('show', '--build', '1', '--log')).stdout).toMatch(/^ {2}CC {6}\w+\.o$/m);
    expect((await call('show', '--build', '7')).code).toBe(2);
    expect((await call('show')).stdout).toMatch(/^iteration \d+ of run \d+, demo: /);
    expect((await call('status')).stdout).toMatch(/^ {2}kernel {4}build 1, built in [\d.]+ s begun/m);
  });

  test('is found again by `booted` when it runs, with what the next stable configuration has otherwise', async () => {
    await host.save(wishing('IPV6 = no;'));
    expect((await call('build', '--when-stable')).code).toBe(0);
    const [build] = recorded();
    const { stdout: config } = await call('config');
    const machine = machineFiles({ release: '6.12.0', config, booted: build?.outPath ?? '' });
    await host.save(wishing('IPV6 = no;\nBT = no;'));
    expect((await call('once')).code).toBe(0);
    expect(documentIn('booted', (await call('booted', '--root', machine, '--json')).stdout)).toMatchObject({
      running: { release: '6.12.0', storePath: build?.outPath, unread: [] },
      match: { kind: 'built', build },
      changes: expect.arrayContaining([expect.objectContaining({ symbol: 'BT', change: 'off' })]) as unknown,
      next: { kind: 'build' },
    });
    const { stdout } = await call('booted', '--root', machineFiles({ release: '6.12.0', config }));
    expect(stdout).toMatch(/^Linux 6\.12\.0: most likely kernel build 1 of demo, by its \.config\n/);
  });

  test('is refused when the wishes changed, saying what', async () => {
    await host.save(wishing('R8169 = no;'));
    expect((await call('once')).code).toBe(0);
    await host.save(wishing('R8169 = yes;'));
    const { code, stderr } = await call('build');
    expect(code).toBe(4);
    expect(stderr).toContain(
      `changed since demo was found stable (iteration 1): ${host.patchesFile}, the config's derivation, the kernel's derivation`,
    );
    expect((await call('cancel')).code).toBe(4);
  });

  test('Ctrl-C cancels it and leaves no process', async () => {
    await host.save(wishing('BT = no;'));
    expect((await call('once')).code).toBe(0);
    await gate.shut();
    const build = start('build');
    await gate.reached();
    build.kill('SIGINT');
    expect((await build).exitCode).toBe(130);
    expect(host.processes()).toEqual([]);
    expect(recorded()).toMatchObject([{ outcome: 'cancelled' }]);
  });
});

describe('with a daemon', () => {
  test('is followed; Ctrl-C leaves it running, cancel ends it, and it starts again', async () => {
    await host.save(wishing('USB_STORAGE = no;'));
    await watching();
    await gate.shut();
    const build = start('build');
    await follows(build);
    await gate.reached();
    build.kill('SIGINT');
    const left = await build;
    expect(left.stderr).toMatch(
      /^kernel build 1, demo: linux-6\.12\.0, stable in iteration 1\nthe daemon continues it; `falloutd status --follow` shows it, `falloutd cancel` ends it\n$/,
    );
    expect(left.exitCode).toBe(130);
    expect((await call('status')).stdout).toMatch(/^ {2}kernel {4}building/m);

    const second = start('build', '--json');
    await follows(second);
    expect((await call('cancel')).stdout).toBe('the kernel build of demo is cancelled\n');
    const cancelled = await second;
    expect(cancelled.exitCode).toBe(130);
    expect(recorded()).toMatchObject([{ build: 1, outcome: 'cancelled' }]);

    await gate.open();
    const done = await call('build', '--json');
    expect(done.code).toBe(0);
    expect(documentIn('kernel-build', done.stdout)).toEqual(recorded()[0]);
    expect(recorded()).toMatchObject([{ build: 2, outcome: 'built' }, { build: 1 }]);
  });

  test("a killed daemon's build is closed and its processes end at the next start", async () => {
    await host.save(wishing('SWAP = no;'));
    const { daemon } = await watching();
    await gate.shut();
    const build = start('build');
    await follows(build);
    await gate.reached();
    daemon.kill('SIGKILL');
    await daemon;
    const left = await build;
    expect(left.stderr).toContain('the daemon no longer answers');
    await call('once');
    expect(host.processes()).toEqual([]);
    expect(recorded()).toMatchObject([
      { outcome: 'cancelled', durationMs: null, problem: { message: 'falloutd was killed while it built' } },
    ]);
  });
});
