import { existsSync, watch, writeFileSync, type FSWatcher } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeAll, beforeEach, describe, expect } from 'vitest';
import { test } from '../helpers/hostTest.ts';
import { jsonOf } from '../../src/fallout/causeText.ts';
import { run as recordedRun, runs } from '../../src/state/recordedRuns.ts';
import { openDatabase, prepareStatement } from '../../src/state/sqlite.ts';
import { falloutd, startFalloutd } from '../helpers/command.ts';
import { endingWith, type KernelHost, until, type Gate } from '../helpers/kernelHost.ts';
import { pragma } from '../helpers/pragma.ts';
import { wishing } from '../helpers/patchesText.ts';
import { documentIn } from '../helpers/documentSchema.ts';

let host: KernelHost;
let gate: Gate;
let env: { TMPDIR: string };
test.beforeAll(async ({ host: shared }) => {
  host = shared;
  gate = await host.gate();
  env = { TMPDIR: await host.scratch('builds') };
});
let tests = 0;
beforeEach(async () => {
  host.forget();
  // Another derivation for each test: nothing of it is built yet.
  await host.kernel({ hashSeed: ++tests });
});
afterEach(async () => gate.open());

const once = (...args: string[]): ReturnType<typeof falloutd> =>
  falloutd(['once', '--config', host.host.configFile, '--state', host.stateDir, ...args], { env });

describe('the exit code of once', () => {
  test('0: stable, also with lost wishes', async () => {
    await host.save(wishing('RTLWIFI = no;'));
    const { code, stderr } = await once();
    expect(code).toBe(0);
    expect(stderr).toMatch(/stable/);
    expect(await host.entries()).toEqual({ RTLWIFI: 'option n' });
  });

  test('1 with --strict: wishes were lost; 0 where none was', async () => {
    await host.save(wishing('RTLWIFI = no;'));
    expect((await once('--strict')).code).toBe(1);
    await host.save(wishing('SWAP = no;'));
    expect((await once('--strict')).code).toBe(0);
  });

  test('1: stalled', async () => {
    // Its script complains whatever it is asked, and then no prediction helps.
    const flake = await host.flake();
    await host.file('stubborn.nix', endingWith("echo 'error: unused option: SWAP' >&2; exit 1"));
    await host.file('flake.nix', flake.replace('./stand-in.nix', './stand-in.nix\n          ./stubborn.nix'));
    await host.save(wishing('SWAP = no;'));
    const config = join(host.dir, 'few.toml');
    const { stdout } = await execa('cat', [host.host.configFile]);
    await writeFile(config, `${stdout}\nmax-iterations = 1\n`);
    const { code, stdout: json } = await falloutd(['once', '--json', '--config', config, '--state', host.stateDir], {
      env,
    });
    expect(code).toBe(1);
    expect(documentIn('run', json).outcome).toEqual({
      kind: 'stalled',
      reason: 'max-iterations',
      symbols: ['SWAP'],
    });
    await host.file('flake.nix', flake);
  });

  test('3: blocked, with the file, the line and what to do', async () => {
    await host.save(wishing('RTLWIFI = non;'));
    const { code, stderr } = await once();
    expect(code).toBe(3);
    expect(stderr).toMatch(/patches\.nix:7/);
    expect(stderr).toMatch(/undefined variable 'non'/);
  });

  test.each([
    ['an unknown option', ['once', '--sideways']],
    ['an unknown command', ['converge']],
    ['a configuration that is not there', ['once', '--config', '/nowhere/falloutd.toml']],
    ['a target that is not there', ['once', '--target', 'nowhere']],
  ])('2: %s', async (_, args) => {
    const { code, stderr } = await falloutd(args, { cwd: host.dir, env });
    expect(code).toBe(2);
    expect(stderr).not.toBe('');
    expect(stderr).not.toMatch(/at .*\.ts:\d+/);
  });

  test('5: Nix is missing', async () => {
    await host.save(wishing('RTLWIFI = no;'));
    const { code, stderr } = await falloutd(['once', '--config', host.host.configFile, '--state', host.stateDir], {
      env: { ...env, PATH: await host.scratch('empty') },
    });
    expect(code).toBe(5);
    expect(stderr).toMatch(/nix was not found on PATH/);
    expect(stderr).toMatch(/install Nix/);
  });

  test('130: interrupted, and no process is left', async () => {
    await host.save(wishing('RTLWIFI = no;'));
    await gate.shut();
    const running = startFalloutd(['once', '--json', '--config', host.host.configFile, '--state', host.stateDir], {
      env,
    });
    await gate.reached();
    running.kill('SIGINT');
    const { exitCode, stdout } = await running;
    expect(exitCode).toBe(130);
    expect(documentIn('run', stdout).outcome).toEqual({ kind: 'interrupted' });
    expect(host.processes()).toEqual([]);
  });

  test('130: tidy, interrupted in the build that verifies it: the file is as it was', async () => {
    await host.save(wishing('WLAN = no;\nRTLWIFIX = yes;'));
    const before = await host.text();
    // The facts are there, so that the first config build is the one that verifies.
    expect(
      (await falloutd(['predict', '--config', host.host.configFile, '--state', host.stateDir], { env })).code,
    ).toBe(0);
    await gate.shut();
    const args = ['tidy', '--yes', '--config', host.host.configFile, '--state', host.stateDir];
    const running = startFalloutd(args, { env });
    await gate.reached();
    expect(await host.text()).not.toBe(before);
    running.kill('SIGINT');
    const { exitCode, stderr } = await running;
    expect([exitCode, stderr]).toEqual([130, expect.stringContaining('everything is as it was: interrupted')]);
    expect(await host.text()).toBe(before);
    expect(host.processes()).toEqual([]);
  });

  test('130: want, interrupted while it waits for what it looks in; nothing is left of it', async () => {
    await host.save(wishing('RTLWIFI = no;'));
    await rm(join(host.stateDir, 'facts'), { recursive: true, force: true });
    const [slow, begun] = [join(await host.scratch('slow'), 'nix-store'), join(await host.scratch('begun'), 'yes')];
    await writeFile(slow, `#!/bin/sh\n: >'${begun}'\nexec sleep 600\n`, { mode: 0o755 });
    const running = startFalloutd(['want', 'RTLWIFI=n', '--config', host.host.configFile, '--state', host.stateDir], {
      env: { ...env, PATH: `${dirname(slow)}:${process.env['PATH'] ?? ''}` },
    });
    await until(() => existsSync(begun));
    running.kill('SIGINT');
    const { exitCode, stdout } = await running;
    expect([exitCode, stdout]).toEqual([130, '']);
    expect(host.processes()).toEqual([]);
  });

  test('4: a second one that would write is refused while the first goes on', async () => {
    await host.save(wishing('RTLWIFI = no;'));
    await gate.shut();
    const first = startFalloutd(['once', '--config', host.host.configFile, '--state', host.stateDir], { env });
    await gate.reached();
    const second = await once();
    expect(second.code).toBe(4);
    expect(second.stderr).toMatch(/another falloutd/);
    await gate.open();
    expect((await first).exitCode).toBe(0);
  });
});

describe('once --json', () => {
  test('prints the run as it is in history, and nothing else', async () => {
    await host.save(wishing('RTLWIFI = no;\nE1000E = yes;\nHIDRAW = no;'));
    const { stdout } = await once('--json');
    const run = documentIn('run', stdout);
    expect(Object.keys(run)).toEqual([
      'run',
      'target',
      'cause',
      'startedAt',
      'durationMs',
      'outcome',
      'iterations',
      'absorbed',
      'lost',
      'sideEffects',
    ]);
    expect(run).toMatchObject({ target: 'demo', cause: 'command', outcome: { kind: 'stable' }, absorbed: 3 });
    expect(run.startedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    for (const iteration of run.iterations) {
      expect(Object.keys(iteration).toSorted()).toEqual([
        'buildMs',
        'drvPath',
        'durationMs',
        'entries',
        'evaluateMs',
        'fallout',
        'iteration',
        'outcome',
        'patchesSha256',
        'prediction',
        'probe',
        'run',
        'sideEffects',
        'sourceBytes',
        'startedAt',
      ]);
      for (const entry of iteration.entries)
        expect(Object.keys(entry)).toEqual(['symbol', 'from', 'to', 'rung', 'reason']);
      for (const fallout of iteration.fallout)
        expect(Object.keys(fallout)).toEqual(expect.arrayContaining(['kind', 'symbol', 'wanted', 'got', 'by']));
    }
    const recorded = recordedRun(host.history, run.run);
    // What is printed has the text of each cause beside it.
    expect(sorted(JSON.parse(jsonOf(recorded)))).toEqual(sorted(run));
  });
});

/** Without the order of keys. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

describe('falloutd watch as a process', () => {
  test('converges at the start and at a save; SIGTERM in a build ends everything', async () => {
    await host.save(wishing('RTLWIFI = no;'));
    const daemon = startFalloutd(['watch', '--config', host.host.configFile, '--state', host.stateDir], { env });
    await until(() => runs(host.history, { limit: 1 })[0]?.outcome?.kind === 'stable');
    expect(await host.entries()).toEqual({ RTLWIFI: 'option n' });
    writeFileSync(
      host.patchesFile,
      (await host.text()).replace('RTLWIFI = no;', 'RTLWIFI = no;\n      SCSI = no;\n      ATA = module;'),
    );
    await until(
      () =>
        runs(host.history, { limit: 1 })[0]?.run === 2 &&
        runs(host.history, { limit: 1 })[0]?.outcome?.kind === 'stable',
    );
    expect(await host.entries()).toEqual({ RTLWIFI: 'option n', SCSI: 'option m' });

    await gate.shut();
    writeFileSync(host.patchesFile, (await host.text()).replace('ATA = module;', 'ATA = no;'));
    await gate.reached();
    daemon.kill('SIGTERM');
    const { exitCode, stdout } = await daemon;
    expect(exitCode).toBe(0);
    expect(host.processes()).toEqual([]);
    expect(runs(host.history, { limit: 1 })[0]?.outcome).toEqual({ kind: 'interrupted' });
    expect(stdout).toContain('stable');
    // eslint-disable-next-line no-control-regex -- colours begin with ESC
    expect(stdout).not.toMatch(/\u001b/);
  });
});

describe('kill -9', () => {
  const WISHES = wishing(
    'RTLWIFI = no;\nE1000E = yes;\nHIDRAW = no;\nLOG_BUF_SHIFT = freeform "40";\nPREEMPT = yes;\nWLAN = no;\nATH9K = module;',
  );
  let fixedPoint: { text: string; config: string; entries: Record<string, string> };
  beforeAll(async () => {
    host.forget();
    await host.save(WISHES);
    const run = await host.run();
    fixedPoint = { text: await host.text(), config: host.config(run), entries: await host.entries() };
  });

  /** Starts `once` from the beginning and kills it at a moment; gives what stood in the file then. */
  async function killed(moment: (kill: () => void) => void | Promise<void>): Promise<string> {
    // With what is known from the test before, the first write would already be the last one.
    host.forget();
    await host.save(WISHES);
    const running = startFalloutd(['once', '--config', host.host.configFile, '--state', host.stateDir], { env });
    const kill = (): void => void running.kill('SIGKILL');
    await moment(kill);
    await running;
    return host.text();
  }

  async function recovers(): Promise<void> {
    const database = openDatabase(join(host.stateDir, 'falloutd.db'), { readonly: true });
    expect(pragma(database, 'integrity_check')).toBe('ok');
    database.close();
    await gate.open();
    const { code, stdout } = await once('--json');
    expect(code).toBe(0);
    const run = documentIn('run', stdout);
    expect(run.outcome).toEqual({ kind: 'stable' });
    expect(await host.text()).toBe(fixedPoint.text);
    expect(host.config(run)).toBe(fixedPoint.config);
    expect(host.processes()).toEqual([]);
    // What the killed one left under way is closed.
    expect(runs(host.history, { limit: 9 }).every((each) => each.outcome !== null)).toBe(true);
  }

  /** Kills when the file changes. */
  async function atWrite(kill: () => void): Promise<void> {
    let watcher: FSWatcher | undefined;
    await new Promise<void>((resolve) => {
      watcher = watch(host.dir, (event, name) => {
        if (event !== 'rename' || name !== 'patches.nix') return;
        kill();
        resolve();
      });
    });
    watcher?.close();
  }

  test('in the build: the entries are written, the builder ends with the next falloutd', async () => {
    await gate.shut();
    const text = await killed(async (kill) => {
      await gate.reached();
      kill();
    });
    // What is predicted is written before the build.
    expect(await host.entries()).toEqual(fixedPoint.entries);
    expect(text.startsWith(WISHES.slice(0, WISHES.indexOf('# falloutd: begin')))).toBe(true);
    expect(host.processes().join('\n')).toMatch(/nix/);
    await recovers();
  });

  /** The pid of the Nix that builds, which runs in a process group of its own. */
  const nixPid = (): number =>
    Number(
      host
        .processes()
        .find((each) => /^\d+ nix.* --realise /.test(each))
        ?.split(' ')[0],
    );

  test('together with Nix: what its builder left ends before the next falloutd begins', async () => {
    await gate.shut();
    await killed(async (kill) => {
      await gate.reached();
      const nix = nixPid();
      kill();
      process.kill(nix, 'SIGKILL');
    });
    expect(host.processes().join('\n')).toMatch(/perl/);
    await gate.shut();
    const next = startFalloutd(['once', '--config', host.host.configFile, '--state', host.stateDir], { env });
    await gate.reached();
    // The gate is still shut, so whatever the killed builder left would be waiting at it as well.
    expect(host.processes().filter((each) => /perl.*generate-config/.test(each))).toHaveLength(1);
    await gate.open();
    await next;
    await recovers();
  });

  test('of Nix alone: what its builder left ends with it', async () => {
    host.forget();
    await host.save(WISHES);
    await gate.shut();
    const running = startFalloutd(['once', '--config', host.host.configFile, '--state', host.stateDir], { env });
    await gate.reached();
    process.kill(nixPid(), 'SIGKILL');
    const { exitCode, stderr } = await running;
    expect(stderr).toContain('SIGKILL');
    expect(exitCode).toBe(5);
    expect(host.processes()).toEqual([]);
    await recovers();
  });

  test("at the moment of the write: the file is whole, and the entries in it are known as falloutd's own", async () => {
    await killed(atWrite);
    const entries = Object.keys(await host.entries());
    expect(Object.keys(fixedPoint.entries)).toEqual(expect.arrayContaining(entries));
    await recovers();
    const database = openDatabase(join(host.stateDir, 'falloutd.db'), { readonly: true });
    const byHand = prepareStatement(
      database,
      "SELECT symbol FROM managed_entries WHERE origin ->> '$.kind' = 'hand'",
    ).all();
    database.close();
    expect(byHand).toEqual([]);
  });

  test.each([0, 1])('as soon as history tells of %i iterations', async (n) => {
    await killed(async (kill) => {
      await until(() => (runs(host.history, { limit: 1 })[0]?.iterations.length ?? -1) >= n);
      kill();
    });
    await recovers();
  });
});
