import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import { STAND_IN } from '../../src/setup/demo/demoHost.ts';
import { standInText } from '../../src/setup/demo/hostFiles.ts';
import { toolDirectories, whichTool } from '../../src/setup/demo/tools.ts';
import { falloutd } from '../helpers/command.ts';
import { documentIn } from '../helpers/documentSchema.ts';
import { test } from '../helpers/hostTest.ts';
import type { KernelHost } from '../helpers/kernelHost.ts';
import { wishing } from '../helpers/patchesText.ts';

/** Drivers for the small tree, with the devices that they are for: one that no kernel has which may run here. */
const DRIVERS = {
  Kbuild: 'obj-y += drivers/\n',
  'drivers/Makefile': 'obj-$(CONFIG_E1000E) += e1000e.o\nobj-$(CONFIG_IGB) += igb.o\n',
  'drivers/e1000e.c': 'MODULE_DEVICE_TABLE(pci, ids);\nMODULE_ALIAS("pci:v0000DEADd0000BEEFsv*sd*bc*sc*i*");\n',
  'drivers/igb.c': 'MODULE_DEVICE_TABLE(pci, ids);\nMODULE_ALIAS("pci:v00008086d00001533sv*sd*bc*sc*i*");\n',
};
const LSPCI = '00:1f.6 Ethernet controller [0200]: Nobody [dead:beef]\n';

const nix = async (host: KernelHost, ...args: string[]): Promise<string> =>
  (await execa('nix', ['--extra-experimental-features', 'nix-command flakes', ...args, ...host.host.nixArgs])).stdout;

test('of a kernel that was given settings there are two that a cache may have', async ({ newHost }) => {
  const host = await newHost({
    patches: wishing('DEBUG_FS = no;'),
    wiring: `{ lib, pkgs, ... }: {
  boot.kernelPackages = pkgs.linuxPackagesFor (pkgs.linux.override { structuredExtraConfig.BT = lib.kernel.no; });
  boot.kernelPatches = import ./patches.nix { inherit lib; };
}`,
    files: { lspci: LSPCI },
  });
  const given = ['patch', 'from-hardware', join(host.dir, 'lspci')];
  const { code, stderr } = await falloutd([...given, '--config', host.host.configFile, '--state', host.stateDir]);
  expect(code).toBe(2);
  const [, settings, plain] = /no cache has (\S+-linux-6\.12\.0) or (\S+-linux-6\.12\.0)\n/.exec(stderr) ?? [];
  expect(settings).not.toBe(plain);
});

test('devices are looked up in the stock kernel, which a cache has', async ({ newHost }) => {
  const host = await newHost({ patches: wishing('DEBUG_FS = no;') });
  const tree = join(await host.scratch('tree'), 'small');
  cpSync(join(STAND_IN, 'tree'), tree, { recursive: true });
  for (const [name, text] of Object.entries(DRIVERS)) {
    mkdirSync(dirname(join(tree, name)), { recursive: true });
    writeFileSync(join(tree, name), text);
  }
  const source = { path: tree, version: '6.12.0' };
  const standIn = standInText({ tree: source, bash: whichTool('bash'), path: toolDirectories(), kernel: {} });
  await host.file('stand-in.nix', standIn.replace('kind = "linux"', 'kind = "small"'));
  await host.file('lspci', LSPCI);
  const patch = async (...words: string[]): ReturnType<typeof falloutd> =>
    falloutd([
      ...['patch', 'from-hardware', join(host.dir, 'lspci'), ...words],
      ...['--config', host.host.configFile, '--state', host.stateDir],
    ]);

  const output = join(host.dir, 'none.nix');
  const without = await patch('--output', output);
  expect([without.code, without.stdout]).toEqual([2, '']);
  expect(without.stderr).toMatch(/^falloutd: the stock kernel, .* is not here: no cache has \S+-linux-6\.12\.0/);

  // The same host without a patch of its own: what a cache has.
  await host.save('{ lib, ... }: [ ]\n');
  const stock = (await nix(host, 'build', '--no-link', '--json', `${host.dir}#${host.host.attribute}`)).trim();
  const [{ outputs }] = JSON.parse(stock) as [{ outputs: { out: string } }];
  const cache = `file://${await host.scratch('cache')}?store=${dirname(outputs.out)}`;
  await nix(host, 'copy', '--to', cache, outputs.out);
  await execa('nix-store', ['--delete', outputs.out, ...host.host.nixArgs]);
  await host.save(wishing('DEBUG_FS = no;'));
  const config = readFileSync(host.host.configFile, 'utf8');
  const args = [
    '--option',
    'substitute',
    'true',
    '--option',
    'substituters',
    cache,
    '--option',
    'require-sigs',
    'false',
  ];
  const last = args.map((word) => `  ${JSON.stringify(word)},\n`).join('');
  writeFileSync(host.host.configFile, config.replace(/(args = \[\n(?: {2}.*\n)*)/, `$1${last}`));

  const { code, stdout, stderr } = await patch('--json');
  expect([code, stderr]).toEqual([0, expect.stringContaining(`devices by the stock kernel, ${outputs.out}`)]);
  const { tables, kept, dropped } = documentIn('patch', stdout);
  expect(tables).toEqual({ kind: 'stock', folder: outputs.out });
  expect(kept?.find(({ symbol }) => symbol === 'E1000E')?.because.kind).toBe('device');
  expect(dropped?.map(({ symbol }) => symbol)).toEqual(['IGB']);
});
