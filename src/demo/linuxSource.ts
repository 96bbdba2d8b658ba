import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InfrastructureError } from '../errors.ts';

const INSTALLED = ['/usr/src/linux-source-6.12', '/usr/src/linux-source-6.12.tar.xz'];

/** The Linux 6.12 source: the directory or tarball that FALLOUTD_LINUX_TREE names, else the distribution's; null without one. */
export function findLinuxSource(): string | null {
  const named = process.env['FALLOUTD_LINUX_TREE'];
  return (named === undefined ? INSTALLED : [named]).find((path) => existsSync(path)) ?? null;
}

/**
 * A directory with a kernel source: a tarball is unpacked below `cache`, once, whoever else does so at the time.
 * @throws InfrastructureError when it cannot be unpacked.
 */
export async function unpackedSource(source: string, cache: string): Promise<string> {
  if (!/\.tar\.\w+$/.test(source)) return source;
  const target = join(cache, 'linux');
  if (existsSync(join(target, 'Makefile'))) return target;
  await mkdir(cache, { recursive: true });
  const unpacking = await mkdtemp(join(cache, 'unpacking-'));
  const { failed, stderr } = await execa('tar', ['-xf', source, '-C', unpacking, '--strip-components=1'], { reject: false });
  if (failed) throw new InfrastructureError({ message: `${source} could not be unpacked: ${stderr}` });
  await rename(unpacking, target).catch(async () => rm(unpacking, { recursive: true, force: true }));
  return target;
}
