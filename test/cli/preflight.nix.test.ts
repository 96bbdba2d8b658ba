import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import { falloutd } from '../helpers/command.ts';
import { documentIn } from '../helpers/documentSchema.ts';
import { test } from '../helpers/hostTest.ts';
import type { KernelHost } from '../helpers/kernelHost.ts';
import { wishing } from '../helpers/patchesText.ts';

const HARDWARE = `{ config, ... }:
{
  boot.initrd.includeDefaultModules = false;
  boot.kernelModules = [ "no-such-module" ];
  system.requiredKernelConfig = with config.lib.kernelConfig; [
    (isEnabled "USB")
    { assertion = kernel: kernel.isYes "WLAN" || kernel.isEnabled "SOUND"; message = "silence"; configLine = "CONFIG_WLAN=y"; }
  ];
}
`;

let host: KernelHost;
test.beforeAll(async ({ host: shared }) => {
  host = shared;
  writeFileSync(join(host.dir, 'hardware.nix'), HARDWARE);
  const flake = join(host.dir, 'flake.nix');
  writeFileSync(flake, readFileSync(flake, 'utf8').replace('./stand-in.nix', './stand-in.nix ./hardware.nix'));
  await execa('git', ['add', '-N', 'hardware.nix'], { cwd: host.dir });
});

const run = (...args: string[]): ReturnType<typeof falloutd> =>
  falloutd([...args, '--config', host.host.configFile, '--state', host.stateDir]);

test('preflight finds what the host needs and a wish took away, and nothing else', async () => {
  await host.save(wishing('USB = no;\nWLAN = no;\nSOUND = no;'));
  const { code, stdout } = await run('preflight', '--json');
  expect(code).toBe(1);
  const found = documentIn('preflight', stdout);
  expect(found.misses.map(({ need, severity, symbols, roots }) => [need, severity, symbols, roots[0]?.symbol])).toEqual(
    [
      [
        { kind: 'required', line: 'CONFIG_USB=y', message: 'CONFIG_USB is not enabled!' },
        'error',
        [{ symbol: 'USB', value: 'n' }],
        'USB',
      ],
      [
        { kind: 'required', line: 'CONFIG_WLAN=y', message: 'silence' },
        'error',
        [{ symbol: 'WLAN', value: 'n' }],
        'WLAN',
      ],
    ],
  );
  expect(found.unknown).toContainEqual(expect.objectContaining({ kind: 'loaded', module: 'no-such-module' }));

  await host.save(wishing('WLAN = no;'));
  const fine = await run('preflight');
  expect([fine.code, fine.stdout]).toEqual([0, expect.stringContaining('nothing is missing')]);
});

test('build refuses a kernel that its host could not use, unless it is forced; a run says so', async () => {
  await host.save(wishing('USB = no;'));
  const told = await run('once');
  expect([told.code, told.stderr + told.stdout]).toEqual([
    0,
    expect.stringContaining('✗ NixOS needs CONFIG_USB=y (USB)'),
  ]);
  const refused = await run('build');
  expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('lacks what its host needs')]);
  expect(refused.stderr).toMatch(/because of .*patches\.nix:\d+ USB = no/);
  expect((await run('builds')).stdout).not.toContain('built');
  const forced = await run('build', '--force');
  expect([forced.code, forced.stderr]).toEqual([0, expect.not.stringContaining('lacks what')]);
});
