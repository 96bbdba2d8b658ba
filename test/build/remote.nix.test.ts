import { existsSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { test } from '../helpers/hostTest.ts';
import { loadConfig } from '../../src/config/config.ts';
import { createDaemon, type Daemon } from '../../src/daemon/daemon.ts';
import { buildLog, kernelBuilds } from '../../src/state/kernelBuilds.ts';
import { KernelBuilds, type KernelJob } from '../../src/build/queue.ts';
import { compilerGate, type CompilerGate } from '../helpers/compilerGate.ts';
import { type KernelHost, until } from '../helpers/kernelHost.ts';
import { Listener } from '../helpers/listener.ts';
import { otherMachine, type OtherMachine } from '../helpers/otherMachine.ts';
import { wishing } from '../helpers/patchesText.ts';

let host: KernelHost;
let gate: CompilerGate;
let other: OtherMachine;
let listener: Listener;
let kernels: KernelBuilds;
let daemon: Daemon;

test.beforeAll(async ({ host: shared }) => {
  host = shared;
  gate = await compilerGate(host);
  await host.keepBuilders();
  other = await otherMachine(host);
});
beforeEach(() => {
  host.forget();
  listener = new Listener();
  kernels = new KernelBuilds(host.history);
  kernels.follow(listener.emit);
});
afterEach(async () => {
  other.on();
  await gate.open();
  await kernels.stop();
  await daemon.stop();
});

/** Starts the daemon on these wishes, with another machine that builds, and waits for its first run. */
async function started(wishes: string, nixArgs: string[]): Promise<void> {
  await host.save(wishing(wishes));
  const ended = listener.ended();
  const config = loadConfig(host.host.configFile, host.stateDir);
  daemon = createDaemon(
    { ...config, targets: config.targets.map((target) => ({ ...target, nixArgs })) },
    host.history,
    listener.emit,
    { kernels },
  );
  daemon.start();
  expect((await ended).outcome).toEqual({ kind: 'stable' });
}

async function ask(): Promise<KernelJob> {
  const loop = daemon.loop('demo');
  if (loop === null) throw new Error('no such target');
  return kernels.request(
    { target: loop.target, state: loop.live().state, converge: () => loop.trigger('command') },
    { whenStable: false },
  );
}

const use = (): string | null => {
  const event = listener.events.findLast((e) => e.kind === 'build-finished');
  return event?.kind === 'build-finished' ? event.use : null;
};

describe.each([
  { name: 'another store', wishes: 'IGB = no;', nixArgs: () => other.asStore, shared: () => '' },
  {
    name: 'a builder',
    wishes: 'R8169 = no;',
    nixArgs: () => other.asBuilder,
    shared: () => ` --builders '${other.url('ssh-ng')} - - 2' -j 0`,
  },
])('$name', ({ wishes, nixArgs, shared }) => {
  test('builds the kernel: watched, cancelled, started again beside edits, finished; its result is here and kept', async () => {
    await started(wishes, nixArgs());
    await gate.shut();
    const job = await ask();
    await gate.reached();
    expect(kernels.live('demo')).toMatchObject({ state: 'building', progress: { step: 'buildPhase' } });
    await kernels.cancel('demo');
    expect(await job.done).toMatchObject({ build: 1, outcome: 'cancelled' });
    await until(() => host.processes().length === 0);

    await gate.shut();
    const again = await ask();
    await gate.reached();
    const ended = listener.ended();
    writeFileSync(host.patchesFile, wishing(`${wishes}\nHIDRAW = no;`));
    expect((await ended).outcome).toEqual({ kind: 'stable' });
    await gate.open();
    const build = await again.done;
    expect(build).toMatchObject({ build: 2, outcome: 'built', problem: null });
    expect(build).toEqual(kernelBuilds(host.history, { limit: 1 })[0]);
    expect(other.built(build?.drvPath ?? '')).toBe(true);
    expect(build?.objects).toBeGreaterThan(20);
    expect(buildLog(host.history, 2)?.match(/^ {2}CC /gm)).toHaveLength(build?.objects ?? 0);
    expect(build?.kernelBytes).toBeGreaterThan(1000);
    expect(build?.modulesBytes).toBeGreaterThan(1000);
    expect(existsSync(join(build?.outPath ?? '', 'bzImage'))).toBe(true);
    expect(readlinkSync(join(host.stateDir, 'gcroots', 'demo-kernel'))).toBe(build?.outPath);
    expect(use()).toBe(`nixos-rebuild switch --flake ${host.dir}#demo${shared()}`);
  });
});

test('a result that cannot be copied back is told, with what uses it there; the next build brings it', async () => {
  await started('SWAP = no;', other.asStore);
  listener.at((event) => {
    if (event.kind === 'build-progress' && event.step.startsWith('copying it from')) other.off();
  });
  const build = await (await ask()).done;
  expect(build).toMatchObject({
    outcome: 'built',
    kernelBytes: null,
    problem: {
      message: expect.stringMatching(
        /^it is only in ssh-ng:\/\/localhost: ssh-ng:\/\/localhost cannot be reached: ssh: connect/,
      ) as string,
    },
  });
  expect(existsSync(build?.outPath ?? '')).toBe(false);
  expect(use()).toBe(`nixos-rebuild switch --flake ${host.dir}#demo --build-host localhost`);

  listener.at(() => undefined);
  other.on();
  const brought = await (await ask()).done;
  expect(brought).toMatchObject({ outcome: 'built', objects: null, outPath: build?.outPath, problem: null });
  expect(existsSync(build?.outPath ?? '')).toBe(true);
  expect(use()).toBe(`nixos-rebuild switch --flake ${host.dir}#demo`);
});

test('another machine that is not reached is infrastructure, also when only the kernel is left to build', async () => {
  await started('BT = no;', other.asStore);
  other.off();
  expect(await (await ask()).done).toMatchObject({
    outcome: 'infrastructure',
    problem: {
      message: 'ssh-ng://localhost cannot be reached: ssh: connect to host localhost port 22: No route to host',
    },
  });
});
