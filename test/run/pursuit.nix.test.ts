import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { falloutd } from '../helpers/command.ts';
import { documentIn } from '../helpers/documentSchema.ts';
import { test } from '../helpers/hostTest.ts';
import type { KernelHost } from '../helpers/kernelHost.ts';
import { wishing } from '../helpers/patchesText.ts';

let host: KernelHost;
test.beforeAll(({ host: shared }) => {
  host = shared;
  appendFileSync(host.host.configFile, 'pursue = "unclaimed"\n');
});

const run = (...args: string[]): ReturnType<typeof falloutd> =>
  falloutd([...args, '--config', host.host.configFile, '--state', host.stateDir]);

const once = async () => documentIn('run', (await run('once', '--json')).stdout);

test('a lost wish is pursued in one config build, and what was done for it goes with it', async () => {
  await host.save(wishing('RTLWIFI = no;'));
  const given = await once();
  expect(given).toMatchObject({ outcome: { kind: 'stable' }, lost: [] });
  expect(given.iterations.filter(({ outcome }) => outcome === 'green')).toHaveLength(1);
  expect(readFileSync(host.patchesFile, 'utf8')).toMatch(
    /= lib\.mkOverride \d+ \(option no\); # for RTLWIFI = n \(patches\.nix:\d+\)/,
  );

  const told = documentIn('why', (await run('why', 'RTLWIFI', '--json')).stdout);
  expect(told.symbols).toMatchObject([{ predicted: null, cause: null }]);
  expect((await run('tidy', '--check', '--implied')).stdout).not.toContain('RTLWIFI');

  // Nothing changed: nothing is written or built.
  const again = await once();
  expect(again.iterations.flatMap(({ entries }) => entries)).toEqual([]);

  await host.save(readFileSync(host.patchesFile, 'utf8').replace('RTLWIFI = no;', ''));
  const gone = await once();
  expect(gone).toMatchObject({ outcome: { kind: 'stable' }, lost: [] });
  expect(readFileSync(host.patchesFile, 'utf8')).not.toContain('RTLWIFI');
});

test('what the host needs is evaluated once, in a run as in preflight', async ({ newHost }) => {
  const other = await newHost();
  appendFileSync(other.host.configFile, 'pursue = "unclaimed"\n');
  await other.save(wishing('RTLWIFI = no;'));
  const nix = await other.loggedNix();
  const args = ['once', '--json', '--config', other.host.configFile, '--state', other.stateDir];
  const { stdout } = await falloutd(args, { env: { PATH: nix.path } });
  expect(documentIn('run', stdout).lost).toEqual([]);
  const ofHost = /^nix .*\beval .*#nixosConfigurations\.\w+ /;
  const evaluations = async (): Promise<string[]> =>
    (await nix.calls()).filter((call) => ofHost.test(call) && !call.includes('--impure'));
  expect(await evaluations()).toHaveLength(1);
  await falloutd(['preflight', ...args.slice(2)], { env: { PATH: nix.path } });
  expect(await evaluations()).toHaveLength(2);
});

test('it ends when it is no longer asked for', async () => {
  await host.save(wishing('RTLWIFI = no;'));
  expect(await once()).toMatchObject({ lost: [] });
  const config = readFileSync(host.host.configFile, 'utf8');
  writeFileSync(host.host.configFile, config.replace('pursue = "unclaimed"\n', ''));
  const run = await once();
  expect(run.lost.map(({ symbol }) => symbol)).toEqual(['RTLWIFI']);
  expect(readFileSync(host.patchesFile, 'utf8')).not.toContain('# for RTLWIFI');
});

test('it begins on a target that is stable already, and then nothing more changes', async ({ newHost }) => {
  const other = await newHost();
  const runOther = async () =>
    documentIn(
      'run',
      (await falloutd(['once', '--json', '--config', other.host.configFile, '--state', other.stateDir])).stdout,
    );
  await other.save(wishing('RTLWIFI = no;'));
  expect((await runOther()).lost.map(({ symbol }) => symbol)).toEqual(['RTLWIFI']);
  appendFileSync(other.host.configFile, 'pursue = "unclaimed"\n');
  expect(await runOther()).toMatchObject({ outcome: { kind: 'stable' }, lost: [] });
  const again = await runOther();
  expect(again).toMatchObject({ outcome: { kind: 'stable' }, lost: [] });
  expect(again.iterations.flatMap(({ entries }) => entries)).toEqual([]);
  expect(again.iterations.filter(({ buildMs }) => buildMs > 0)).toEqual([]);
});
