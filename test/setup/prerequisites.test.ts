import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileURLToPath } from 'node:url';

const MODULE = new URL('../../src/setup/prerequisites.mjs', import.meta.url).href;
const BOOTSTRAP = fileURLToPath(new URL('../../src/setup/bootstrap.mjs', import.meta.url));

let bin: string;
beforeAll(async () => {
  bin = await mkdtemp(join(tmpdir(), 'falloutd-bin-'));
});
afterAll(async () => rm(bin, { recursive: true, force: true }));

function provide(path: string): { status: number | null; said: string } {
  const program = `import(${JSON.stringify(MODULE)}).then(({ provide, MISSING }) => process.exit(provide('small', console.log) ? 0 : MISSING))`;
  const { status, stdout } = spawnSync(process.execPath, ['-e', program], { env: { PATH: path }, encoding: 'utf8' });
  return { status, said: stdout };
}

test('says nothing where all is there', () => {
  expect(provide(process.env['PATH'] ?? '')).toEqual({ status: 0, said: '' });
});

test('elsewhere than on Debian it says what to install and stops with 5', () => {
  const { status, said } = provide('/nonexistent');
  expect(status).toBe(5);
  expect(said).toContain('missing on this machine: nix, ');
  expect(said).toContain('https://nixos.org/download');
});

const isDebian = existsSync('/etc/os-release') && /debian|ubuntu/.test(readFileSync('/etc/os-release', 'utf8'));

test.runIf(isDebian && process.getuid?.() === 0)(
  'on Debian, as root, it says what it installs before it does; apt-get is asked again with fresh lists',
  async () => {
    const log = join(bin, 'log');
    await writeFile(join(bin, 'apt-get'), `#!/bin/sh\necho "$@" >>${log}\nexit 1\n`);
    await chmod(join(bin, 'apt-get'), 0o755);
    await writeFile(join(bin, 'env'), '#!/bin/sh\nshift\nexec "$@"\n');
    await chmod(join(bin, 'env'), 0o755);
    const { status, said } = provide(bin);
    expect(status).toBe(5);
    expect(said).toMatch(
      /installing from the distribution: nix-bin kconfig-frontends-nox git make .*\n.*could not install/s,
    );
    const [first, second, third] = (await readFile(log, 'utf8')).split('\n');
    expect(first).toMatch(/^-q install -y --no-install-recommends nix-bin /);
    expect([second, third]).toEqual(['-q update', first]);
  },
);

test('the bootstrap stops in the same way, before it touches npm', () => {
  const { status, stderr } = spawnSync(process.execPath, [BOOTSTRAP], {
    env: { PATH: '/nonexistent' },
    encoding: 'utf8',
  });
  expect(status).toBe(5);
  expect(stderr).not.toContain('npm ci');
});
