import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StandInKernel } from '../../src/setup/demo/hostFiles.ts';
import { toolDirectories } from '../../src/setup/demo/tools.ts';
import type { Host } from '../../src/setup/demo/demoHost.ts';
import { linuxTree, type LinuxVersion } from '../helpers/linuxTree.ts';
import { buildConfig, evaluate, onePatch, verdict, withHost } from '../helpers/standIn.ts';

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'falloutd-standin-'));
});
afterAll(async () => rm(scratch, { recursive: true, force: true }));

/** What the kernel's own `make olddefconfig`, called as the host calls make, makes of a .config. */
async function olddefconfig(host: Host, version: LinuxVersion, dotConfig: string): Promise<string> {
  const evaluated = await evaluate(host, '.configfile', 'c: c.makeFlags ++ [ "ARCH=${c.kernelArch}" ]');
  const objects = join(scratch, version);
  await mkdir(objects, { recursive: true });
  await writeFile(join(objects, '.config'), dotConfig);
  const flags = JSON.parse(evaluated.stdout) as string[];
  await execa('make', ['-s', '-C', await linuxTree(version), `O=${objects}`, 'olddefconfig', ...flags], {
    env: { PATH: toolDirectories(), MAKEFLAGS: '', MAKELEVEL: '' },
  });
  return readFile(join(objects, '.config'), 'utf8');
}

/** Nothing but the base and the wishes. */
const BARE: StandInKernel = { autoModules: false, enableCommonConfig: false, quickKconfig: true };
const CLANG = { CC_IS_CLANG: 'y', LD_IS_LLD: 'y' };
const WISHES = '"64BIT" = yes; MODULES = yes; BLOCK = yes; EXT4_FS = module; LOCALVERSION = freeform "-mine";';

type Cell = { name: string; version?: LinuxVersion; kernel: StandInKernel; gives: Record<string, string> };

describe('a configuration of a real kernel', () => {
  test.each<Cell>([
    { name: 'x86 by gcc, nixpkgs asking', kernel: { quickKconfig: true }, gives: { X86_64: 'y', CC_IS_GCC: 'y' } },
    {
      name: 'x86 by clang, nixpkgs asking',
      kernel: { quickKconfig: true, compiler: 'llvm' },
      gives: { X86_64: 'y', ...CLANG },
    },
    {
      name: 'arm64 by its cross gcc, nixpkgs asking',
      kernel: { quickKconfig: true, system: 'aarch64-linux' },
      gives: { ARM64: 'y', CC_IS_GCC: 'y' },
    },
    {
      name: 'RISC-V, which only make is told of',
      kernel: { ...BARE, compiler: 'llvm', kernelArch: 'riscv', defconfig: 'tinyconfig' },
      gives: { RISCV: 'y', ...CLANG },
    },
    {
      name: 'LLVM=1 among extraMakeFlags, where nixpkgs leaves the tools to the kernel',
      kernel: { ...BARE, commonMakeFlags: false, extraMakeFlags: ['LLVM=1'], defconfig: 'tinyconfig ARCH=x86_64' },
      gives: { X86_64: 'y', ...CLANG },
    },
    {
      name: 'LLVM=1 among the words of the base alone: the questions come from gcc',
      kernel: { ...BARE, commonMakeFlags: false, defconfig: 'tinyconfig LLVM=1' },
      gives: { X86_64: 'y', CC_IS_GCC: 'y' },
    },
    { name: 'Linux 6.1, nixpkgs asking', version: '6.1', kernel: {}, gives: { X86_64: 'y', NVME_AUTH: 'y' } },
  ])('$name', async ({ version = '6.12', kernel, gives }) => {
    const path = await linuxTree(version);
    await withHost({ tree: { kind: 'linux', path }, kernel, patches: onePatch(WISHES) }, async (host) => {
      const built = await buildConfig(host);
      expect(verdict(built).filter((line) => !line.startsWith('warning: '))).toEqual([]);
      expect(Object.fromEntries(built.config)).toMatchObject({ ...gives, EXT4_FS: 'm', LOCALVERSION: '"-mine"' });
      expect(await olddefconfig(host, version, built.dotConfig)).toBe(built.dotConfig);
    });
  });
});

test('a source patch brings a symbol, and every file is there; the tree they come from stays as it is', async () => {
  const path = await linuxTree();
  const before = await readFile(join(path, 'fs/Kconfig'), 'utf8');
  const [first, second] = before.split('\n');
  const patch = [
    '--- a/fs/Kconfig',
    '+++ b/fs/Kconfig',
    '@@ -1,2 +1,5 @@',
    ` ${first}`,
    '+config FROM_A_PATCH',
    '+\tdef_bool $(success,test -e $(srctree)/drivers/net/ethernet/intel/e1000e/netdev.c)',
    '+',
    ` ${second}`,
    '--- /dev/null',
    '+++ b/drivers/from-a-patch.c',
    '@@ -0,0 +1 @@',
    '+int from_a_patch;',
    '',
  ].join('\n');
  const patches = '{ lib, ... }: [ { name = "mine"; patch = ./mine.patch; structuredExtraConfig = { }; } ]';
  const options = { tree: { kind: 'linux' as const, path }, patches, files: { 'mine.patch': patch } };
  await withHost({ ...options, kernel: { ...BARE, defconfig: 'tinyconfig' } }, async (host) => {
    const built = await buildConfig(host);
    expect(built.config.get('FROM_A_PATCH')).toBe('y');
    expect(await readFile(join(path, 'fs/Kconfig'), 'utf8')).toBe(before);
    expect(await readFile(join(path, 'scripts/kconfig/conf.c'), 'utf8')).not.toContain('###');
    expect(existsSync(join(path, 'drivers/from-a-patch.c'))).toBe(false);
  });
});
