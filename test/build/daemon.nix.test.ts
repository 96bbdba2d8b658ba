import { readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { test } from '../helpers/hostTest.ts';
import { loadConfig, type Config } from '../../src/config/config.ts';
import { createDaemon, type Daemon } from '../../src/daemon/daemon.ts';
import { buildLog, kernelBuilds } from '../../src/state/kernelBuilds.ts';
import { KernelBuilds, type KernelJob } from '../../src/build/queue.ts';
import { compilerGate, type CompilerGate } from '../helpers/compilerGate.ts';
import type { KernelHost } from '../helpers/kernelHost.ts';
import { Listener } from '../helpers/listener.ts';
import { wishing } from '../helpers/patchesText.ts';

let host: KernelHost;
let gate: CompilerGate;
let listener: Listener;
let kernels: KernelBuilds;
let daemon: Daemon;

test.beforeAll(async ({ host: shared }) => {
  host = shared;
  gate = await compilerGate(host);
  await host.keepBuilders();
});
beforeEach(() => {
  host.forget();
  listener = new Listener();
  kernels = new KernelBuilds(host.history);
  kernels.follow(listener.emit);
});
afterEach(async () => {
  await gate.open();
  await gate.breaks(null);
  await kernels.stop();
  await daemon.stop();
});

/** Starts the daemon on these wishes and waits for its first run. */
async function started(wishes: string, changes: Partial<Config['targets'][number]> = {}): Promise<void> {
  await host.save(wishing(wishes));
  const ended = listener.ended();
  const config = loadConfig(host.host.configFile, host.stateDir);
  daemon = createDaemon(
    { ...config, targets: config.targets.map((target) => ({ ...target, ...changes })) },
    host.history,
    listener.emit,
    { kernels },
  );
  daemon.start();
  expect((await ended).outcome).toEqual({ kind: 'stable' });
}

/** What `falloutd build` asks the daemon for. */
async function ask(whenStable = false): Promise<KernelJob> {
  const loop = daemon.loop('demo');
  if (loop === null) throw new Error('no such target');
  return kernels.request(
    { target: loop.target, state: loop.live().state, converge: () => loop.trigger('command') },
    { whenStable },
  );
}

/** Saves another wish and waits for the run that it causes. */
async function save(wishes: string): Promise<void> {
  const ended = listener.ended();
  writeFileSync(host.patchesFile, wishing(wishes));
  expect((await ended).outcome).toEqual({ kind: 'stable' });
}

describe('a kernel build of the daemon', () => {
  test('is watched, cancelled without leaving a process, started again and finished', async () => {
    await started('IGB = no;');
    await gate.shut();
    const job = await ask();
    await gate.reached();
    expect(kernels.live('demo')).toMatchObject({ state: 'building' });
    expect(host.processes().join('\n')).toMatch(/gcc/);

    await kernels.cancel('demo');
    expect(await job.done).toMatchObject({ build: 1, outcome: 'cancelled', outPath: null });
    expect(host.processes()).toEqual([]);
    expect(kernels.live('demo')).toBeNull();
    expect(buildLog(host.history, 1)).toMatch(/^ {2}CC {6}\w+\.o$/m);

    await gate.open();
    const build = await (await ask()).done;
    expect(build).toMatchObject({ build: 2, outcome: 'built', problem: null });
    expect(kernelBuilds(host.history, { limit: 9 })[0]).toEqual(build);
    expect(build?.objects).toBeGreaterThan(20);
    expect(build?.kernelBytes).toBeGreaterThan(1000);
    expect(build?.modulesBytes).toBeGreaterThan(1000);
    expect(buildLog(host.history, 2)?.match(/^ {2}CC /gm)).toHaveLength(build?.objects ?? 0);
    expect(readlinkSync(join(host.stateDir, 'gcroots', 'demo-kernel'))).toBe(build?.outPath);
    expect(
      listener.events
        .map((event) => event.kind)
        .filter((kind) => kind.startsWith('build-') && kind !== 'build-progress'),
    ).toEqual(['build-started', 'build-finished', 'build-started', 'build-finished']);
  });

  test('goes on while the file is edited, and builds what was recorded', async () => {
    await started('R8169 = no;');
    await gate.shut();
    const job = await ask();
    await gate.reached();
    const recorded = kernelBuilds(host.history, { limit: 1 })[0]?.drvPath;
    await save('R8169 = no;\nHIDRAW = no;');
    expect(kernels.live('demo')?.state).toBe('building');
    await gate.open();
    const build = await job.done;
    expect(build).toMatchObject({ outcome: 'built', drvPath: recorded });
    const finished = listener.events.findLast((event) => event.kind === 'build-finished');
    expect(finished).toMatchObject({
      use: `nixos-rebuild switch --flake ${host.dir}#demo`,
      changed: [host.patchesFile],
    });
  });

  test('asked for twice is one build; another kernel of the target waits for its turn', async () => {
    await started('BT = no;');
    await gate.shut();
    const first = await ask();
    await gate.reached();
    expect(await ask()).toBe(first);
    await save('BT = no;\nSWAP = no;');
    const second = await ask();
    expect(second.state).toBe('queued');
    await gate.open();
    const [one, two] = [await first.done, await second.done];
    expect([one?.outcome, two?.outcome]).toEqual(['built', 'built']);
    expect(two?.drvPath).not.toBe(one?.drvPath);
    expect(
      listener.events.find((event) => event.kind === 'build-progress' && event.build === two?.build),
    ).toMatchObject({ expected: { objects: one?.objects } });
  });

  test('waits until the target is stable, and is then that of the newest wish', async () => {
    await started('USB_STORAGE = no;');
    writeFileSync(host.patchesFile, wishing('USB_STORAGE = oops;'));
    await listener.ended();
    const job = await ask(true);
    expect(job.state).toBe('waiting');
    await listener.ended();
    await save('USB_STORAGE = no;\nDEBUG_FS = no;');
    expect(await job.done).toMatchObject({ outcome: 'built' });
  });

  test('starts by itself after a stable run where the configuration says so, and only once', async () => {
    const built = listener.next((event) => event.kind === 'build-finished');
    await started('IPV6 = no;', { build: 'when-stable' });
    expect(await built).toMatchObject({ build: { outcome: 'built' } });
    await save('IPV6 = no;\n# nothing else');
    expect(kernels.live('demo')).toBeNull();
    expect(kernelBuilds(host.history, { limit: 9 })).toHaveLength(1);
  });

  test("fails with the compiler's words", async () => {
    await started('E1000E = no;');
    await gate.breaks("init/main.c:3:1: error: unknown type name 'foo'");
    const build = await (await ask()).done;
    expect(build).toMatchObject({
      outcome: 'failed',
      problem: { message: "the kernel does not compile\ninit/main.c:3:1: error: unknown type name 'foo'" },
    });
  });
});

describe('a kernel build is refused', () => {
  test('while something differs from what was stable, saying what', async () => {
    await started('SOUND = no;');
    await daemon.loop('demo')?.hold('paused');
    writeFileSync(host.patchesFile, `${await host.text()}# a remark\n`);
    await expect(ask()).rejects.toMatchObject({
      exitCode: 4,
      message: `changed since demo was found stable (iteration 1): ${host.patchesFile}`,
    });
    writeFileSync(host.patchesFile, wishing('SOUND = no;\nNET = no;'));
    await expect(ask()).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringMatching(/patches\.nix, the config's derivation, the kernel's derivation$/) as string,
    });
    await expect(ask(true)).rejects.toMatchObject({ exitCode: 4, message: expect.stringMatching(/is held/) as string });
  });

  test('while a run is under way', async () => {
    await started('VIDEO = no;');
    daemon.loop('demo')?.trigger('command');
    await expect(ask()).rejects.toMatchObject({ exitCode: 4, message: 'a run of demo is under way' });
    expect((await ask(true)).state).toBe('waiting');
    await kernels.cancel('demo');
    await expect(kernels.cancel('demo')).rejects.toThrow(/no kernel build of demo/);
  });
});
