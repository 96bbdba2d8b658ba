import { readFileSync, watch, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect } from 'vitest';
import { test } from '../helpers/hostTest.ts';
import { endingWith, type KernelHost } from '../helpers/kernelHost.ts';
import { wishing } from '../helpers/patchesText.ts';

let host: KernelHost;
test.beforeAll(({ host: shared }) => {
  host = shared;
});
beforeEach(async () => {
  host.forget();
  await host.kernel({});
});

describe('unknown = "block"', () => {
  test('a symbol that no Kconfig file defines ends the run, with the nearest names', async () => {
    const text = wishing('SWAP = no;\nRTLWIFY = no;');
    await host.save(text);
    const run = await host.run({ target: { unknown: 'block' } });
    expect(run.outcome).toMatchObject({ kind: 'blocked', problem: { file: host.patchesFile, line: 8, column: 7 } });
    expect(run.outcome?.kind === 'blocked' && run.outcome.problem.message).toContain('RTLWIFY');
    expect(run.outcome?.kind === 'blocked' && run.outcome.problem.hint).toContain('RTLWIFI');
    expect(await host.text()).toBe(text);
  });

  test('a CONFIG_ prefix is told as what it is', async () => {
    await host.save(wishing('CONFIG_SWAP = no;'));
    const run = await host.run({ target: { unknown: 'block' } });
    expect(run.outcome?.kind === 'blocked' && run.outcome.problem.hint).toMatch(/\bSWAP\b/);
  });

  test('what is only not there in this configuration is no unknown symbol', async () => {
    await host.save(wishing('WLAN = no;\nATH9K = module;'));
    expect((await host.run({ target: { unknown: 'block' } })).outcome).toEqual({ kind: 'stable' });
  });

  test('also beside an answer at which the script dies', async () => {
    const text = wishing('E1000E = yes;\nRTLWIFY = no;');
    await host.save(text);
    const run = await host.run({ target: { unknown: 'block' } });
    expect(run.outcome?.kind).toBe('blocked');
    expect(await host.text()).toBe(text);
  });

  test('by default it is absorbed, and told with the nearest names', async () => {
    await host.save(wishing('RTLWIFI = no;\nZZ_NOTHING = yes;\nHIDDRAW = yes;'));
    const run = await host.run();
    expect(run.outcome).toEqual({ kind: 'stable' });
    expect(Object.fromEntries(run.lost.map((w) => [w.symbol, w.kind]))).toEqual({
      RTLWIFI: 'value',
      ZZ_NOTHING: 'unknown',
      HIDDRAW: 'unknown',
    });
    expect(run.lost.find((w) => w.symbol === 'HIDDRAW')?.suggestions).toContain('HIDRAW');
  });
});

describe('max-iterations', () => {
  const WISHES = wishing('E1000E = yes;\nRTLWIFI = no;');

  test.each([1, 2])(
    '%i: without predictions it is stalled, names what is left, and takes no build too many',
    async (maxIterations) => {
      await host.save(WISHES);
      const run = await host.run({ target: { maxIterations }, predictor: undefined });
      const symbols = [maxIterations === 1 ? 'E1000E' : 'RTLWIFI'];
      expect(run.outcome).toEqual({ kind: 'stalled', reason: 'max-iterations', symbols });
      expect(run.iterations.filter((i) => i.buildMs > 0).length).toBeLessThanOrEqual(maxIterations);
    },
  );

  test('the next run with more of them goes on to the fixed point', async () => {
    await host.save(WISHES);
    await host.run({ target: { maxIterations: 1 }, predictor: undefined });
    expect((await host.run({ predictor: undefined })).outcome).toEqual({ kind: 'stable' });
    expect(await host.entries()).toEqual({ E1000E: 'option m', RTLWIFI: 'option n' });
  });
});

describe('no rung is left', () => {
  test("a miss of nixpkgs' own that no entry can help is named, not looped", async () => {
    // The script of this kernel complains of a symbol whatever it is asked: as a broken vendor script does.
    await host.save(wishing('SWAP = no;'));
    await host.file('stubborn.nix', endingWith("echo 'error: unused option: SWAP' >&2; exit 1"));
    await host.file(
      'flake.nix',
      (await host.flake()).replace('./stand-in.nix', './stand-in.nix\n          ./stubborn.nix'),
    );
    const run = await host.run();
    expect(run.outcome).toEqual({ kind: 'stalled', reason: 'no-rung', symbols: ['SWAP'] });
    const rungs = run.iterations.flatMap((i) => i.entries.map((e) => e.rung));
    expect(rungs).toEqual([...rungs].toSorted());
    expect(rungs.at(-1)).toBe(4);
    await host.file('flake.nix', (await host.flake()).replace('\n          ./stubborn.nix', ''));
    expect((await host.run()).outcome).toEqual({ kind: 'stable' });
  });
});

test('an aborted run is interrupted, whatever it was doing, and the next one is stable', async () => {
  await host.save(wishing('RTLWIFI = no;\nE1000E = yes;'));
  const outcomes = new Set<string | undefined>();
  for (const phase of ['evaluate', 'facts', 'predict', 'build'] as const) {
    host.forget();
    const abort = new AbortController();
    const run = await host.run({
      signal: abort.signal,
      emit: (event) => {
        if (event.kind === 'phase' && event.phase === phase) abort.abort('interrupted');
      },
    });
    outcomes.add(run.outcome?.kind);
    expect(run.iterations.at(-1)?.outcome).toBe('cancelled');
  }
  expect([...outcomes]).toEqual(['interrupted']);
  expect((await host.run()).outcome).toEqual({ kind: 'stable' });
});

test('a save that falloutd meets when it writes stands, and the run is superseded', async () => {
  await host.save(wishing('RTLWIFI = no;'));
  const newer = wishing('RTLWIFI = no;\nSWAP = no;');
  const run = await host.run({
    emit: (event) => {
      if (event.kind === 'phase' && event.phase === 'write') writeFileSync(host.patchesFile, newer);
    },
  });
  expect(run.outcome).toEqual({ kind: 'superseded' });
  expect(await host.text()).toBe(newer);
  expect((await host.run()).outcome).toEqual({ kind: 'stable' });
  expect(await host.entries()).toEqual({ RTLWIFI: 'option n' });
});

test('somebody who takes each write back makes a repeated state: named, not looped', async () => {
  const text = wishing('RTLWIFI = no;');
  await host.save(text);
  const watcher = watch(host.dir, (event, name) => {
    if (event === 'rename' && name === 'patches.nix' && readFileSync(host.patchesFile, 'utf8') !== text)
      writeFileSync(host.patchesFile, text);
  });
  const run = await host.run();
  watcher.close();
  expect(run.outcome).toMatchObject({ kind: 'stalled', reason: 'repeated-state' });
  expect(run.iterations.filter((i) => i.buildMs > 0)).toHaveLength(1);
  expect((await host.run()).outcome).toEqual({ kind: 'stable' });
});
