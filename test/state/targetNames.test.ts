import { mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { assertNotTaken, claimTargets, placeOf } from '../../src/state/targetNames.ts';
import { openState } from '../../src/state/stateDirectory.ts';
import { opened } from '../helpers/history.ts';
import { folder, targetIn } from '../helpers/target.ts';

let dir: string;
beforeEach(() => {
  dir = folder();
});

/** A configuration of a flake in a folder of this name, whose host is called `laptop`. */
function hostIn(name: string, state = join(dir, 'state')): Config {
  const at = join(dir, name);
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, 'flake.nix'), '{ }');
  const target = { ...targetIn(at), name: 'laptop', installable: { kind: 'flake' as const, dir: at, attribute: 'k' } };
  return {
    file: null,
    stateDir: state,
    socketGroup: null,
    transcripts: 200,
    jobs: 1,
  notify: false,
    hooks: { commands: {}, timeoutMs: 1000 },
    targets: [target],
  };
}

describe('two hosts of one name in one state directory', () => {
  it('the second is refused, and told what to do; the first goes on', async () => {
    const [first, second] = [hostIn('etc'), hostIn('home')];
    (await openState(first)).close();
    expect(() => assertNotTaken(second)).toThrow(
      /`laptop` of this state directory is the one in .*\/etc, not in .*\/home/,
    );
    await expect(openState(second)).rejects.toMatchObject({
      exitCode: 4,
      problem: { file: first.stateDir, hint: expect.stringContaining('--state DIR') as string },
    });
    expect(() => assertNotTaken(first)).not.toThrow();
    (await openState(first)).close();
  });

  it('are two targets under two names, or in two state directories', async () => {
    (await openState(hostIn('etc'))).close();
    const second = hostIn('home');
    (await openState({ ...second, targets: second.targets.map((t) => ({ ...t, name: 'other' })) })).close();
    (await openState(hostIn('home', join(dir, 'state-2')))).close();
  });

  it('a flake that has moved keeps its name', async () => {
    (await openState(hostIn('etc'))).close();
    renameSync(join(dir, 'etc'), join(dir, 'moved'));
    (await openState(hostIn('moved'))).close();
    await expect(openState(hostIn('etc'))).rejects.toMatchObject({ exitCode: 4 });
  });

  it('a link to the folder is the folder', () => {
    const history = opened();
    const first = hostIn('etc');
    claimTargets(history, first.targets);
    symlinkSync(join(dir, 'etc'), join(dir, 'link'));
    claimTargets(history, hostIn('link').targets);
    expect(placeOf(history, 'laptop')).toBe(join(dir, 'etc'));
  });

  it('where there is no history, or none that opens, nobody has the name', () => {
    const host = hostIn('etc');
    expect(() => assertNotTaken(host)).not.toThrow();
    mkdirSync(host.stateDir);
    writeFileSync(join(host.stateDir, 'falloutd.db'), 'rubbish'.repeat(100));
    expect(() => assertNotTaken(host)).not.toThrow();
  });
});

describe('a state directory in a flake', () => {
  const NESTED = ['state', 'a/b/state', '.'];
  it.each(NESTED)('%s is refused, and nothing is made', async (inside) => {
    const config = hostIn('etc');
    await expect(openState({ ...config, stateDir: join(dir, 'etc', inside) })).rejects.toMatchObject({
      exitCode: 2,
      problem: { hint: expect.stringContaining('--state DIR') as string },
    });
    expect(readdirSync(join(dir, 'etc')).sort()).toEqual(['flake.nix', 'patches.nix']);
  });

  it('is refused also where a link leads into it', async () => {
    const config = hostIn('etc');
    mkdirSync(join(dir, 'etc/real'));
    symlinkSync(join(dir, 'etc/real'), join(dir, 'link'));
    await expect(openState({ ...config, stateDir: join(dir, 'link/state') })).rejects.toMatchObject({ exitCode: 2 });
  });

  it('is refused in the checkout around the flake, which Nix copies whole, until git ignores it', async () => {
    const config = hostIn('repo/hosts/laptop');
    const inside = { ...config, stateDir: join(dir, 'repo/var/state') };
    await execa('git', ['init', '--quiet'], { cwd: join(dir, 'repo') });
    await expect(openState(inside)).rejects.toMatchObject({ exitCode: 2 });
    writeFileSync(join(dir, 'repo/.gitignore'), '/var/\n');
    (await openState(inside)).close();
  });

  it('beside it, with a name that begins alike, is none of it', async () => {
    (await openState(hostIn('etc', join(dir, 'etc-state')))).close();
    (await openState(hostIn('etc', join(dir, '..etc')))).close();
  });
});
