import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** Where what takes long to get is kept. */
export const CACHE = join(dirname(fileURLToPath(import.meta.url)), '../../node_modules/.cache');

/** The kernels whose source Debian packages as `linux-source-VERSION`, and the variable that names an unpacked one. */
const GIVEN_BY = { '6.12': 'FALLOUTD_LINUX_TREE', '6.1': 'FALLOUTD_LINUX_TREE_6_1' } as const;

export type LinuxVersion = keyof typeof GIVEN_BY;
export const LINUX_VERSIONS: readonly LinuxVersion[] = ['6.1', '6.12'];

/**
 * The folder of a whole Linux source: the one that FALLOUTD_LINUX_TREE (FALLOUTD_LINUX_TREE_6_1) names, or Debian's linux-source-VERSION,
 * which is unpacked once and kept. Nobody changes a file in it: config builds link to them.
 * @throws where there is none.
 */
export async function linuxTree(version: LinuxVersion = '6.12'): Promise<string> {
  const unpacked = unpackedTree(version);
  if (unpacked !== undefined) return unpacked;
  const archive = `/usr/src/linux-source-${version}.tar.xz`;
  if (!existsSync(archive))
    throw new Error(
      `there is no Linux ${version} source: install Debian's linux-source-${version}, or name one with ${GIVEN_BY[version]}`,
    );
  const kept = join(CACHE, `linux-${version}-whole-${statSync(archive).mtimeMs}`);
  if (existsSync(kept)) return kept;
  await mkdir(CACHE, { recursive: true });
  const fresh = await mkdtemp(`${kept}-`);
  await execa('tar', ['-xf', archive, '-C', fresh, '--strip-components=1']);
  await rename(fresh, kept).catch(async (error: unknown) => {
    // Another process was faster.
    await rm(fresh, { recursive: true, force: true });
    if (!existsSync(kept)) throw error;
  });
  return kept;
}

function unpackedTree(version: LinuxVersion): string | undefined {
  const unpacked = `/usr/src/linux-source-${version}`;
  return process.env[GIVEN_BY[version]] ?? (existsSync(join(unpacked, 'Makefile')) ? unpacked : undefined);
}
