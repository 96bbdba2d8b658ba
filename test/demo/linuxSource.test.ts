import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findLinuxSource, unpackedSource } from '../../src/demo/linuxSource.ts';
import { InfrastructureError } from '../../src/errors.ts';

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'falloutd-source-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(base, { recursive: true, force: true });
});

test('a tarball is unpacked once, whoever asks at the same time; a directory is taken as it is', async () => {
  await mkdir(join(base, 'linux-6.12'));
  await writeFile(join(base, 'linux-6.12', 'Makefile'), 'VERSION = 6\n');
  await execa('tar', ['-cJf', join(base, 'linux-6.12.tar.xz'), '-C', base, 'linux-6.12']);
  const cache = join(base, 'cache');
  const both = await Promise.all([unpackedSource(join(base, 'linux-6.12.tar.xz'), cache), unpackedSource(join(base, 'linux-6.12.tar.xz'), cache)]);
  expect(both).toEqual([join(cache, 'linux'), join(cache, 'linux')]);
  expect(await readdir(cache)).toEqual(['linux']);
  expect(await readFile(join(cache, 'linux', 'Makefile'), 'utf8')).toBe('VERSION = 6\n');
  expect(await unpackedSource(base, cache)).toBe(base);
});

test('what is no archive is told', async () => {
  await writeFile(join(base, 'linux.tar.xz'), 'nothing');
  await expect(unpackedSource(join(base, 'linux.tar.xz'), join(base, 'cache'))).rejects.toThrow(InfrastructureError);
});

test('FALLOUTD_LINUX_TREE names the source', () => {
  vi.stubEnv('FALLOUTD_LINUX_TREE', base);
  expect(findLinuxSource()).toBe(base);
  vi.stubEnv('FALLOUTD_LINUX_TREE', join(base, 'none'));
  expect(findLinuxSource()).toBeNull();
});
