import { mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/config.ts';
import {
  createHost,
  examplePatches,
  kernelVersion,
  removeHost,
  withManagedPatch,
} from '../../../src/setup/demo/demoHost.ts';
import { InfrastructureError, UsageError } from '../../../src/model/errors.ts';
import { readManaged } from '../../../src/managed/managedPatch.ts';

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'falloutd-demo-test-'));
});
afterAll(async () => rm(base, { recursive: true, force: true }));

describe('a new host', () => {
  test('has a configuration that falloutd reads', async () => {
    const host = await createHost({ dir: join(base, 'plain') });
    const config = loadConfig(host.configFile, undefined);
    expect(config.targets).toMatchObject([
      {
        name: 'demo',
        installable: { kind: 'flake', dir: host.dir, attribute: host.attribute },
        patchesFile: host.patchesFile,
        nixArgs: host.nixArgs,
      },
    ]);
    expect(dirname(config.stateDir)).toBe(join(host.dir, '.demo'));
    await removeHost(host);
    expect(await readdir(base)).toEqual([]);
  });

  test('works in a folder whose name a URL has to escape', async () => {
    const host = await createHost({ dir: join(base, 'a & b+c') });
    expect((await readdir(base)).sort()).toEqual(['a & b+c', 'a & b+c.demo']);
    await removeHost(host);
  });

  test('without git stands beside its store', async () => {
    const host = await createHost({ dir: join(base, 'host'), git: false });
    expect((await readdir(base)).sort()).toEqual(['host', 'host.demo']);
    expect(await readdir(host.dir)).not.toContain('.git');
    await removeHost(host);
  });

  test('works behind a link, which Nix would refuse', async () => {
    await symlink(base, join(base, 'link'));
    const host = await createHost({ dir: join(base, 'link', 'linked') });
    expect(host.dir).toBe(join(await realpath(base), 'linked'));
    await removeHost(host);
    await rm(join(base, 'link'));
  });

  test('that cannot be made leaves nothing behind', async () => {
    const dir = join(base, 'broken');
    await expect(createHost({ dir, files: { 'flake.nix': 'not Nix {' } })).rejects.toThrow(InfrastructureError);
    await expect(createHost({ dir, tree: { kind: 'linux', path: base } })).rejects.toThrow(UsageError);
    expect(await readdir(base)).toEqual([]);
  });

  test('is never made in a folder that holds something', async () => {
    await writeFile(join(base, 'mine'), '');
    await expect(createHost({ dir: base })).rejects.toThrow(UsageError);
    await rm(join(base, 'mine'));
  });
});

describe('the version of a kernel source', () => {
  test('comes from its Makefile, or from the name of a tarball', async () => {
    await writeFile(
      join(base, 'Makefile'),
      '# SPDX-License-Identifier: GPL-2.0\nVERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 117\nEXTRAVERSION =\n',
    );
    expect(kernelVersion(base)).toBe('6.12.117');
    expect(kernelVersion('/usr/src/linux-source-6.12.tar.xz')).toBe('6.12');
    await rm(join(base, 'Makefile'));
  });

  test('is a usage error where there is none', () => {
    expect(() => kernelVersion(base)).toThrow(UsageError);
  });
});

test('the examples take the managed patch, and a file that has one keeps it', () => {
  for (const text of [examplePatches('small'), examplePatches('linux')]) {
    const added = withManagedPatch(text);
    expect(added.problem).toBeNull();
    expect(readManaged(added.text, 'fallout').kind).toBe('managed');
    expect(withManagedPatch(added.text)).toEqual({ text: added.text, problem: null });
  }
});

test('a file in which the list of patches cannot be found is kept as it is, with the reason', () => {
  const text = '{ lib, ... }: import ./elsewhere.nix { inherit lib; }\n';
  const kept = withManagedPatch(text);
  expect(kept.text).toBe(text);
  expect(kept.problem?.message).not.toBe('');
});
