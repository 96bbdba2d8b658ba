import { cp, mkdtemp, readdir, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeHost, STAND_IN } from '../../src/setup/demo/demoHost.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let dir: string;
beforeEach(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'falloutd-check-')));
});
afterEach(() => removeHost({ dir }));

/** `npm run check:nixpkgs` without the build before it. */
function check(...args: string[]) {
  const hooks = ['--import', './test/helpers/typescript-hooks.mjs'];
  return execa(process.execPath, [...hooks, 'test/nixpkgs/main.ts', ...args], {
    cwd: ROOT,
    reject: false,
    env: { TMPDIR: dir, NO_COLOR: '1' },
  });
}

test('without a nixpkgs it says what is missing, in one line', async () => {
  expect(await check()).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('no PATH is given') as string });
  const none = `there is no ${join(dir, 'none')}`;
  expect(await check(join(dir, 'none'))).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining(none) as string,
  });
  await cp(join(STAND_IN, 'flake.nix'), join(dir, 'flake.nix'));
  const { exitCode, stderr } = await check(dir);
  expect(stderr.split('\n')[0]).toBe(
    `check:nixpkgs: ${dir} is no nixpkgs: it has no lib/default.nix, no nixos/default.nix`,
  );
  expect(exitCode).toBe(2);
});

test('on a nixpkgs it runs init, once, lost and status, and leaves nothing', async () => {
  const store = join(dir, 'store');
  const options = { sandbox: 'false', 'build-users-group': '', substitute: 'false', substituters: '' };
  const nixArgs = Object.entries(options).flatMap(([name, value]) => ['--option', name, value]);
  const place = `local?store=${store}/store&state=${store}/var&log=${store}/log`;
  const { exitCode, stdout, stderr } = await check(STAND_IN, '--store', place, ...nixArgs);
  expect(stderr).toMatch(/stable (?:after|as)/);
  expect(exitCode).toBe(0);
  const order = [
    'falloutd init',
    '(import ./fallout.nix',
    'falloutd lost',
    'RTLWIFI',
    'falloutd status',
    'demo: STABLE',
  ];
  const found = order.map((text) => stdout.indexOf(text));
  expect(found).not.toContain(-1);
  expect(found).toEqual(found.toSorted((a, b) => a - b));
  expect(await readdir(dir)).toEqual(['store']);
});
