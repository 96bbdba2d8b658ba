import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { FlakeCopy, messageOf, valueOf } from '../helpers/flakeCopy.ts';

const ROOT = new URL('../../', import.meta.url);
const readJson = (path: string): unknown => JSON.parse(readFileSync(fileURLToPath(new URL(path, ROOT)), 'utf8'));
const { version, description } = readJson('package.json') as { version: string; description: string };

const copy = new FlakeCopy();
afterAll(() => copy.remove());

const value = async <T>(expression: string): Promise<T> => valueOf(await copy.evaluate<T>(expression));

describe('the flake', () => {
  it('gives every output on both systems', async () => {
    const both = (output: unknown): unknown => ({ 'x86_64-linux': output, 'aarch64-linux': output });
    const derivation = (name: string): object => ({ type: 'derivation', name });
    const falloutd = { ...derivation(`falloutd-${version}`), description };
    expect(valueOf(await copy.show())).toEqual({
      apps: both({ default: { type: 'app' } }),
      checks: both({
        package: falloutd,
        module: derivation('unit-falloutd.service'),
        vm: derivation('falloutd'),
      }),
      devShells: both({ default: derivation('shell') }),
      formatter: both(derivation('treefmt')),
      homeModules: { type: 'unknown' },
      nixosModules: { default: { type: 'nixos-module' } },
      overlays: { default: { type: 'nixpkgs-overlay' } },
      packages: both({ default: falloutd, falloutd }),
    });
  });

  it('runs the command of its package; the overlay has the same one', async () => {
    const [program, path, overlaid] = await value<string[]>(
      '[ flake.apps.x86_64-linux.default.program "${flake.packages.x86_64-linux.default}" "${(flake.overlays.default pkgs { }).falloutd}" ]',
    );
    expect(program).toBe(`${path}/bin/falloutd`);
    expect(overlaid).toBe(path);
  });

  it('names nixpkgs alone as an input', async () => {
    expect(await value('(import ./flake.nix).inputs')).toEqual({
      nixpkgs: { url: expect.stringMatching(/^github:NixOS\/nixpkgs\//) as string },
    });
  });
});

describe('the package', () => {
  it('gives each locked package the address that npm would take', async () => {
    const { packages } = readJson('package-lock.json') as { packages: Record<string, { version: string }> };
    const addresses = await value<Record<string, string>>('flake.packages.x86_64-linux.default.npmDeps.addresses');
    expect(Object.keys(addresses)).toEqual(
      Object.keys(packages)
        .filter((path) => path !== '')
        .sort(),
    );
    expect(addresses['node_modules/better-sqlite3']).toBe(
      `https://registry.npmjs.org/better-sqlite3/-/better-sqlite3-${packages['node_modules/better-sqlite3']?.version ?? ''}.tgz`,
    );
    expect(addresses['node_modules/@lezer/lr']).toBe('https://registry.npmjs.org/@lezer/lr/-/lr-1.4.12.tgz');
    const nested = Object.keys(packages).find((path) => path.split('node_modules/').length > 2) ?? '';
    expect(addresses[nested]).toContain(`/${nested.split('node_modules/').at(-1) ?? ''}/-/`);
  });

  it('does not depend on tests or documents', async () => {
    const sources = await value<Record<string, string>>('builtins.readDir flake.packages.x86_64-linux.default.src');
    expect(Object.keys(sources).sort()).toEqual([
      'LICENSE',
      'config',
      'package-lock.json',
      'package.json',
      'src',
      'tsconfig.json',
    ]);
  });

  it('compiles natively, and is checked where it can run', async () => {
    expect(
      await value(
        '{ inherit (flake.packages.x86_64-linux.default) npm_config_build_from_source npmPackFlags doInstallCheck; other = flake.packages.aarch64-linux.default.doInstallCheck; }',
      ),
    ).toEqual({
      npm_config_build_from_source: 'true',
      npmPackFlags: ['--ignore-scripts'],
      doInstallCheck: true,
      other: true,
    });
  });
});

describe('the stub of nixpkgs', () => {
  const others: FlakeCopy[] = [];
  afterEach(() => {
    for (const other of others.splice(0)) other.remove();
  });
  const changed = async (path: string, from: string, to: string, expression: string): Promise<string> => {
    const other = new FlakeCopy();
    others.push(other);
    other.edit(path, (text) => {
      expect(text).toContain(from);
      return text.replace(from, to);
    });
    return messageOf(await other.evaluate(expression));
  };
  const PACKAGE = 'flake.packages.x86_64-linux.default.outPath';

  it.each([
    ['npmPackFlags', 'npmPakFlags', /unexpected argument 'npmPakFlags'|without required argument 'npmPackFlags'/],
    ['  git,\n', '  git,\n  mercurial,\n', /without required argument 'mercurial'/],
    ['gzip\n            xz', 'gzip\n            bzip2', /undefined variable 'bzip2'/],
    ['/LICENSE"', '/COPYING"', /COPYING does not exist/],
  ])('knows no other argument, package or file: %j for %j', async (from, to, message) => {
    expect(await changed('config/nix/package.nix', from, to, PACKAGE)).toMatch(message);
  });

  it('needs an address for each locked package', async () => {
    expect(await changed('config/nix/package-lock.nix', 'resolved = address', 'address = address', PACKAGE)).toMatch(
      /importNpmLock: node_modules\/\S+ has no address/,
    );
  });

  it('knows no other option', async () => {
    expect(
      await changed('config/nix/nixos-module.nix', 'wantedBy =', 'wantdBy =', '(nixos { }).systemd.services.falloutd'),
    ).toContain("The option `systemd.services.falloutd.wantdBy' does not exist.");
  });

  it('has a Node that may be too old', async () => {
    expect(
      messageOf(
        await copy.evaluate(
          '(pkgs.callPackage ./config/nix/package.nix { nodejs = pkgs.nodejs // { version = "20.18.1"; }; }).outPath',
        ),
      ),
    ).toContain('falloutd needs Node 20.19 or newer, and this nixpkgs has 20.18.1');
  });
});
