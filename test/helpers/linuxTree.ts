import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const CACHE = join(dirname(fileURLToPath(import.meta.url)), '../../node_modules/.cache');

/** The kernels whose source Debian packages as `linux-source-VERSION`, and the variable that names an unpacked one. */
const GIVEN_BY = { '6.12': 'FALLOUTD_LINUX_TREE', '6.1': 'FALLOUTD_LINUX_TREE_6_1' } as const;

export type LinuxVersion = keyof typeof GIVEN_BY;
export const LINUX_VERSIONS: readonly LinuxVersion[] = ['6.1', '6.12'];

/** A kernel source, and what takes it away again when it was unpacked for this. */
export type LinuxTree = { path: string; remove: () => Promise<void> };

/** What a config build on x86 reads. */
const FOR_CONFIG_BUILDS = [
  'Makefile',
  'Kbuild',
  '*/Kconfig*',
  '*/scripts/*',
  '*/tools/build/*',
  '*/include/uapi/linux/*',
  '*/arch/*/Makefile',
  '*/configs/*',
  '*/arch/x86/include/asm/*',
  '*/arch/x86/entry/syscalls/*',
  '*/arch/x86/tools/*',
  '*/net/bridge/br_private.h',
];

/** What `make` and conf read for a configuration of any architecture. */
const FOR_EVERY_ARCH = [
  'Makefile',
  'Kbuild',
  '*/Kconfig*',
  '*/scripts/*',
  '*/configs/*',
  '*/arch/*/Makefile*',
  '*/arch/*/Kbuild*',
  '*/arch/*/Platform',
  '*/arch/*/tools/*',
];

/** What a build of a small x86 kernel does not read, of most of the bytes: of these folders only what makes the configuration. */
const NOT_FOR_SMALL_BUILDS = [
  ...[
    'arch/[!x]*',
    'arch/xtensa',
    'sound',
    ...[
      'accel',
      'clk',
      'crypto',
      'dma',
      'gpu',
      'hid',
      'hwmon',
      'iio',
      'infiniband',
      'input',
      'md',
      'media',
      'misc',
      'mmc',
      'mtd',
      'net',
      'phy',
      'pinctrl',
      's390',
      'scsi',
      'spi',
      'staging',
      'usb',
    ].map((name) => `drivers/${name}`),
  ].flatMap((folder) => ['c', 'h', 'S', 'dts', 'dtsi'].map((ending) => `*/${folder}/*.${ending}`)),
  '*/Documentation/*.rst',
  '*/Documentation/*.yaml',
  '*/tools/testing/*',
  '*/tools/perf/*',
];

/**
 * A Linux source: the one that FALLOUTD_LINUX_TREE (FALLOUTD_LINUX_TREE_6_1) names, or Debian's linux-source-VERSION, of which the part is unpacked that
 * a config build reads, or a `build` of a small kernel. For the configurations of `every` architecture more is unpacked, and kept.
 * @throws where there is none.
 */
export async function linuxTree(
  version: LinuxVersion = '6.12',
  needs: 'x86' | 'every' | 'build' = 'x86',
): Promise<LinuxTree> {
  const path = unpackedTree(version);
  if (path !== undefined) return { path, remove: () => Promise.resolve() };
  const archive = `/usr/src/linux-source-${version}.tar.xz`;
  if (!existsSync(archive))
    throw new Error(
      `there is no Linux ${version} source: install Debian's linux-source-${version}, or name one with ${GIVEN_BY[version]}`,
    );
  const kept = join(CACHE, `linux-${version}-${statSync(archive).mtimeMs}`);
  if (needs === 'every' && existsSync(kept)) return { path: kept, remove: () => Promise.resolve() };
  await mkdir(CACHE, { recursive: true });
  const unpacked = await mkdtemp(needs === 'every' ? `${kept}-` : join(tmpdir(), 'falloutd-linux-'));
  await execa('tar', [
    '-xf',
    archive,
    '-C',
    unpacked,
    '--strip-components=1',
    '--wildcards',
    ...members(version, needs),
  ]);
  if (needs === 'every') {
    await rename(unpacked, kept).catch(async (error: unknown) => {
      // Another process was faster.
      await rm(unpacked, { recursive: true, force: true });
      if (!existsSync(kept)) throw error;
    });
    return { path: kept, remove: () => Promise.resolve() };
  }
  return { path: unpacked, remove: () => rm(unpacked, { recursive: true, force: true }) };
}

/** Arguments of tar that choose what is unpacked. */
function members(version: LinuxVersion, needs: 'x86' | 'every' | 'build'): string[] {
  if (needs === 'build') return NOT_FOR_SMALL_BUILDS.map((pattern) => `--exclude=${pattern}`);
  return (needs === 'x86' ? FOR_CONFIG_BUILDS : FOR_EVERY_ARCH).map((name) =>
    name.startsWith('*') ? name : `linux-source-${version}/${name}`,
  );
}

function unpackedTree(version: LinuxVersion): string | undefined {
  const unpacked = `/usr/src/linux-source-${version}`;
  return process.env[GIVEN_BY[version]] ?? (existsSync(join(unpacked, 'Makefile')) ? unpacked : undefined);
}
