import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { falloutd } from '../helpers/command.ts';
import { documentIn } from '../helpers/documentSchema.ts';
import { test } from '../helpers/hostTest.ts';
import type { KernelHost } from '../helpers/kernelHost.ts';
import { wishing } from '../helpers/patchesText.ts';

let host: KernelHost;
test.beforeAll(({ host: shared }) => {
  host = shared;
});

const run = (...args: string[]): ReturnType<typeof falloutd> =>
  falloutd([...args, '--config', host.host.configFile, '--state', host.stateDir]);

test('each way that is shown gives the wish when it is pasted, and the files stay as they are', async () => {
  await host.save(wishing('RTLWIFI = no;'));
  const before = readFileSync(host.patchesFile);
  const { code, stdout } = await run('want', 'RTLWIFI=n', '--json');
  expect(code).toBe(0);
  const { outcome, alternatives } = documentIn('want', stdout);
  expect(outcome).toBe('found');
  expect(readFileSync(host.patchesFile)).toEqual(before);
  for (const { nix } of alternatives) {
    await host.save(wishing(`RTLWIFI = no;\n${nix.join('\n')}`));
    const predicted = await run('predict', '--json');
    expect(documentIn('predict', predicted.stdout)).toMatchObject({ outcome: { kind: 'stable' }, lost: [] });
  }
});

test('lost ends each wish with a remedy, and says nothing of it with --no-remedies', async () => {
  await host.save(wishing('RTLWIFI = no;'));
  expect((await run('once')).code).toBe(0);
  const { stdout } = await run('lost', '--json');
  const [lost] = documentIn('lost', stdout).targets;
  expect(lost?.lost.map(({ symbol }) => symbol)).toEqual(['RTLWIFI']);
  expect(lost?.remedies?.[0]).toMatchObject({ gives: ['RTLWIFI'] });
  const [setting] = lost?.remedies?.[0]?.settings ?? [];
  expect((await run('lost')).stdout).toContain(`→ ${setting?.symbol ?? '?'} = no`);
  expect((await run('lost', '--no-remedies')).stdout).not.toContain('→');
});

test('a name that is none, and a word that is no wish, end with one line', async () => {
  const unknown = await run('want', 'RTLWIFY=y');
  expect([unknown.code, unknown.stdout]).toEqual([2, '']);
  expect(unknown.stderr).toContain('did you mean RTLWIFI?');
  const none = await run('want', 'RTLWIFI');
  expect(none.code).toBe(2);
  expect(none.stderr).toContain('SYMBOL=VALUE');
});

test('kconfig want does it for a .config without Nix', async () => {
  const tree = join(import.meta.dirname, '../../src/setup/demo/nixpkgs/tree');
  const given = join(host.stateDir, 'given.config');
  writeFileSync(given, 'CONFIG_MODULES=y\n');
  const { code, stdout, stderr } = await falloutd([
    ...['kconfig', 'want', 'RTLWIFI=m', '--tree', tree, '--arch', 'x86', '--config', given, '--json'],
  ]);
  expect(code, stderr).toBe(0);
  expect(documentIn('want', stdout).alternatives[0]?.settings.length).toBeGreaterThan(1);
});

test('--pursue takes the name of an option, and no value with it', async () => {
  const { code, stdout, stderr } = await run('want', '--pursue', 'RTLWIFI=n');
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('`RTLWIFI=n` is no option')]);
  await host.save(wishing('RTLWIFI = no;'));
  const shown = await run('want', '--pursue', 'RTLWIFI');
  expect([shown.code, shown.stderr]).toEqual([0, '']);
  expect(shown.stdout).toContain('+pursue = ["RTLWIFI"]');
});

test('--pursue refuses a name that is none, and says where nothing of the patches would be pursued', async () => {
  const unknown = await run('want', '--pursue', 'RTLWIFO');
  expect([unknown.code, unknown.stdout]).toEqual([2, '']);
  expect(unknown.stderr).toContain('RTLWIFO: no such option; did you mean RTLWIFI?');
  const unasked = await run('want', '--pursue', 'USB');
  expect([unasked.code, unasked.stderr]).toEqual([0, expect.stringContaining('no patch of yours asks for USB')]);
});
