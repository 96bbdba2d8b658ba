import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import { hostNeeds, requirementsUnder, type HostNeeds } from '../../src/nix/hostNeeds.ts';
import type { KernelHost } from '../helpers/kernelHost.ts';
import { test } from '../helpers/hostTest.ts';

const HARDWARE = `{ config, lib, ... }:
{
  boot.initrd.availableKernelModules = [ "virtio_blk" "dm-crypt" ];
  boot.kernelModules = [ "kvm-intel" ];
  boot.extraModulePackages = [ { name = "v4l2loopback-0.13"; outPath = "/nix/store/v"; bad = throw "not needed"; } ];
  fileSystems."/" = { device = "/dev/vda"; fsType = "ext4"; neededForBoot = true; };
  fileSystems."/mnt/stick" = { device = "/dev/sdb"; fsType = "exfat"; options = [ "noauto" ]; };
  fileSystems."/data" = { device = "/dev/vdb"; fsType = "btrfs"; };
  swapDevices = [ { device = "/dev/vdc"; } ];
  system.requiredKernelConfig = with config.lib.kernelConfig; [
    (isEnabled "BTRFS_FS")
    (isDisabled "PREEMPT_RT")
    { assertion = kernel: kernel.isYes "NET" || kernel.isYes "INET"; message = "no network"; configLine = "CONFIG_NET=y"; }
  ];
}
`;

async function needsOf(host: KernelHost): Promise<HostNeeds> {
  const { dir, attribute, nixArgs } = host.host;
  const reading = await hostNeeds({ installable: { kind: 'flake', dir, attribute }, nixArgs });
  if (reading.kind !== 'host') throw new Error(JSON.stringify(reading));
  return reading.needs;
}

test('one evaluation says which modules, file systems and options a host needs, and where they come from', async ({
  newHost,
}) => {
  const host = await newHost();
  writeFileSync(join(host.dir, 'hardware.nix'), HARDWARE);
  const flake = join(host.dir, 'flake.nix');
  writeFileSync(flake, readFileSync(flake, 'utf8').replace('./stand-in.nix', './stand-in.nix ./hardware.nix'));
  await execa('git', ['add', '-N', 'hardware.nix'], { cwd: host.dir });
  const needs = await needsOf(host);
  const fileOf = (module: string): string | undefined =>
    needs.initrd.available.find((each) => each.module === module)?.file?.replace(/^.*\//, '');
  expect([fileOf('virtio_blk'), fileOf('dm-crypt'), fileOf('ahci')]).toEqual([
    'hardware.nix',
    'hardware.nix',
    'kernel.nix',
  ]);
  expect(needs.loaded.map(({ module }) => module)).toEqual(['loop', 'atkbd', 'kvm-intel']);
  expect(needs.extraModules).toEqual([{ name: 'v4l2loopback-0.13', path: '/nix/store/v' }]);
  expect(needs.fileSystems).toEqual([
    { mountPoint: '/', type: 'ext4', isEarly: true },
    { mountPoint: '/data', type: 'btrfs', isEarly: false },
  ]);
  expect(needs.swaps).toBe(1);
  expect(needs.initrd).toMatchObject({ allowsMissing: false, isMade: true });
  const required = needs.required.map(({ symbol, y, m, n }) => [symbol, y, m, n]);
  expect(required).toEqual(
    expect.arrayContaining([
      ['MODULES', true, false, false],
      ['BTRFS_FS', true, true, false],
      ['PREEMPT_RT', false, false, true],
      ['NET', true, null, null],
    ]),
  );
  const { dir, attribute, nixArgs } = host.host;
  const subject = { installable: { kind: 'flake' as const, dir, attribute }, nixArgs };
  const under = async (values: Record<string, string>) =>
    (await requirementsUnder(subject, new Map(Object.entries(values))))?.get('CONFIG_NET=y');
  expect([await under({ INET: 'y' }), await under({ INET: 'm', NET: 'n' })]).toEqual([true, false]);
});

test('a kernel outside of a NixOS configuration has no host', async ({ newHost }) => {
  const { dir, nixArgs } = (await newHost()).host;
  const installable = { kind: 'flake' as const, dir, attribute: 'packages.x86_64-linux.kernel' };
  expect(await hostNeeds({ installable, nixArgs })).toEqual({ kind: 'no-host' });
});
