import { join } from 'node:path';
import { expect } from 'vitest';
import type { Documents } from '../../src/report/data/documentSchemas.ts';
import { falloutd } from '../helpers/command.ts';
import { documentIn } from '../helpers/documentSchema.ts';
import { test } from '../helpers/hostTest.ts';
import type { KernelHost } from '../helpers/kernelHost.ts';
import { MANAGED, listText, patchText, wishing } from '../helpers/patchesText.ts';

/** A tree with processors to choose from, as patches for Linux bring them. */
const PROCESSORS = `--- a/arch/x86/Kconfig
+++ b/arch/x86/Kconfig
@@ -1,2 +1,17 @@
+choice
+	prompt "Processor family"
+	default GENERIC_CPU
+
+config GENERIC_CPU
+	bool "Generic"
+
+config MHASWELL
+	bool "Intel Haswell"
+
+config MNATIVE_INTEL
+	bool "Native"
+
+endchoice
+
 config X86_64
 	def_bool y
 
--- a/Makefile
+++ b/Makefile
@@ -8,1 +8,6 @@
 CONF ?= $(firstword $(shell command -v kconfig-conf conf) kconfig-conf)
+
+cflags-$(CONFIG_GENERIC_CPU) += -mtune=generic
+cflags-$(CONFIG_MHASWELL) += -march=haswell
+cflags-$(CONFIG_MNATIVE_INTEL) += -march=native
+KBUILD_CFLAGS += $(cflags-y)
`;
/** The host's own module, which a generated one stands beside. */
const WIRING = `{ lib, ... }: {
  imports = [ ./cpu.nix ];
  boot.kernelPatches = import ./patches.nix { inherit lib; };
}`;

const run = (host: KernelHost, ...words: string[]): ReturnType<typeof falloutd> =>
  falloutd([...words, '--config', host.host.configFile, '--state', host.stateDir]);

async function cpu(host: KernelHost, ...words: string[]): Promise<Documents['patch-cpu']> {
  const { code, stdout, stderr } = await run(host, 'patch', 'cpu', '--json', ...words);
  expect([code, stderr]).toEqual([0, expect.stringContaining('demo (Linux 6.12.0), by ')]);
  return documentIn('patch-cpu', stdout);
}

test('a kernel for one processor: its flags, its option, and a run that ends stable', async ({ newHost }) => {
  const processors = patchText('processors', '').replace('patch = null', 'patch = ./processors.patch');
  const host = await newHost({
    patches: listText([processors, patchText('mine', 'DEBUG_FS = no;'), MANAGED]),
    wiring: WIRING,
    files: { 'processors.patch': PROCESSORS, 'cpu.nix': '{ }\n' },
  });
  const found = await cpu(host, '--cpu', 'haswell');
  expect(found).toMatchObject({
    compiler: { kind: 'gcc' },
    cpu: 'haswell',
    from: 'asked',
    makeFlags: ['KCFLAGS=-march=haswell', 'KCFLAGS+=-mtune=haswell'],
    settings: [{ symbol: 'MHASWELL', value: 'y', prompt: 'Intel Haswell' }],
  });
  expect(found.notes).toContainEqual({ kind: 'native-options', symbols: ['MNATIVE_INTEL'] });

  const output = join(host.dir, 'cpu.nix');
  const written = await run(host, 'patch', 'cpu', '--cpu', 'haswell', '--output', output);
  expect([written.code, written.stdout]).toEqual([0, '']);
  expect(written.stderr).toContain('MNATIVE_INTEL would be -march=native, and is not offered');
  expect((await run(host, 'once')).code).toBe(0);
  expect((await run(host, 'config')).stdout).toContain('CONFIG_MHASWELL=y\n');
  expect(await cpu(host, '--cpu', 'haswell')).toMatchObject({ makeFlags: [], settings: [] });

  const other = await cpu(host, '--cpu', 'skylake');
  expect(other.makeFlags).toEqual(['KCFLAGS+=-march=skylake', 'KCFLAGS+=-mtune=skylake']);
  expect(other.notes).toContainEqual({ kind: 'replaced', flags: ['KCFLAGS=-march=haswell'] });
});

test("by default it is this machine's, by clang where that compiles the kernel", async ({ newHost }) => {
  const host = await newHost({ patches: wishing('DEBUG_FS = no;'), kernel: { compiler: 'llvm' } });
  const { compiler, from, makeFlags, cpu: name } = await cpu(host);
  expect([compiler.kind, from]).toEqual(['clang', 'native']);
  expect(makeFlags[0]).toBe(`KCFLAGS=-march=${name}`);
});

test("a vendor's kernel need not say who compiles it", async ({ newHost }) => {
  const wiring = `{ lib, pkgs, ... }: {
  boot.kernelPackages = pkgs.linuxPackagesFor (
    pkgs.linux // { override = change: removeAttrs (pkgs.linux.override change) [ "stdenv" ]; }
  );
  boot.kernelPatches = import ./patches.nix { inherit lib; };
}`;
  const host = await newHost({ patches: wishing('DEBUG_FS = no;'), wiring });
  const { code, stderr } = await run(host, 'patch', 'cpu');
  expect([code, stderr]).toEqual([4, expect.stringContaining('does not say who compiles it')]);
  expect((await run(host, 'predict')).code).toBe(0);
});

test.for([
  [['--cpu', 'haswel'], {}, 2, /^falloutd: gcc \S+ does not know the processor haswel\n {2}it knows, .*: haswell, /],
  [['--cpu', 'a b'], {}, 2, /'a b' is no name of a processor/],
  [[], { system: 'aarch64-linux' }, 4, /for x86 only; this kernel is for aarch64-linux/],
] as const)('%j of %j ends in a line, and nothing is written', async ([words, kernel, exit, line], { newHost }) => {
  const host = await newHost({ patches: wishing('DEBUG_FS = no;'), kernel });
  const output = join(host.dir, 'none.nix');
  const { code, stdout, stderr } = await run(host, 'patch', 'cpu', ...words, '--output', output);
  expect([code, stdout]).toEqual([exit, '']);
  expect(stderr).toMatch(line);
});
