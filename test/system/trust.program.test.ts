import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { whyDistrusted } from '../../src/system/trust.ts';
import { falloutd } from '../helpers/command.ts';
import { folder } from '../helpers/target.ts';

let dir: string;
let file: string;
beforeEach(() => {
  dir = folder();
  file = join(dir, 'falloutd.toml');
  writeFileSync(file, '[target.host]\nfile = "default.nix"\nattribute = "k"\n');
});

describe('whyDistrusted', () => {
  test('trusts what only this user can write', () => {
    expect(whyDistrusted(file)).toBeNull();
    chmodSync(dir, 0o1777);
    expect(whyDistrusted(file)).toBeNull();
  });

  test.each([
    ['a file that everybody can write', () => chmodSync(file, 0o666), /^can be written by everybody/],
    ['a file in a folder that everybody can write', () => chmodSync(dir, 0o777), /^its folder .* by everybody/],
  ])('distrusts %s', (_, make, reason) => {
    make();
    expect(whyDistrusted(file)).toMatch(reason);
  });

  test('distrusts a link in a folder that others can write, whatever it leads to', () => {
    const open = join(dir, 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    symlinkSync(file, join(open, 'falloutd.toml'));
    expect(whyDistrusted(join(open, 'falloutd.toml'))).toMatch(/^its folder .*open can be written/);
  });
});

// Only root can make files of another user.
describe.runIf(process.getuid?.() === 0)('a falloutd.toml of another user', () => {
  test.each([
    ['the file', () => chownSync(file, 65534, 65534), /belongs to user (nobody|65534)/],
    ['its folder', () => chownSync(dir, 65534, 65534), /its folder .* belongs to user (nobody|65534)/],
    ['a group that can write it', giveToGroup, /can be written by its group/],
  ])('%s: no command takes it unless --config names it', async (_, give, reason) => {
    give();
    const state = join(dir, 'state');
    for (const args of [['status'], ['watch'], ['init', '--yes'], ['lost']]) {
      const { code, stderr } = await falloutd(args, { cwd: dir });
      expect([code, stderr]).toEqual([4, expect.stringMatching(reason)]);
      expect(stderr).toMatch(/if you trust it, name it: --config .*falloutd\.toml/);
    }
    const named = await falloutd(['status', '--config', file, '--state', state], { cwd: dir });
    expect(named.stderr).toMatch(/nothing is recorded yet/);
    // This one needs no configuration.
    expect((await falloutd(['history', '--state', state], { cwd: dir })).stderr).toMatch(/nothing is recorded yet/);
  });
});

function giveToGroup(): void {
  chownSync(file, 0, 65534);
  chmodSync(file, 0o664);
}
