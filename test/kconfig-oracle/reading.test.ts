import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { kernelEnvironment, loadTree, readTree, shellProbe } from '../../src/kconfig/index.ts';
import { Kernel, kernelNames, share } from './kernel.ts';

/** What the Kconfig files of Linux 5.10 to 7.0 and their probes ask the environment for, and what conf itself does. */
const ASKED = [
  'ARCH',
  'SRCARCH',
  'SUBARCH',
  'HEADER_ARCH',
  'KERNELVERSION',
  'KERNELRELEASE',
  'srctree',
  'objtree',
  'CC',
  'HOSTCC',
  'HOSTCXX',
  'LD',
  'AR',
  'NM',
  'OBJCOPY',
  'OBJDUMP',
  'READELF',
  'STRIP',
  'RUSTC',
  'HOSTRUSTC',
  'BINDGEN',
  'PAHOLE',
  'PYTHON3',
  'CC_VERSION_TEXT',
  'RUSTC_VERSION_TEXT',
  'RUSTC_BOOTSTRAP',
  'CLANG_FLAGS',
  'CROSS_COMPILE',
  'CROSS_COMPILE_COMPAT',
  'USERCFLAGS',
  'USERLDFLAGS',
  'LLVM',
  'CONFIG_SHELL',
  'KCONFIG_CONFIG',
  'KCONFIG_DEFCONFIG_LIST',
  'KBUILD_DEFCONFIG',
  'LC_ALL',
  'LC_COLLATE',
  'LC_NUMERIC',
  'PATH',
  'HOME',
  'LANG',
] as const;

describe.each(kernelNames())('Linux %s', (name) => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await Kernel.open(name);
  });

  test('the environment is the one that make gives conf', async () => {
    const archs = share(kernel.archs(), (arch) => arch);
    for (const arch of archs) {
      const { environment } = (await kernel.arch(arch)).source;
      const base = { PATH: process.env['PATH'], HOME: process.env['HOME'], LANG: 'C' };
      const ours = await kernelEnvironment(kernel.root, { arch, base });
      const asked = (from: Readonly<Record<string, string>>): (string | undefined)[][] =>
        ASKED.map((variable) => [variable, from[variable]]);
      expect(asked(ours), arch).toEqual(asked(environment));
    }
    process.stdout.write(
      `Linux ${name}: ${ASKED.length} variables of ${archs.length} of ${kernel.archs().length} architectures compared\n`,
    );
  });

  test('probes side by side give what one after the other gives', async () => {
    const environment = await kernelEnvironment(kernel.root, { arch: 'x86' });
    const source = { root: kernel.root, file: 'Kconfig', environment };
    const directory = mkdtempSync(join(tmpdir(), 'falloutd-kconfig-'));
    try {
      const sequential = readTree(source, shellProbe({ directory, environment }));
      const parallel = await loadTree(source);
      expect(parallel.files).toEqual(sequential.files);
      expect([...parallel.environment]).toEqual([...sequential.environment]);
      expect(JSON.stringify(parallel.statements) === JSON.stringify(sequential.statements)).toBe(true);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
