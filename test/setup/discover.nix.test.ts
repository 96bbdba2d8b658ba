import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { findConfigFile } from '../../src/config/findConfig.ts';
import { STAND_IN } from '../../src/setup/demo/demoHost.ts';
import { discover, type DiscoverOptions, type Discovered } from '../../src/setup/discover.ts';
import { FalloutdError } from '../../src/model/errors.ts';
import { findFolder, nixFiles } from '../../src/setup/folder.ts';
import { evaluate } from '../../src/nix/evaluate.ts';
import type { Problem } from '../../src/model/problem.ts';
import { Workplace } from '../helpers/workplace.ts';

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.create();
});
afterAll(async () => place.remove());

const LIST = '{ lib, ... }: [ { name = "a"; patch = null; structuredExtraConfig = { }; } ]\n';

async function folder(files: Record<string, string>, { git = false } = {}): Promise<string> {
  const dir = place.folder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  if (git) {
    await place.git(dir, ['init', '--quiet']);
    await place.commit(dir);
  }
  return dir;
}

const look = async (cwd: string, more: Partial<DiscoverOptions> = {}): Promise<Discovered> =>
  discover({ cwd, stateDir: '/state', hostname: 'nixie', etcNixos: '/nowhere', ...more });

async function refused(cwd: string, more: Partial<DiscoverOptions> = {}): Promise<Problem & { exitCode: number }> {
  try {
    await look(cwd, more);
  } catch (error) {
    if (error instanceof FalloutdError) return { ...error.problem, exitCode: error.exitCode };
    throw error;
  }
  throw new Error('it was found');
}

/** A flake on the stand-in with these outputs. */
const flake = (outputs: string): string => `{
  inputs.nixpkgs.url = "path:${STAND_IN}";
  outputs = { self, nixpkgs }: { ${outputs} };
}`;
const system = process.arch === 'arm64' ? 'aarch64-linux' : 'x86_64-linux';

describe('the folder', () => {
  test('a flake above counts, up to the root of the checkout', async () => {
    const dir = await folder({ 'flake.nix': '{ }', 'hosts/a/x.nix': '', 'sub/.git/HEAD': '', 'sub/deep/x': '' });
    expect(findFolder(join(dir, 'hosts/a'), '/nowhere')).toEqual({ kind: 'flake', dir });
    expect(findFolder(join(dir, 'sub/deep'), '/nowhere')).toBeNull();
  });

  test('then configuration.nix here, then /etc/nixos', async () => {
    const [here, etc, empty] = [
      await folder({ 'configuration.nix': '' }),
      await folder({ 'configuration.nix': '', 'flake.nix': '' }),
      await folder({ a: '' }),
    ];
    expect(findFolder(here, etc)).toEqual({ kind: 'configuration', dir: here });
    expect(findFolder(empty, etc)).toEqual({ kind: 'flake', dir: etc });
    expect(findFolder(empty, here)).toEqual({ kind: 'configuration', dir: here });
  });

  test('a falloutd.toml beside the flake counts in the folders below', async () => {
    const dir = await folder({ 'flake.nix': '', 'falloutd.toml': '', 'hosts/a/x.nix': '' });
    expect(findConfigFile(undefined, join(dir, 'hosts/a'))).toBe(join(dir, 'falloutd.toml'));
  });

  test('only tracked files that mention kernel patches are read; all of them where there is no git', async () => {
    const files = { 'a.nix': LIST, 'b.nix': '{ }', 'patches.nix': '{ }', 'sub/c.nix': LIST, '.hidden/d.nix': LIST };
    const dir = await folder(files, { git: true });
    await writeFile(join(dir, 'new.nix'), LIST);
    expect((await nixFiles(dir)).map(({ path }) => path)).toEqual([
      '.hidden/d.nix',
      'a.nix',
      'patches.nix',
      'sub/c.nix',
    ]);
    expect((await nixFiles(await folder(files))).map(({ path }) => path)).toEqual([
      'a.nix',
      'patches.nix',
      'sub/c.nix',
    ]);
  });

  test('nothing to be found', async () => {
    expect(await refused(await folder({ a: '' }))).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('neither a flake.nix nor a configuration.nix') as string,
    });
  });
});

describe('with Nix', () => {
  test('a host is found, and its kernel evaluates; from a folder below, too', async () => {
    const dir = await place.host({ files: { 'docs/a': '' } });
    const { config, file, text } = await look(join(dir, 'docs'));
    const [target] = config.targets;
    expect(config).toMatchObject({ file: null, stateDir: '/state' });
    expect(target).toMatchObject({
      name: 'demo',
      installable: { kind: 'flake', dir, attribute: 'nixosConfigurations.demo.config.system.build.kernel' },
      patchesFile: join(dir, 'patches.nix'),
      managedFile: join(dir, 'patches.nix'),
    });
    expect([file, text]).toEqual([join(dir, 'falloutd.toml'), expect.stringContaining('[target.demo]')]);
    expect(target && (await evaluate(target)).kind).toBe('evaluated');
  });

  test('several hosts: this machine, else the lines to choose with', async () => {
    const dir = await folder({
      'flake.nix': flake('nixosConfigurations = { nixie = { }; attic = { }; "my.host" = { }; };'),
      'patches.nix': LIST,
    });
    expect((await look(dir)).config.targets[0]?.name).toBe('nixie');
    expect((await look(dir, { host: 'my.host' })).config.targets[0]).toMatchObject({
      name: 'my-host',
      installable: { attribute: 'nixosConfigurations."my.host".config.system.build.kernel' },
    });
    expect(await refused(dir, { hostname: 'zoe' })).toMatchObject({
      exitCode: 2,
      hint: 'choose one:\nfalloutd init --host attic\nfalloutd init --host my.host\nfalloutd init --host nixie',
    });
    expect(await refused(dir, { host: 'atic' })).toMatchObject({
      exitCode: 2,
      hint: 'there are: nixie, attic, my.host',
    });
  });

  test('no hosts: the package that is a kernel', async () => {
    const packages = `let pkgs = nixpkgs.legacyPackages.${system}; in { inherit (pkgs) linux; hello = pkgs.emptyFile; broken = throw "no"; }`;
    const dir = await folder({
      'flake.nix': flake(`packages.${system} = ${packages};`),
      'kernel.nix': LIST,
      'also.nix': LIST,
    });
    expect(await refused(dir)).toMatchObject({
      exitCode: 2,
      hint: 'choose one:\nfalloutd init --patches also.nix\nfalloutd init --patches kernel.nix',
    });
    const { config } = await look(dir, { patches: join(dir, 'kernel.nix') });
    expect(config.targets[0]).toMatchObject({
      name: 'linux',
      installable: { attribute: `packages.${system}.linux` },
      patchesFile: join(dir, 'kernel.nix'),
    });
  });

  test('neither hosts nor kernels', async () => {
    const dir = await folder({ 'flake.nix': flake('lib = { };'), 'patches.nix': LIST });
    expect(await refused(dir)).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('has no nixosConfigurations') as string,
    });
  });

  test('patches.nix that git does not track', async () => {
    const dir = await folder({ 'flake.nix': flake('nixosConfigurations.nixie = { };') }, { git: true });
    await writeFile(join(dir, 'patches.nix'), LIST);
    expect(await refused(dir)).toMatchObject({
      exitCode: 2,
      file: join(dir, 'patches.nix'),
      hint: `git -C ${dir} add -N patches.nix`,
    });
  });

  test('an error in flake.nix is told at its place', async () => {
    const dir = await folder({
      'flake.nix': '{\n  outputs = { self }: { nixosConfigurations = nix; };\n}',
      'patches.nix': LIST,
    });
    expect(await refused(dir)).toMatchObject({ exitCode: 3, file: join(dir, 'flake.nix'), line: 2 });
  });

  test('no flake: configuration.nix by <nixpkgs/nixos>', async () => {
    const dir = await folder({
      'configuration.nix': `{ lib, ... }: { imports = [ ./stand-in.nix ]; boot.kernelPatches = [ { name = "mine"; patch = null; structuredExtraConfig = with lib.kernel; { HZ_1000 = yes; }; } ]; }\n`,
      'stand-in.nix': '{ }\n',
      'nixpkgs/nixos/default.nix': `{ configuration ? <nixos-config> }: import ${STAND_IN}/nixos { lib = import ${STAND_IN}/lib; } { system = "${system}"; modules = [ configuration ]; }\n`,
    });
    vi.stubEnv('NIX_PATH', `nixpkgs=${join(dir, 'nixpkgs')}`);
    const [target] = (await look(dir)).config.targets;
    expect(target).toMatchObject({
      name: 'nixie',
      installable: { kind: 'file', file: '<nixpkgs/nixos>' },
      patchesFile: join(dir, 'configuration.nix'),
    });
    const evaluation = target && (await evaluate(target));
    expect(evaluation).toMatchObject({
      kind: 'evaluated',
      kernel: { patches: expect.arrayContaining([expect.objectContaining({ name: 'mine' })]) as unknown },
    });
    const added = await place.init(dir, { yes: true });
    expect(added).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('The managed patch reaches the kernel') as string,
    });
  });
});
