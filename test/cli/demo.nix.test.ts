import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { falloutd } from '../helpers/command.ts';
import { demo } from '../../src/cli/demo.ts';
import { loadConfig } from '../../src/config/config.ts';
import { once } from '../../src/cli/once.ts';
import { UsageError } from '../../src/model/errors.ts';

const signal = new AbortController().signal;
let base: string;
let printed: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'falloutd-demo-test-'));
  printed = '';
  vi.stubEnv('TMPDIR', base);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await rm(base, { recursive: true, force: true });
});

test('falloutd demo: the file before, the file after, the history; and nothing stays behind', async () => {
  const { code, stdout } = await falloutd(['demo'], { env: { TMPDIR: base } });
  expect(code).toBe(0);
  const order = [
    'as somebody saved it',
    'RTLWIFI = no;',
    'as falloutd leaves it',
    'RTLWIFI = lib.mkOverride 40 (option no); # wanted n, got m: selected by RTL8192CE',
    'falloutd history',
    'stable as predicted',
    'falloutd lost',
    'RTL8192CEE',
  ].map((text) => stdout.lastIndexOf(text));
  expect(order).not.toContain(-1);
  expect(order.slice(2)).toEqual(order.slice(2).sort((a, b) => a - b));
  expect(await readdir(base)).toEqual([]);
});

test('falloutd demo --create: a host that `falloutd once` runs on as it is', async () => {
  const dir = join(base, 'host');
  const file = join(base, 'list.nix');
  await writeFile(
    file,
    '{ lib, ... }:\n[\n  { name = "mine"; patch = null; structuredExtraConfig.RTLWIFI = lib.kernel.no; }\n]\n',
  );
  expect(await demo({ create: dir, patches: file, signal })).toBe(0);
  expect(printed).toContain('once');
  expect(await readdir(dir)).toEqual(
    expect.arrayContaining(['fallout.nix', 'falloutd.toml', 'flake.lock', 'flake.nix', 'patches.nix']),
  );
  const patches = await readFile(join(dir, 'patches.nix'), 'utf8');
  const config = loadConfig(join(dir, 'falloutd.toml'), undefined);
  const [target] = config.targets;
  if (target === undefined) throw new Error('no target');
  expect(await once(config, target, { fresh: false, strict: false, json: false, signal })).toBe(0);
  // The managed patch has a file of its own, so that no editor finds the user's file changed under it.
  expect(await readFile(join(dir, 'fallout.nix'), 'utf8')).toContain(
    'RTLWIFI = lib.mkOverride 40 (option no); # wanted n',
  );
  expect(await readFile(join(dir, 'patches.nix'), 'utf8')).toBe(patches);
});

test('falloutd demo --patches with no such file is a usage error', async () => {
  await expect(demo({ create: join(base, 'host'), patches: join(base, 'none.nix'), signal })).rejects.toThrow(
    UsageError,
  );
});
