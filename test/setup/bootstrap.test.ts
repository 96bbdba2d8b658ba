import { cp, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';

const SETUP = fileURLToPath(new URL('../../src/setup/', import.meta.url));
const LOCK = JSON.stringify({
  packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0', optional: true } },
});

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'falloutd-bootstrap-'));
  await mkdir(join(root, 'src/setup'), { recursive: true });
  await cp(join(SETUP, 'bootstrap.mjs'), join(root, 'src/setup/bootstrap.mjs'));
  // What the machine has is another test's: here it has everything.
  await writeFile(
    join(root, 'src/setup/prerequisites.mjs'),
    'export const MISSING = 5;\nexport const provide = () => true;\n',
  );
  await mkdir(join(root, 'bin'));
  await writeFile(join(root, 'bin/npm'), `#!/bin/sh\necho "$@" >>'${join(root, 'calls')}'\n`, { mode: 0o755 });
  await writeFile(join(root, 'package-lock.json'), LOCK);
  await writeFile(join(root, 'calls'), '');
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function install(dir: string, packages: Record<string, { version: string }>): Promise<void> {
  await mkdir(join(root, dir));
  await writeFile(join(root, dir, '.package-lock.json'), JSON.stringify({ packages }));
}

/** What bootstrap asks of npm, which is a stand-in here. */
async function bootstrap(): Promise<{ code: number | undefined; npm: string; stderr: string }> {
  const { exitCode, stderr } = await execa(process.execPath, [join(root, 'src/setup/bootstrap.mjs')], {
    env: { PATH: `${join(root, 'bin')}:/usr/bin:/bin` },
    reject: false,
  });
  return { code: exitCode, npm: (await readFile(join(root, 'calls'), 'utf8')).trim(), stderr };
}

test('packages are installed where there are none', async () => {
  expect(await bootstrap()).toMatchObject({ code: 0, npm: 'ci --include=dev --no-audit --no-fund' });
});

test('packages of another version are installed again', async () => {
  await install('node_modules', { 'node_modules/a': { version: '0.9.0' } });
  expect((await bootstrap()).npm).toMatch(/^ci /);
});

test('a lock file that is newer than the packages is no reason to install them again', async () => {
  await install('node_modules', { 'node_modules/a': { version: '1.0.0' } });
  await utimes(join(root, 'package-lock.json'), new Date(), new Date(Date.now() + 60_000));
  expect(await bootstrap()).toMatchObject({ code: 0, npm: 'run --silent build' });
});

test('nothing is installed through a link, which would delete the packages of other work trees', async () => {
  await install('shared', { 'node_modules/a': { version: '0.9.0' } });
  await symlink(join(root, 'shared'), join(root, 'node_modules'));
  const { code, npm, stderr } = await bootstrap();
  expect({ code, npm }).toEqual({ code: 5, npm: '' });
  expect(stderr).toContain('node_modules is a link');
});
