import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parseDotConfig } from '../../src/script/dotConfig.ts';
import { runs } from '../../src/state/recordedRuns.ts';
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

test('predict says what once then does, and writes only what it is asked to', async () => {
  host.forget();
  await host.save(wishing('WLAN = no;\nATH9K = yes;\nLOG_BUF_SHIFT = freeform "40";'));
  const before = await host.text();
  const output = join(await host.scratch('predicted'), '.config');
  const { code, stdout } = await run('predict', '--json', '--output', output);
  expect(code).toBe(0);
  const predicted = documentIn('predict', stdout);
  expect(predicted.outcome).toEqual({ kind: 'stable' });
  expect(predicted.entries.map(({ symbol }) => symbol)).toEqual(['ATH9K', 'LOG_BUF_SHIFT']);
  expect(await host.text()).toBe(before);
  expect(runs(host.history, { limit: 9 })).toEqual([]);

  const once = documentIn('run', (await run('once', '--json')).stdout);
  expect(predicted.lost).toEqual(once.lost);
  const built = (await run('config')).stdout;
  expect(parseDotConfig(readFileSync(output, 'utf8'))).toEqual(parseDotConfig(built));
  expect((await run('predict')).stdout).toContain('the managed patch stays as it is');
});

test('predict shows the place of a mistake as once does, with its exit code', async () => {
  await host.save(wishing('WLAN = non;'));
  const { code, stderr } = await run('predict');
  expect([code, stderr]).toEqual([3, expect.stringContaining(`${host.host.patchesFile}:7`)]);
});

test('config names what there is where nothing is stable yet', async () => {
  host.forget();
  const { code, stderr } = await run('config');
  expect([code, stderr]).toEqual([2, expect.stringContaining('nothing has been stable yet')]);
});
