import { expect } from 'vitest';
import { falloutd } from '../helpers/command.ts';
import { documentIn } from '../helpers/documentSchema.ts';
import { test } from '../helpers/hostTest.ts';
import { wishing } from '../helpers/patchesText.ts';

test('why tells who asks for an option, what it comes to, why, and since when it has an entry', async ({ host }) => {
  const run = (...args: string[]): ReturnType<typeof falloutd> =>
    falloutd([...args, '--config', host.host.configFile, '--state', host.stateDir]);
  await host.save(wishing('RTLWIFI = no;\nRTL8192CE = module;'));

  const before = documentIn('why', (await run('why', 'RTLWIFI', '--json')).stdout);
  expect(before.symbols).toMatchObject([
    {
      predicted: 'm',
      lastStable: null,
      asked: [{ by: { kind: 'patch', name: 'mine' }, position: { line: 7 }, value: 'n', priority: 100, wins: true }],
      cause: { kind: 'selected', by: [{ symbol: 'RTL8192CE', level: 'm', isWish: true }] },
      roots: [{ symbol: 'RTL8192CE', value: 'm', position: { line: 8 } }],
      entry: { setting: 'option n', sinceRun: null },
    },
  ]);

  expect((await run('once')).code).toBe(0);
  const told = await run('why', 'CONFIG_RTLWIFI', 'RTL8192CE');
  expect(told.code).toBe(0);
  expect(told.stdout).toContain('RTLWIFI = m, as predicted and in the last stable run\n');
  expect(told.stdout).toContain(
    'in the managed patch, since run 1: option n  # wanted n, got m: selected by RTL8192CE',
  );
  expect(told.stdout).toMatch(/\nRTL8192CE = m, as [^]*\n {2}honoured\n/);
});

test('why tells what is known beside a name that is none', async ({ host }) => {
  const run = (...args: string[]): ReturnType<typeof falloutd> =>
    falloutd(['why', 'RTLWIFI', 'RTLWIFO', ...args, '--config', host.host.configFile, '--state', host.stateDir]);
  await host.save(wishing('RTLWIFI = no;'));
  const told = await run();
  expect([told.code, told.stderr]).toEqual([2, expect.stringContaining('did you mean RTLWIFI?')]);
  expect(told.stdout).toMatch(/^RTLWIFI = /);
  expect(documentIn('why', (await run('--json')).stdout)).toMatchObject({
    symbols: [{ symbol: 'RTLWIFI' }],
    unknown: [{ symbol: 'RTLWIFO', cause: { near: ['RTLWIFI'] } }],
  });
});
