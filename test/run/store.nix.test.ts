import { existsSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { test } from '../helpers/hostTest.ts';
import { loadConfig } from '../../src/config/config.ts';
import { createDaemon, type Daemon } from '../../src/daemon/daemon.ts';
import { stableOf } from '../../src/state/targets.ts';
import { buildKernel } from '../../src/build/buildKernel.ts';
import { compilerGate } from '../helpers/compilerGate.ts';
import { type KernelHost, type Gate } from '../helpers/kernelHost.ts';
import { Listener } from '../helpers/listener.ts';
import { nixDaemon, type NixDaemon } from '../helpers/nixDaemon.ts';
import { wishing } from '../helpers/patchesText.ts';
import type { Run } from '../../src/model/run.ts';

let host: KernelHost;
let gate: Gate;
let listener: Listener;
let daemon: Daemon | null = null;
let nix: NixDaemon | null = null;
test.beforeEach(async ({ newHost }) => {
  host = await newHost();
  gate = await host.gate();
  await host.keepBuilders();
  listener = new Listener();
});
afterEach(async () => {
  await gate.open();
  await daemon?.stop();
  await nix?.kill();
  [daemon, nix] = [null, null];
});

const GREEN = wishing('SWAP = yes;');
const WISHES = wishing('RTLWIFI = no;\nE1000E = yes;\nHIDRAW = no;');

/** The falloutd of a host, after its first run. */
async function started(nixArgs?: string[]): Promise<void> {
  const config = loadConfig(host.host.configFile, host.stateDir);
  const ended = listener.ended();
  daemon = createDaemon(
    { ...config, targets: config.targets.map((target) => ({ ...target, nixArgs: nixArgs ?? target.nixArgs })) },
    host.history,
    listener.emit,
    { retryMs: [50] },
  );
  daemon.start();
  expect((await ended).outcome).toEqual({ kind: 'stable' });
}

const infrastructure = (run: Run): string => {
  if (run.outcome?.kind !== 'infrastructure') throw new Error(`not infrastructure but ${JSON.stringify(run.outcome)}`);
  return run.outcome.problem.message;
};

const stable = async (): Promise<void> => {
  await listener.next((event) => event.kind === 'run-finished' && event.run.outcome?.kind === 'stable');
};

describe('a Nix store that goes away', () => {
  let store: string;
  beforeEach(() => {
    store = join(host.dir, '.demo/nix/store');
  });
  const away = (): void => renameSync(store, `${store}.away`);
  async function back(): Promise<void> {
    // Nix may have begun another one in its place.
    if (existsSync(store)) {
      await execa('chmod', ['-R', 'u+w', store]);
      await rm(store, { recursive: true });
    }
    renameSync(`${store}.away`, store);
  }

  test('in mid build is never a verdict, and when it is back the run is done again by itself', async () => {
    await host.save(wishing('SWAP = no;'));
    await started();
    await gate.shut();
    const ended = listener.ended();
    await host.save(GREEN);
    await gate.reached();
    away();
    await gate.open();
    expect(infrastructure(await ended)).toMatch(/the Nix store went away during the build: .*\.drv is no longer there/);
    expect(await host.text()).toBe(GREEN);
    const again = stable();
    await back();
    await again;
    expect(listener.runs.at(-1)).toMatchObject({ cause: 'retry' });
    expect(host.symbols(listener.runs.at(-1) as Run).get('SWAP')).toBe('y');
    expect(host.processes()).toEqual([]);
  });

  test("between builds: what its database has and it has not is the machine's trouble", async () => {
    await host.save(wishing('SWAP = no;'));
    expect((await host.run()).outcome).toEqual({ kind: 'stable' });
    away();
    await host.save(WISHES);
    const run = await host.run();
    expect(infrastructure(run)).toMatch(/No such file|does not exist/);
    expect(run.outcome?.kind === 'infrastructure' && run.outcome.problem.hint).toMatch(
      /is its disk mounted\?.*nix-store --verify/,
    );
    expect(await host.text()).toBe(WISHES);
    await back();
    await host.save(`${WISHES}# saved again\n`);
    expect((await host.run()).outcome).toEqual({ kind: 'stable' });
    expect(Object.keys(await host.entries()).sort()).toEqual(['E1000E', 'HIDRAW', 'RTLWIFI']);
  });

  test('while the kernel is built', async () => {
    const compiler = await compilerGate(host);
    await host.save(GREEN);
    await host.run();
    const drvPath = stableOf(host.history, 'demo')?.kernelDrvPath ?? '';
    const root = join(await host.scratch('roots'), 'kernel');
    const build = (): ReturnType<typeof buildKernel> =>
      buildKernel(drvPath, { nixArgs: host.target().nixArgs, root, logLimit: 1 << 20 });
    await compiler.shut();
    const building = build();
    await compiler.reached();
    away();
    await compiler.open();
    expect(await building).toMatchObject({
      kind: 'infrastructure',
      problem: { message: expect.stringContaining('store went away') as string },
    });
    await back();
    expect((await build()).kind).toBe('built');
  });
});

describe('a nix-daemon that builds', () => {
  beforeEach(async () => {
    nix = await nixDaemon(host);
    await nix.start();
  });

  test('and is started anew in mid build: never a verdict, and the run is done again by itself', async () => {
    await host.save(wishing('SWAP = no;'));
    await started(nix?.nixArgs);
    await gate.shut();
    const ended = listener.ended();
    await host.save(WISHES);
    await gate.reached();
    await nix?.kill();
    expect(infrastructure(await ended)).toMatch(/end-of-file|disconnected|connection/i);
    expect((await listener.ended()).outcome).toMatchObject({
      kind: 'infrastructure',
      problem: {
        message: expect.stringMatching(/cannot connect to socket/) as string,
        hint: expect.stringContaining('nix-daemon') as string,
      },
    });
    await gate.open();
    const again = stable();
    await nix?.start();
    await again;
    expect(listener.runs.at(-1)).toMatchObject({ cause: 'retry' });
    expect(Object.keys(await host.entries()).sort()).toEqual(['E1000E', 'HIDRAW', 'RTLWIFI']);
  });

  test('and is not there at the start: told with what to look at', async () => {
    await nix?.kill();
    await host.save(WISHES);
    const run = await host.run({ target: { nixArgs: nix?.nixArgs ?? [] } });
    expect(infrastructure(run)).toMatch(/cannot connect to socket/);
    expect(await host.text()).toBe(WISHES);
  });
});
