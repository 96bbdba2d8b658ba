import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, vi } from 'vitest';
import { test } from '../helpers/hostTest.ts';
import { buildKernel } from '../../src/build/buildKernel.ts';
import { stableOf } from '../../src/state/targets.ts';
import type { KernelHost } from '../helpers/kernelHost.ts';
import { Listener } from '../helpers/listener.ts';
import { wishing } from '../helpers/patchesText.ts';
import { HANGS, standInNix } from '../helpers/standInNix.ts';
import type { Limits } from '../../src/model/limits.ts';
import type { Run } from '../../src/model/run.ts';

let host: KernelHost;
let bins = 0;
test.beforeAll(({ host: shared }) => {
  host = shared;
});
beforeEach(() => host.forget());
afterEach(() => vi.unstubAllEnvs());

const TEXT = wishing('RTLWIFI = no;\nE1000E = yes;');

async function running(
  scripts: Parameters<typeof standInNix>[1],
  limits: Limits,
): Promise<{ run: Run; warnings: string[] }> {
  vi.stubEnv('PATH', standInNix(await host.scratch(`bin-${bins++}`), scripts));
  const listener = new Listener();
  const run = await host.run({ target: { limits }, emit: listener.emit });
  vi.unstubAllEnvs();
  return {
    run,
    warnings: listener.events.flatMap((event) => (event.kind === 'warning' ? [event.problem.message] : [])),
  };
}

/** The script of a command that hangs when it is called the `nth` time with a word that matches. */
async function hangsAt(nth: number, word: string): Promise<string> {
  const count = join(await host.scratch(`count-${bins++}`), 'calls');
  return `case "$*" in *${word}*) echo >>'${count}'; [ "$(wc -l <'${count}')" -ne ${nth} ] || exec sleep 100000;; esac`;
}

describe('a phase over its limit ends the run as infrastructure, with no process left and no verdict', () => {
  const PHASES: Record<string, { limits: Limits; scripts: () => Promise<Parameters<typeof standInNix>[1]> }> = {
    evaluation: { limits: { evaluation: 1 }, scripts: async () => ({ nix: await hangsAt(1, 'eval') }) },
    'the second evaluation': { limits: { evaluation: 5 }, scripts: async () => ({ nix: await hangsAt(2, 'eval') }) },
    'the check of what is to be written': {
      limits: { evaluation: 5 },
      scripts: async () => ({ 'nix-instantiate': await hangsAt(1, 'parse') }),
    },
    'config-build': {
      limits: { 'config-build': 1 },
      scripts: async () => ({ 'nix-store': await hangsAt(2, 'realise') }),
    },
    'the facts of the kernel': {
      limits: { 'config-build': 1 },
      scripts: async () => ({ 'nix-store': await hangsAt(1, 'realise') }),
    },
  };
  test.each(Object.entries(PHASES))('%s', async (_, { limits, scripts }) => {
    await host.save(TEXT);
    const { run } = await running(await scripts(), limits);
    const [key] = Object.keys(limits);
    expect(run.outcome).toMatchObject({
      kind: 'infrastructure',
      problem: { message: expect.stringContaining(`the limit of \`${key ?? ''}\``) as string },
    });
    expect(run.iterations.at(-1)?.outcome).toBe('infrastructure');
    expect(host.processes()).toEqual([]);
    expect((await host.run()).outcome).toEqual({ kind: 'stable' });
  });

  test('kernel-build', async () => {
    await host.save(TEXT);
    await host.run();
    const drvPath = stableOf(host.history, 'demo')?.kernelDrvPath ?? '';
    const root = join(await host.scratch('roots'), 'kernel');
    vi.stubEnv('PATH', standInNix(await host.scratch(`bin-${bins++}`), { 'nix-store': HANGS }));
    const result = await buildKernel(drvPath, {
      nixArgs: host.target().nixArgs,
      root,
      limit: { key: 'kernel-build', ms: 200 },
      graceMs: 200,
      logLimit: 1 << 20,
    });
    expect(result).toMatchObject({
      kind: 'infrastructure',
      problem: { message: 'nix-store did not end within 0.2 s, the limit of `kernel-build`' },
    });
    expect(existsSync(root)).toBe(false);
    expect(host.processes()).toEqual([]);
  });
});

test('a nix that prints no JSON where it was asked for some is trouble, not a crash', async () => {
  await host.save(TEXT);
  for (const script of ['echo hello; exit 0', 'exit 0', 'echo {}; exit 0']) {
    const { run } = await running({ nix: script }, {});
    expect(run.outcome).toMatchObject({
      kind: 'infrastructure',
      problem: { message: expect.stringContaining('something else') as string },
    });
  }
});
