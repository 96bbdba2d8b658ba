import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InitOptions } from '../../src/cli/init.ts';
import { Workplace } from '../helpers/workplace.ts';

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.create();
});
afterAll(async () => place.remove());

const SETTINGS = `structuredExtraConfig = with lib.kernel; {
      RTLWIFI = no;
      HZ_1000 = yes;
    };`;
const PATCH = `{
    name = "mine";
    patch = null;
    ${SETTINGS}
  }`;
const MODULE = `{ config, lib, pkgs, ... }:
{
  networking.hostName = "demo";\t# stays
  boot.kernelPatches = [ ${PATCH} ];
}
`;
const OVERRIDE = `{ lib, pkgs, ... }:
{
  boot.kernelPackages = pkgs.linuxPackagesFor (
    pkgs.linux.override {
      ${SETTINGS}
    }
  );
}
`;
const JOINING = `{ lib, ... }:
let
  custom = { name = "custom"; patch = null; structuredExtraConfig = { HID = lib.mkForce lib.kernel.yes; }; };
in
{
  boot.kernelPatches = with (import ./patches.nix { inherit lib; }); subtract ++ base ++ [ custom ];
}
`;
const importing = (file: string): string => `import ${file}`;

/** Everything below a folder but git's own, by path. */
async function contents(dir: string): Promise<Record<string, string>> {
  const paths = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = paths.filter((entry) => entry.isFile() && !join(entry.parentPath, entry.name).includes('/.git/'));
  return Object.fromEntries(
    await Promise.all(
      files.map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return [path, (await readFile(path)).toString('latin1')] as const;
      }),
    ),
  );
}

describe('init --yes, once, init --remove --yes', () => {
  const layouts: {
    layout: string;
    options: Parameters<Workplace['host']>[0];
    git?: boolean;
    asked?: Partial<InitOptions>;
    managed: string;
  }[] = [
    { layout: 'a rec set of patches with `all`, in git', options: {}, managed: 'fallout.nix' },
    {
      layout: 'a list in CRLF, in a folder without git',
      options: { git: false, patches: `{ lib, ... }:\n[\n  ${PATCH}\n]`.replaceAll('\n', '\r\n') },
      git: false,
      managed: 'fallout.nix',
    },
    {
      layout: 'a NixOS module',
      options: { files: { 'hosts/kernel.nix': MODULE }, wiring: importing('./hosts/kernel.nix'), patches: '{ }\n' },
      asked: { patches: 'hosts/kernel.nix' },
      managed: 'hosts/fallout.nix',
    },
    {
      layout: 'a host that only overrides its kernel',
      options: {
        files: { 'kernel.nix': OVERRIDE },
        wiring: importing('./kernel.nix'),
        patches: '{ }\n',
      },
      managed: 'fallout.nix',
    },
    {
      layout: 'lists of a patches.nix, joined in another file',
      options: {
        files: { 'kernel.nix': JOINING },
        wiring: importing('./kernel.nix'),
        patches: `{ lib, ... }:\nrec {\n  base = [ ${PATCH} ];\n  subtract = [ { name = "s"; patch = null; } ];\n}\n`,
      },
      managed: 'fallout.nix',
    },
    {
      layout: 'inside the file',
      options: {
        patches: `{ pkgs, ... }@args:\nwith pkgs.lib.kernel;\n[ ${PATCH.replace('with lib.kernel; ', '')} ]\n`,
      },
      asked: { inside: true },
      managed: 'patches.nix',
    },
    {
      layout: 'a nixpkgs that reads the old name',
      options: {
        kernel: { attributeMode: 'old' },
        patches: `{ lib, ... }: [ ${PATCH.replace('structuredExtraConfig', 'extraStructuredConfig')} ]`,
      },
      asked: { name: 'after-math' },
      managed: 'after-math.nix',
    },
  ];

  for (const { layout, options, git = true, asked = {}, managed } of layouts) {
    test(layout, async () => {
      const dir = await place.host(options);
      const before = await contents(dir);
      const status = git ? await place.git(dir, ['status', '--porcelain']) : '';

      const added = await place.init(dir, { yes: true, ...asked });
      expect(added.problem).toBeNull();
      expect(added.stdout).toContain('The managed patch reaches the kernel');
      const after = await contents(dir);
      expect(after[join(dir, managed)]).toContain('# falloutd: begin');

      const again = await place.init(dir, { yes: true, ...asked });
      expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Nothing to add') as string });
      expect(await contents(dir)).toEqual(after);

      expect((await place.once(dir)).outcome).toEqual({ kind: 'stable' });
      expect((await contents(dir))[join(dir, managed)]).toContain(
        'RTLWIFI = lib.mkOverride 40 (option no);'.replace('lib.', layout === 'inside the file' ? 'pkgs.lib.' : 'lib.'),
      );

      expect(await place.init(dir, { remove: true, yes: true })).toMatchObject({ exitCode: 0, problem: null });
      expect(await contents(dir)).toEqual(before);
      if (git) expect(await place.git(dir, ['status', '--porcelain'])).toBe(status);
    });
  }
});

test('shows the diff of every file and writes nothing where there is no terminal to ask on', async () => {
  const dir = await place.host();
  const before = await contents(dir);
  const said = await place.falloutd(dir, ['init']);
  expect(said.exitCode).toBe(2);
  expect(said.stderr).toContain('there is no terminal to ask on');
  expect(said.stdout).toContain('+    (import ./fallout.nix { inherit lib; })');
  expect(said.stdout).toContain('+++ fallout.nix');
  expect(said.stdout).toContain('+[target.demo]');
  expect(said.stdout).toContain('git add -N fallout.nix');
  expect(await contents(dir)).toEqual(before);
  expect(await place.git(dir, ['status', '--porcelain'])).toBe('');
});

test('a link to the patches file: the import stands beside the real one', async () => {
  const dir = await place.host({ patches: `{ lib, ... }:\n[\n  ${PATCH}\n]\n` });
  await mkdir(join(dir, 'kernel'));
  await writeFile(join(dir, 'kernel/mine.nix'), await readFile(join(dir, 'patches.nix')));
  await place.git(dir, ['rm', '--quiet', 'patches.nix']);
  await symlink('kernel/mine.nix', join(dir, 'patches.nix'));
  await place.commit(dir);
  const said = await place.init(dir, { yes: true });
  expect(said).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('reaches the kernel') as string });
  expect(existsSync(join(dir, 'kernel/fallout.nix'))).toBe(true);
});

describe('refusals write nothing', () => {
  const refused = async (dir: string): Promise<{ exitCode: number; message: string; hint: string }> => {
    const before = await contents(dir);
    const { exitCode, problem } = await place.init(dir, { yes: true });
    expect(await contents(dir)).toEqual(before);
    return {
      exitCode,
      message: `${problem?.file ?? ''}:${problem?.line ?? ''}: ${problem?.message ?? ''}`,
      hint: problem?.hint ?? '',
    };
  };

  test('a file with no certain list: the lines to add by hand', async () => {
    const dir = await place.host({
      patches: `{ lib, ... }: lib.mapAttrs (n: v: v) { a = ${PATCH}; }\n`,
      wiring: '{ lib, ... }: { boot = { kernelPatches = lib.mkMerge (import ./patches.nix { inherit lib; }); }; }',
    });
    const { exitCode, message, hint } = await refused(dir);
    expect(exitCode).toBe(3);
    expect(message).toContain('patches.nix:1: it is not clear where the managed patch belongs');
    expect(hint).toContain('\n(import ./fallout.nix { inherit lib; })\n');
  });

  test("a fallout.nix that is the user's own", async () => {
    const dir = await place.host({ files: { 'fallout.nix': '{ }\n' } });
    expect(await refused(dir)).toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('this file already exists') as string,
    });
  });

  test('a fallout.nix that git ignores', async () => {
    const dir = await place.host();
    await writeFile(join(dir, '.gitignore'), 'fallout.nix\n');
    expect(await refused(dir)).toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('git ignores this file') as string,
    });
  });

  test("a patch of the user's that has the name already", async () => {
    const dir = await place.host({ patches: `{ lib, ... }: [ ${PATCH.replace('mine', 'fallout')} ]` });
    expect(await refused(dir)).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('a patch called `fallout` already') as string,
    });
  });

  test('an attribute that does not exist: the ones that do', async () => {
    const dir = await place.host();
    await writeFile(
      join(dir, 'falloutd.toml'),
      '[target.demo]\nflake = "."\nattribute = "nixosConfigurations.dmeo.config.system.build.kernel"\n',
    );
    expect(await refused(dir)).toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('there is no `dmeo` in nixosConfigurations') as string,
      hint: 'there are: demo',
    });
  });
});

test("what is not falloutd's alone is left, and said to be", async () => {
  const dir = await place.host();
  await place.init(dir, { yes: true });
  await writeFile(join(dir, 'fallout.nix'), `# mine\n${await readFile(join(dir, 'fallout.nix'), 'utf8')}`);
  await writeFile(
    join(dir, 'falloutd.toml'),
    `${await readFile(join(dir, 'falloutd.toml'), 'utf8')}policy = "unset"\n`,
  );
  const said = await place.init(dir, { remove: true, yes: true });
  expect(said.exitCode).toBe(0);
  expect(said.stdout).toContain('fallout.nix stays: it contains more than the managed patch.');
  expect(said.stdout).toContain('falloutd.toml stays');
  expect(await place.git(dir, ['status', '--porcelain'])).toBe(' A fallout.nix\n?? falloutd.toml');
});

test('names the condition that keeps the managed patch away from the kernel', async () => {
  const dir = await place.host({
    files: { 'kernel.nix': MODULE.replace('= [', '= lib.mkIf (1 == 2) [') },
    wiring: importing('./kernel.nix'),
    patches: '{ }\n',
  });
  const { exitCode, problem } = await place.init(dir, { yes: true });
  expect(exitCode).toBe(3);
  expect(problem).toMatchObject({
    message: expect.stringContaining('a condition that does not hold for this host: (1 == 2)') as string,
    file: join(dir, 'kernel.nix'),
    line: 4,
  });
});

test('names the file that forces another list', async () => {
  const dir = await place.host({
    files: { 'kernel.nix': MODULE, 'other.nix': '{ lib, ... }:\n{\n  boot.kernelPatches = lib.mkForce [ ];\n}\n' },
    wiring: '{ imports = [ ./kernel.nix ./other.nix ]; }',
    patches: '{ }\n',
  });
  const { problem } = await place.init(dir, { yes: true });
  expect(problem).toMatchObject({ file: join(dir, 'other.nix'), line: 3 });
});

test('says at once that a managed patch which the kernel does not get is not enough', async () => {
  const dir = await place.host({
    wiring: '{ lib, ... }: { boot.kernelPatches = [ (builtins.head (import ./patches.nix { inherit lib; })) ]; }',
    patches: `{ lib, ... }:\n[\n  ${PATCH}\n]\n`,
  });
  const said = await place.init(dir, { yes: true });
  expect(said).toMatchObject({ exitCode: 3, stdout: expect.stringContaining('Added.') as string });
  expect(said.problem?.message).toContain('does not reach the kernel');
});

describe('a kernel built from a finished configuration: one line, and nothing is written', () => {
  test.each([
    ['a file', './config', '/config)'],
    [
      'a derivation',
      'builtins.derivation { name = "my-config"; system = "x86_64-linux"; builder = "/bin/sh"; }',
      '(my-config)',
    ],
    ['a text in the store', 'pkgs.writeText "my-config" "CONFIG_X=y"', '-my-config)'],
  ])('%s', async (_, configfile, shown) => {
    const kernel = `let k = { version = "6.12"; configfile = ${configfile}; kernelPatches = [ ]; override = _: k; }; in k`;
    const manual = `{ pkgs, ... }: { boot.kernelPackages = pkgs.linuxPackagesFor (${kernel}); }`;
    const patched = `{ lib, pkgs, ... }: { imports = [ (${manual}) ]; boot.kernelPatches = import ./patches.nix { inherit lib; }; }`;
    for (const [wiring, patches] of [
      [manual, '{ }\n'],
      [patched, `{ lib, ... }:\n[\n  ${PATCH}\n]\n`],
    ] as const) {
      const dir = await place.host({ wiring, patches, files: { config: 'CONFIG_X=y\n' } });
      const before = await contents(dir);
      const { exitCode, problem } = await place.init(dir, { yes: true });
      expect(exitCode).toBe(3);
      expect(problem?.message).toMatch(
        /is built from a finished configuration .*which the settings of kernelPatches cannot reach$/,
      );
      expect(problem?.message).toContain(shown);
      expect(await contents(dir)).toEqual(before);
    }
  });
});
