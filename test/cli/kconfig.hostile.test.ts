import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { falloutd } from '../helpers/command.ts';
import { REFUSED } from '../helpers/deepKconfig.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'falloutd-tree-'));
  writeFileSync(join(root, 'Makefile'), 'VERSION = 6\nPATCHLEVEL = 12\n');
});
afterEach(() => rmSync(root, { recursive: true }));

async function allnoconfig(kconfig: string, ...args: string[]) {
  writeFileSync(join(root, 'Kconfig'), kconfig);
  return falloutd(['kconfig', 'allnoconfig', '--tree', root, ...args], {
    cwd: root,
    env: { XDG_CACHE_HOME: join(root, 'cache') },
  });
}

describe('falloutd kconfig on a tree of somebody else', () => {
  const touching = (): string => `config A\n\tbool "A$(shell,touch ${join(root, 'touched')})"\n`;

  it('says once that the tree runs commands', async () => {
    const said = `falloutd: ${root}: its Kconfig files run shell commands, as with the kernel's own conf; --no-shell runs none of them (said once)\n`;
    expect(await allnoconfig(touching())).toMatchObject({ code: 0, stderr: said });
    expect(existsSync(join(root, 'touched'))).toBe(true);
    expect(await allnoconfig('config A\n\tbool "A$(shell,echo other)"\n')).toMatchObject({ code: 0, stderr: '' });
  });

  it('starts nothing with --no-shell, neither for the tree nor for its Makefile', async () => {
    const bin = join(root, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'gcc'), `#!/bin/sh\ntouch ${join(root, 'compiler')}\n`, { mode: 0o755 });
    writeFileSync(join(root, 'Kconfig'), touching());
    const env = { XDG_CACHE_HOME: join(root, 'cache'), PATH: `${bin}:${process.env['PATH'] ?? ''}` };
    const run = async (...args: string[]) => falloutd(['kconfig', 'allnoconfig', '--tree', root, ...args], { env });
    expect(await run('--no-shell')).toMatchObject({ code: 0, stderr: '' });
    expect(['touched', 'compiler', 'cache'].filter((name) => existsSync(join(root, name)))).toEqual([]);
    await run();
    expect(['touched', 'compiler'].filter((name) => existsSync(join(root, name)))).toEqual(['touched', 'compiler']);
  });

  it('prints no control characters of its messages', async () => {
    const warned = await allnoconfig('$(warning-if,y,\x1b]0;title\x07 \x9b2Jwarned)\nconfig A\n\tbool "A"\n');
    expect(warned).toMatchObject({ code: 0, stderr: 'Kconfig:1:  ]0;title   2Jwarned\n' });
    const refused = await allnoconfig('$(error-if,y,\x1b[2Jrefused)\n');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('Kconfig:1:  [2Jrefused\n');
  });

  it.each([
    ['a FIFO', (path: string) => execaSync('mkfifo', [path]), 'it is not a regular file'],
    ['a directory', (path: string) => mkdirSync(path), 'it is a directory'],
    ['a link to a device', (path: string) => execaSync('ln', ['-s', '/dev/zero', path]), 'it is not a regular file'],
    ['a link to itself', (path: string) => execaSync('ln', ['-s', path, path]), 'it is a link to itself'],
  ])('says why %s cannot be sourced, and where', async (_, make, reason) => {
    make(join(root, 'other'));
    const { code, stderr } = await allnoconfig('config A\n\tbool "A"\n\nsource "other"\n');
    expect(code).toBe(2);
    expect(stderr).toContain(`\nKconfig:4: can't open file "other": ${reason}\n`);
  });

  it.each([
    ['ifs in each other', 50_000, /^Kconfig:4999: more than 4998 menus, choices and ifs in each other$/m],
    ['a ring of selects', 20_000, /^Kconfig:1:\nerror: recursive dependency detected!$[^]*^… and 19984 more lines$/m],
  ] as const)('refuses %s in lines that fit a screen', async (name, depth, message) => {
    const { code, stderr } = await allnoconfig(REFUSED[name](depth));
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.split('\n').length).toBeLessThan(30);
  });
});
