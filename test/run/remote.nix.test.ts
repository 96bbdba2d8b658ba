import { cp, readFile, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { STAND_IN } from '../../src/setup/demo/demoHost.ts';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { test } from '../helpers/hostTest.ts';
import { type KernelHost, until, type Gate } from '../helpers/kernelHost.ts';
import { hasLog, otherMachine, type OtherMachine } from '../helpers/otherMachine.ts';
import { wishing } from '../helpers/patchesText.ts';
import type { Run } from '../../src/model/run.ts';

let host: KernelHost;
let gate: Gate;
let other: OtherMachine;
test.beforeAll(async ({ host: shared }) => {
  host = shared;
  gate = await host.gate();
  await host.keepBuilders();
  other = await otherMachine(host);
});
beforeEach(() => host.forget());
afterEach(async () => {
  await gate.open();
  other.on();
});

/** What of a run does not depend on who built. */
function verdict({ outcome, iterations, absorbed, lost }: Run): unknown {
  return {
    outcome,
    absorbed,
    lost,
    iterations: iterations.map(({ outcome: ended, prediction, fallout, entries, drvPath }) => ({
      ended,
      missed: prediction?.missed,
      fallout,
      entries,
      drvPath,
    })),
  };
}

const drvPaths = (run: Run): string[] => run.iterations.flatMap(({ drvPath }) => drvPath ?? []);
const builtHere = (drvPath: string): boolean => hasLog(join(host.dir, '.demo', 'nix', 'log'), drvPath);

/** A refused answer, an unknown symbol, and causes that only the Kconfig files tell. */
const WISHES = 'RTLWIFI = no;\nHIDRAW = no;\nE1000E = yes;\nUSB_SERIAL_CONSOLE = yes;\nCONFIG_BT = no;\nATA = module;';

describe.each([
  { name: 'another store', more: 'IGB = no;', nixArgs: () => other.asStore, keepsLogHere: false },
  { name: 'a builder', more: 'R8169 = no;', nixArgs: () => other.asBuilder, keepsLogHere: true },
])('$name', ({ more, nixArgs, keepsLogHere }) => {
  test('builds to the same fixed point, with the same reasons', async () => {
    const text = wishing(`${WISHES}\n${more}`);
    const inputs: Record<string, string[]> = {};
    await host.save(text);
    const there = await host.run({ target: { nixArgs: nixArgs() }, onInputs: (files) => (inputs['there'] = files) });
    expect(there.outcome).toEqual({ kind: 'stable' });
    const entries = await host.entries();
    const config = host.config(there);
    expect(drvPaths(there)).toHaveLength(1);
    expect(drvPaths(there).filter((drvPath) => !other.built(drvPath))).toEqual([]);
    expect(drvPaths(there).every((drvPath) => builtHere(drvPath) === keepsLogHere)).toBe(true);

    host.forget();
    await host.save(text);
    const here = await host.run({ onInputs: (files) => (inputs['here'] = files) });
    expect(verdict(there)).toEqual(verdict(here));
    // The flake is copied into the store of the evaluation, which is here.
    expect(there.iterations[0]?.sourceBytes).toBeGreaterThan(1000);
    expect(here.iterations.map(({ prediction }) => prediction?.missed)).toEqual([[]]);
    expect(here.unknownNames?.some((wish) => wish.kind === 'unknown' && wish.cause?.kind === 'unknown')).toBe(true);
    expect(entries).toEqual(await host.entries());
    expect(config).toBe(host.config(here));
    expect(inputs['there']).toEqual(inputs['here']);
  });

  test('that is not reached is infrastructure, told in one line; then it goes on', async () => {
    other.off();
    await host.save(wishing(`${more}\nSWAP = no;`));
    const run = await host.run({ target: { nixArgs: nixArgs() } });
    expect(run.outcome).toEqual({
      kind: 'infrastructure',
      problem: {
        message: 'ssh-ng://localhost cannot be reached: ssh: connect to host localhost port 22: No route to host',
        hint: 'as the user who runs falloutd, `ssh localhost nix --version` has to work without a question',
      },
    });
    other.on();
    expect((await host.run({ target: { nixArgs: nixArgs() } })).outcome).toEqual({ kind: 'stable' });
  });

  test('that goes away in mid build is infrastructure and leaves no process', async () => {
    await host.save(wishing(`${more}\nDEBUG_FS = no;`));
    await gate.shut();
    const running = host.run({ target: { nixArgs: nixArgs() } });
    await gate.reached();
    other.off();
    other.cut();
    const run = await running;
    expect(run.outcome).toMatchObject({ kind: 'infrastructure' });
    await gate.open();
    await until(() => host.processes().length === 0);
    other.on();
    expect((await host.run({ target: { nixArgs: nixArgs() } })).outcome).toEqual({ kind: 'stable' });
  });

  test('a run that is interrupted leaves no process there', async () => {
    await host.save(wishing(`${more}\nBT = no;`));
    await gate.shut();
    const abort = new AbortController();
    const running = host.run({ target: { nixArgs: nixArgs() }, signal: abort.signal });
    await gate.reached();
    abort.abort('interrupted');
    expect((await running).outcome).toEqual({ kind: 'interrupted' });
    await until(() => host.processes().length === 0);
  });
});

test('a result that is there already, of which the log is not, is built once more for its transcript', async () => {
  await host.save(wishing('USB_STORAGE = no;'));
  const first = await host.run({ target: { nixArgs: other.asStore } });
  host.forget();
  const again = await host.run({ target: { nixArgs: other.asStore } });
  expect(verdict(again)).toEqual(verdict(first));
  expect(host.log(again.iterations[0]?.iteration ?? 0)).toBe(host.log(first.iterations[0]?.iteration ?? 0));
  expect(host.log(again.iterations[0]?.iteration ?? 0)).toMatch(/QUESTION/);
});

test('a builder that is not reached, where this machine may build: it does', async () => {
  other.off();
  await host.save(wishing('CRYPTO = yes;\nE1000E = yes;'));
  const run = await host.run({ target: { nixArgs: [...other.asBuilder, '-j', '1'] } });
  expect(run.outcome).toEqual({ kind: 'stable' });
  expect(drvPaths(run).every((drvPath) => builtHere(drvPath) && !other.built(drvPath))).toBe(true);
});

test('-j concerns the config builds: with 0 and no builder nobody may build', async () => {
  await host.save(wishing('SCSI = yes;'));
  const run = await host.run({ target: { nixArgs: [...host.host.nixArgs, '-j', '0'] } });
  expect(run.outcome).toMatchObject({
    kind: 'infrastructure',
    problem: { message: expect.stringMatching(/^unable to start any build/) as string },
  });
});

test('--override-input decides what is evaluated, built and watched', async () => {
  const nixpkgs = join(await realpath(await host.scratch('mine')), 'nixpkgs');
  await cp(STAND_IN, nixpkgs, { recursive: true });
  await writeFile(
    join(nixpkgs, 'kernel', 'common-config-small.nix'),
    (await readFile(join(nixpkgs, 'kernel', 'common-config-small.nix'), 'utf8')).replace(
      'SYSVIPC = yes;',
      'SYSVIPC = no;',
    ),
  );
  await host.save(wishing('SND_HDA_INTEL = module;'));
  const plain = await host.run();
  let inputs: string[] = [];
  const run = await host.run({
    target: { nixArgs: [...other.asStore, '--override-input', 'nixpkgs', `path:${nixpkgs}`] },
    onInputs: (files) => (inputs = files),
  });
  expect(run.outcome).toEqual({ kind: 'stable' });
  expect([host.symbols(plain).get('SYSVIPC'), host.symbols(run).get('SYSVIPC') ?? 'n']).toEqual(['y', 'n']);
  expect(inputs).toContain(join(nixpkgs, 'kernel', 'common-config-small.nix'));
});
