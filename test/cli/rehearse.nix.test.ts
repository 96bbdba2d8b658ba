import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import { runs } from '../../src/state/recordedRuns.ts';
import { falloutd } from '../helpers/command.ts';
import { documentIn } from '../helpers/documentSchema.ts';
import { test } from '../helpers/hostTest.ts';
import type { KernelHost } from '../helpers/kernelHost.ts';
import { otherNixpkgs } from '../helpers/otherNixpkgs.ts';
import { wishing } from '../helpers/patchesText.ts';

let host: KernelHost;
let tmp: string;
let next: string;
test.beforeAll(async ({ host: shared }) => {
  host = shared;
  tmp = await host.scratch('tmp');
  next = await otherNixpkgs(join(await host.scratch('inputs'), 'next'), {
    'pkgs.nix': (text) => text.replace('version = "6.12.0"', 'version = "6.13.0"'),
    'tree/sound/Kconfig': (text) => text.replaceAll(/\bSND_SOC\b/g, 'SND_ASOC'),
    'tree/lib/Kconfig': (text) =>
      text
        .replace('bool "Debug Filesystem"', '$&\n\tdepends on DEBUG_INFO')
        .replace(/endmenu\n$/, 'config CRC64\n\ttristate "CRC64 functions"\n\thelp\n\t  Functions.\n\n$&'),
  });
  await host.save(wishing('DEBUG_FS = yes;\nSND_SOC = no;\nCRC32 = module;'));
  await execa('git', ['add', '--all'], { cwd: host.dir });
});

const run = (...args: string[]): ReturnType<typeof falloutd> =>
  falloutd(['rehearse', ...args, '--config', host.host.configFile, '--state', host.stateDir], { env: { TMPDIR: tmp } });

const files = (): string[] =>
  ['flake.nix', 'flake.lock', 'patches.nix'].map((name) => readFileSync(join(host.dir, name), 'utf8'));

test('rehearse says what another nixpkgs takes, renames and asks; a config build agrees, and nothing is written', async () => {
  const before = files();
  const { code, stdout } = await run('--override-input', `nixpkgs=${next}`, '--build', '--json');
  expect(code).toBe(1);
  const found = documentIn('rehearse', stdout);
  expect([found.now.kernel, found.next]).toEqual(['6.12.0', { kernel: '6.13.0', outcome: { kind: 'stable' } }]);
  expect(found.lost).toMatchObject([
    { symbol: 'DEBUG_FS', wanted: 'y', cause: { kind: 'needs' }, position: { file: host.host.patchesFile, line: 7 } },
  ]);
  expect(found.gone).toMatchObject([
    { symbol: 'SND_SOC', wanted: 'n', position: { line: 8 }, replacedBy: { kind: 'prompt', names: ['SND_ASOC'] } },
  ]);
  expect(found.entries.needed.map(({ symbol, to }) => [symbol, to])).toEqual([
    ['DEBUG_FS', 'option y'],
    ['SND_SOC', 'option n'],
  ]);
  expect(found.questions.map(({ symbol, value, menu }) => [symbol, value, menu])).toEqual([
    ['SND_ASOC', 'm', 'Device Drivers › Sound card support'],
    ['SND_SOC_SOF_TOPLEVEL', 'n', 'Device Drivers › Sound card support'],
    ['CRC64', 'm', 'Library routines'],
  ]);
  expect(found.verified).toEqual({ kind: 'as-predicted' });
  expect(found.preflight?.misses).not.toBeUndefined();

  expect(files()).toEqual(before);
  expect(runs(host.history, { limit: 9 })).toEqual([]);
  expect(readdirSync(tmp)).toEqual([]);
});

test('a relative path is one from here, and the screen begins with what is lost', async () => {
  const args = ['rehearse', '--override-input', 'nixpkgs=./next', '--state', host.stateDir];
  const { code, stdout } = await falloutd([...args, '--config', host.host.configFile], { cwd: join(next, '..') });
  expect(code).toBe(1);
  expect(stdout.split('\n')[0]).toBe(
    'demo: kernel 6.12.0 -> 6.13.0: 1 of your wishes would be lost, 1 option you name is gone',
  );
});

test('the kernel that a host has already does nothing to it', async () => {
  const { code, stdout } = await run('--attribute', `${host.host.attribute}.configfile`);
  expect([code, stdout]).toEqual([0, 'demo: kernel 6.12.0 as now: every wish that holds now would hold\n']);
});

test('what blocks the other kernel is the answer, with its exit code', async () => {
  const { code, stdout } = await run('--attribute', 'nixosConfigurations.demo.config.system.build.kernels');
  expect([code, stdout]).toEqual([3, expect.stringContaining('there is no `kernels`')]);
  expect(stdout).toContain('demo: from kernel 6.12.0: a run would be blocked');
});

test.each([
  { args: [], says: 'flake.lock has the inputs nixpkgs' },
  { args: ['--override-input', 'nixpkgz=/x'], says: 'the flake has no input `nixpkgz`' },
  { args: ['--override-input', 'nixpkgs'], says: 'Give it as NAME=REFERENCE.' },
])('$args is told what it lacks', async ({ args, says }) => {
  const { code, stderr } = await run(...args);
  expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
});
