import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  kernelEnvironment,
  machineArchitecture,
  type EnvironmentOptions,
} from '../../../../src/kconfig/syntax/probes/environment.ts';
import { ProbeCache } from '../../../../src/kconfig/syntax/probes/probeCache.ts';
import type { Runner } from '../../../../src/kconfig/syntax/probes/shell.ts';

// The lines of the kernel's makefiles that count, as they stand in Linux 6.12.
const MAKEFILE = `VERSION = 6
PATCHLEVEL = 12
SUBLEVEL = 3
EXTRAVERSION = -rc1
cross_compiling :=
ifeq ($(ARCH),i386)
        SRCARCH := x86
endif
ifeq ($(ARCH),sparc64)
       SRCARCH := sparc
endif
export RUSTC_BOOTSTRAP := 1
RUSTC_VERSION_TEXT = $(subst $(pound),,$(shell $(RUSTC) --version 2>/dev/null))
`;
const FILES: Record<string, string> = {
  Makefile: MAKEFILE,
  'scripts/Makefile.clang':
    'CLANG_TARGET_FLAGS_arm64\t:= aarch64-linux-gnu\nCLANG_TARGET_FLAGS_x86\t\t:= x86_64-linux-gnu\nCLANG_FLAGS\t+= -Werror=option-ignored\nCLANG_FLAGS\t+= -Werror=unused-command-line-argument\n',
  'arch/arm/Makefile': 'KBUILD_DEFCONFIG := multi_v7_defconfig\n',
  'arch/alpha/Makefile': 'NM := $(NM) -B\n',
  'arch/powerpc/Makefile':
    'CROSS_COMPILE := $(call cc-cross-prefix, …)\nKBUILD_DEFCONFIG := $(if $(filter ppc%,$(uname)),$(uname),ppc64le)_defconfig\nnew_nm := …\nNM\t\t:= $(NM) --synthetic\n',
};

let root = '',
  path = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'kconfig-environment-'));
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  path = join(root, 'bin');
  mkdirSync(path);
  for (const name of ['powerpc64-linux-gnu-gcc', 'aarch64-linux-gnu-elfedit']) {
    writeFileSync(join(path, name), '');
    chmodSync(join(path, name), 0o755);
  }
});
afterAll(() => rmSync(root, { recursive: true }));

const answers: [RegExp, string][] = [
  [/clang --version/, 'clang version 18#1'],
  [/gcc --version/, 'gcc (Debian 12#u1) 12.2.0'],
  [/rustc --version/, 'rustc 1.80'],
  [/--help/, 'y'],
];
const run: Runner = (command) =>
  Promise.resolve({ output: answers.find(([pattern]) => pattern.test(command))?.[1] ?? '', errors: '' });
const environment = (options: EnvironmentOptions): Promise<Record<string, string>> =>
  kernelEnvironment(root, { base: { PATH: path, HOME: '/root' }, run, ...options });

test('version, architecture and tools as the Makefile exports them', async () => {
  expect(await environment({ arch: 'arm' })).toMatchObject({
    KERNELVERSION: '6.12.3-rc1',
    ARCH: 'arm',
    SRCARCH: 'arm',
    srctree: root,
    objtree: '.',
    CC: 'gcc',
    HOSTCC: 'gcc',
    LD: 'ld',
    NM: 'nm',
    AR: 'ar',
    OBJCOPY: 'objcopy',
    RUSTC: 'rustc',
    BINDGEN: 'bindgen',
    PAHOLE: 'pahole',
    PYTHON3: 'python3',
    CC_VERSION_TEXT: 'gcc (Debian 12u1) 12.2.0',
    RUSTC_VERSION_TEXT: 'rustc 1.80',
    RUSTC_BOOTSTRAP: '1',
    CROSS_COMPILE: '',
    LC_COLLATE: 'C',
    PATH: path,
    HOME: '/root',
    KBUILD_DEFCONFIG: 'multi_v7_defconfig',
    KCONFIG_DEFCONFIG_LIST: 'arch/arm/configs/multi_v7_defconfig',
  });
});

test('names of one architecture, and that of a user mode kernel', async () => {
  expect(await environment({ arch: 'i386' })).toMatchObject({
    ARCH: 'i386',
    SRCARCH: 'x86',
    KBUILD_DEFCONFIG: 'i386_defconfig',
  });
  expect(await environment({ arch: 'sparc64' })).toMatchObject({
    ARCH: 'sparc64',
    SRCARCH: 'sparc',
    KBUILD_DEFCONFIG: 'sparc64_defconfig',
  });
  expect(await environment({ arch: 'um', variables: { SUBARCH: 'x86_64' } })).toMatchObject({
    SRCARCH: 'um',
    SUBARCH: 'x86_64',
    HEADER_ARCH: 'x86',
  });
  expect((await environment({ arch: 'arm' }))['HEADER_ARCH']).toBeUndefined();
});

test.each([
  ['x86_64', 'x86'],
  ['i686', 'x86'],
  ['aarch64', 'arm64'],
  ['armv7l', 'arm'],
  ['ppc64le', 'powerpc'],
  ['s390x', 's390'],
  ['riscv64', 'riscv'],
  ['mips64', 'mips'],
  ['loongarch64', 'loongarch'],
  ['sh4', 'sh'],
  ['parisc64', 'parisc64'],
])('uname -m %s is %s', (name, architecture) => expect(machineArchitecture(name)).toBe(architecture));

test('a prefix is given, inherited, or looked for by the architecture that does so', async () => {
  expect(await environment({ arch: 'arm64', crossCompile: 'aarch64-linux-gnu-' })).toMatchObject({
    CC: 'aarch64-linux-gnu-gcc',
    CROSS_COMPILE: 'aarch64-linux-gnu-',
    HOSTCC: 'gcc',
  });
  expect(await environment({ arch: 'arm', base: { CROSS_COMPILE: 'arm-' } })).toMatchObject({ LD: 'arm-ld' });
  expect(await environment({ arch: 'powerpc' })).toMatchObject({
    CC: 'powerpc64-linux-gnu-gcc',
    NM: 'powerpc64-linux-gnu-nm --synthetic',
    KBUILD_DEFCONFIG: 'ppc64le_defconfig',
  });
  expect(await environment({ arch: 'alpha' })).toMatchObject({ CC: 'gcc', NM: 'nm -B' });
});

describe('LLVM', () => {
  test('its tools, in a directory or with a suffix', async () => {
    expect(await environment({ arch: 'x86', variables: { LLVM: '1' } })).toMatchObject({
      CC: 'clang',
      LD: 'ld.lld',
      NM: 'llvm-nm',
      HOSTCC: 'clang',
    });
    expect(await environment({ arch: 'x86', base: { LLVM: '-18' } })).toMatchObject({
      CC: 'clang-18',
      OBJCOPY: 'llvm-objcopy-18',
    });
    expect(await environment({ arch: 'x86', variables: { LLVM: '/opt/llvm/' } })).toMatchObject({
      CC: '/opt/llvm/clang',
      LD: '/opt/llvm/ld.lld',
    });
  });

  test('clang gets its flags', async () => {
    const all = '-Werror=option-ignored -Werror=unused-command-line-argument';
    expect(await environment({ arch: 'x86', variables: { LLVM: '1' } })).toMatchObject({
      CLANG_FLAGS: `--target=x86_64-linux-gnu -fintegrated-as ${all}`,
    });
    expect(
      await environment({
        arch: 'arm64',
        crossCompile: 'aarch64-linux-gnu-',
        variables: { CC: 'clang', LLVM_IAS: '0' },
      }),
    ).toMatchObject({
      CLANG_FLAGS: `--target=aarch64-linux-gnu -fno-integrated-as --prefix=${path}/aarch64-linux-gnu- ${all}`,
      LD: 'aarch64-linux-gnu-ld',
    });
    expect((await environment({ arch: 'x86' }))['CLANG_FLAGS']).toBeUndefined();
  });
});

test('the Makefile sets the tools, not the environment; variables given to make win', async () => {
  expect(
    await environment({ arch: 'arm', base: { CC: 'tcc', KCONFIG_CONFIG: 'other', LC_ALL: 'de_DE' } }),
  ).toMatchObject({ CC: 'gcc', KCONFIG_CONFIG: 'other' });
  expect((await environment({ arch: 'arm', base: { LC_ALL: 'de_DE' } }))['LC_ALL']).toBeUndefined();
  expect(await environment({ arch: 'alpha', variables: { CC: 'gcc-14', NM: 'own' } })).toMatchObject({
    CC: 'gcc-14',
    NM: 'own',
  });
});

test('asked again, the cache answers', async () => {
  const cache = new ProbeCache();
  let ran = 0;
  const counting: Runner = (command) => (ran++, run(command));
  const first = await environment({ arch: 'powerpc', cache, run: counting });
  expect(ran).toBe(3);
  expect(
    await environment({
      arch: 'powerpc',
      cache: new ProbeCache(JSON.parse(JSON.stringify(cache.data))),
      run: counting,
    }),
  ).toEqual(first);
  expect(ran).toBe(3);
});

test('a directory without a Makefile is no kernel source', async () => {
  await expect(kernelEnvironment(path, { run })).rejects.toThrow('Makefile');
});
