import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyPatch } from 'diff';
import { expect } from 'vitest';
import { test } from '../helpers/hostTest.ts';
import { runs } from '../../src/state/recordedRuns.ts';
import { falloutd } from '../helpers/command.ts';
import type { KernelHost } from '../helpers/kernelHost.ts';
import { wishing } from '../helpers/patchesText.ts';
import { documentIn } from '../helpers/documentSchema.ts';

let host: KernelHost;
let tmp: string;
test.beforeAll(async ({ host: shared }) => {
  host = shared;
  tmp = await host.scratch('tmp');
});

const once = (...args: string[]): ReturnType<typeof falloutd> =>
  falloutd(['once', ...args, '--config', host.host.configFile, '--state', host.stateDir], { env: { TMPDIR: tmp } });

test('once --dry-run prints what once then writes, and leaves the file, the history and the temporary directory alone', async () => {
  await host.save(wishing('RTLWIFI = no;'));
  const before = await host.text();
  const { code, stdout, stderr } = await once('--dry-run');
  expect(code).toBe(0);
  expect(stderr).toContain(host.host.patchesFile);
  expect(stderr).toMatch(/ demo, dry run$/m);
  expect(stderr).not.toMatch(/\brun \d/);
  expect(stderr).toContain('nothing was written: this was a dry run');
  expect(stdout + stderr).not.toContain('falloutd-dry-run');
  expect(await host.text()).toBe(before);
  expect(runs(host.history, { limit: 9 })).toEqual([]);
  expect(readdirSync(tmp)).toEqual([]);

  expect((await once()).code).toBe(0);
  expect(applyPatch(before, stdout)).toBe(await host.text());
  expect((await once('--dry-run')).stdout).toBe('');
});

test('where nothing can come of it, it names the place in the file of the user, not in the copy', async () => {
  await host.save(wishing('RTLWIFI = non;'));
  const { code, stdout, stderr } = await once('--dry-run');
  expect(code).toBe(3);
  expect(stderr).toContain(`${host.host.patchesFile}:7`);
  expect(stdout).toBe('');
});

test('the run as JSON names no file of the copy either', async () => {
  await host.save(wishing('RTLWIFI = no;'));
  const { stdout } = await once('--dry-run', '--json');
  const run = documentIn('run', stdout);
  expect(run.lost).toMatchObject([{ symbol: 'RTLWIFI', position: { file: host.host.patchesFile, line: 7 } }]);
  expect(run.patch).toContain(`+++ ${host.host.patchesFile}`);
  expect(stdout).not.toContain('falloutd-dry-run');
});

test('a host without a flake is refused', async () => {
  const config = join(host.dir, 'file.toml');
  writeFileSync(
    config,
    readFileSync(host.host.configFile, 'utf8').replace(/^flake = .*$/m, 'file = "configuration.nix"'),
  );
  const { code, stderr } = await falloutd(['once', '--dry-run', '--config', config, '--state', host.stateDir]);
  expect(code).toBe(2);
  expect(stderr).toContain('--dry-run needs a flake');
});
