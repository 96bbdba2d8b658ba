import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeHost, type Host } from '../../../../src/setup/demo/demoHost.ts';
import {
  buildConfig,
  evaluate,
  onePatch,
  realise,
  savePatches,
  temporaryHost,
  withHost,
} from '../../../helpers/standIn.ts';

let host: Host;
beforeAll(async () => {
  host = await temporaryHost();
});
afterAll(async () => removeHost(host));

async function value(attribute: string, apply?: string): Promise<unknown> {
  const exit = await evaluate(host, attribute, apply);
  if (exit.code !== 0) throw new Error(exit.stderr);
  return JSON.parse(exit.stdout);
}

describe('the kernel and its config', () => {
  test('carry what nixpkgs gives them', async () => {
    await savePatches(
      host,
      onePatch('RTLWIFI = option no; NR_CPUS = lib.mkForce (freeform "8");', 'extraConfig = "SYSVIPC n\\n";'),
    );
    expect(
      await value(
        '',
        `k: {
      inherit (k) version config structuredExtraConfig extraConfig;
      name = k.configfile.name;
      patches = map (p: p.name) k.kernelPatches;
      common = k.commonStructuredConfig.HIDRAW;
      settings = { inherit (k.configfile.moduleStructuredConfig.settings) RTLWIFI NR_CPUS HIDRAW; };
      same = k.configfile.structuredConfig == k.configfile.moduleStructuredConfig.settings;
      override = builtins.isFunction k.override;
      inherit (k.configfile) kernelBaseConfig autoModules preferBuiltin ignoreConfigErrors kernelArch;
      kernelConfig = builtins.match ".*RTLWIFI\\\\? n\\n.*SYSVIPC n\\n" k.configfile.kernelConfig != null;
      passAsFile = k.configfile.passAsFile;
    }`,
      ),
    ).toEqual({
      version: '6.12.0',
      config: { CONFIG_MODULES: 'y', CONFIG_FW_LOADER: 'y', CONFIG_RUST: 'n' },
      structuredExtraConfig: {},
      extraConfig: '',
      name: 'linux-config-6.12.0',
      patches: ['bridge-stp-helper', 'mine'],
      common: { tristate: 'y', optional: false },
      settings: {
        RTLWIFI: { tristate: 'n', freeform: null, optional: true },
        NR_CPUS: { tristate: null, freeform: '8', optional: false },
        HIDRAW: { tristate: 'y', freeform: null, optional: false },
      },
      same: true,
      override: true,
      kernelBaseConfig: 'defconfig',
      autoModules: true,
      preferBuiltin: true,
      ignoreConfigErrors: false,
      kernelArch: 'x86_64',
      kernelConfig: true,
      passAsFile: ['kernelConfig'],
    });
  });

  test('take a setting through override too', async () => {
    const settings = await value(
      '',
      'k: (k.override { structuredExtraConfig.HIDRAW = { tristate = "m"; }; }).configfile.structuredConfig.HIDRAW',
    ).catch(String);
    expect(settings).toContain('- In `structuredExtraConfig\': "m"');
  });

  test('config: another script in its place, and errors ignored, by overrideAttrs', async () => {
    const drvPath = await value(
      '.configfile',
      `c: (c.overrideAttrs (old: {
      ignoreConfigErrors = true;
      generateConfig = builtins.toFile "probe.pl" "system('cp', '/dev/null', $ENV{'BUILD_ROOT'} . '/.config'); print STDERR 'ignoring: ' . $ENV{'ignoreConfigErrors'}";
    })).drvPath`,
    );
    expect((await realise(host, drvPath as string)).log).toContain('ignoring: 1');
  });

  test('whatever is wished, the configfile with another script and without a request is one derivation; only Rust brings other tools', async () => {
    const drvPath = async (settings: string): Promise<unknown> => {
      await savePatches(host, onePatch(settings));
      return value(
        '.configfile',
        `c: (c.overrideAttrs (_: { generateConfig = builtins.toFile "other.pl" ""; kernelConfig = ""; })).drvPath`,
      );
    };
    const without = await drvPath('');
    expect(await drvPath('RTLWIFI = no; NR_CPUS = lib.mkForce (freeform "8");')).toBe(without);
    expect(await drvPath('NO_SUCH_SYMBOL = yes; PREEMPT = yes;')).toBe(without);
    expect(await drvPath('RUST = no;')).toBe(without);
    expect(await drvPath('RUST = yes;')).not.toBe(without);
  });

  test('make is told its tools by flags alone, those of the platform before those of the kernel', async () => {
    const flags = async (change: string): Promise<unknown> =>
      value('', `k: (k.override ${change}).configfile.makeFlags`);
    expect(await flags('{ extraMakeFlags = [ "LLVM=1" ]; }')).toEqual(
      expect.arrayContaining(['CC=gcc', 'LD=ld', 'HOSTCC=gcc', 'ARCH=x86_64', 'CROSS_COMPILE=', 'LLVM=1']),
    );
    expect(await flags('{ system = "aarch64-linux"; }')).toEqual(
      expect.arrayContaining([
        'CC=aarch64-linux-gnu-gcc',
        'HOSTCC=gcc',
        'ARCH=arm64',
        'CROSS_COMPILE=aarch64-linux-gnu-',
      ]),
    );
    expect(await flags('{ compiler = "llvm"; }')).toEqual(
      expect.arrayContaining(['CC=clang', 'LD=ld.lld', 'AR=llvm-ar', 'HOSTCC=gcc', 'CROSS_COMPILE=']),
    );
    expect(await flags('(old: { commonMakeFlags = false; extraMakeFlags = [ "LLVM=1" ]; })')).toEqual(['LLVM=1']);
    expect(await value('', 'k: (k.override { defconfig = "defconfig LLVM=1"; }).configfile.kernelBaseConfig')).toBe(
      'defconfig LLVM=1',
    );
  });

  test('Rust that is asked for and not found ends the build after the script', async () => {
    await savePatches(host, onePatch('RUST = option yes;'));
    const built = await buildConfig(host);
    expect(built.green).toBe(false);
    expect(built.lines).toContain('warning: unused option: RUST');
    expect(built.lines).toContain("Kernel config didn't find Rust toolchain?");
  });

  test('phases are announced as stdenv does', async () => {
    await savePatches(host, onePatch(''));
    const { lines } = await buildConfig(host);
    expect(lines.filter((line) => line.startsWith('@nix '))).toEqual(
      ['unpackPhase', 'patchPhase', 'configurePhase', 'buildPhase', 'installPhase'].map(
        (phase) => `@nix { "action": "setPhase", "phase": "${phase}" }`,
      ),
    );
  });

  test('the whole kernel builds with that config', async () => {
    await savePatches(host, onePatch('WLAN = no; SOUND = no;'));
    const built = await realise(host, (await value('.drvPath')) as string);
    expect(built.code).toBe(0);
    const out = join(host.dir, '.demo/nix', built.stdout.trim().split('/.demo/nix/')[1] ?? '');
    const modules = await readdir(join(out, 'lib/modules/6.12.0'));
    expect(modules).toContain('btrfs_fs.ko');
    expect(modules).not.toContain('rtlwifi.ko');
    expect(await readFile(join(out, 'System.map'), 'utf8')).toContain('symbol_EXT4_FS');
  });
});

describe('a source patch', () => {
  const patch =
    '--- a/Kconfig\n+++ b/Kconfig\n@@ -1 +1 @@\n-mainmenu "Linux/x86 6.12.0 Kernel Configuration"\n+mainmenu "Patched"\n';
  const patches = '{ lib, ... }: [ { name = "title"; patch = ./title.patch; } ]';

  test('is applied before the config is made', async () => {
    await withHost({ patches, files: { 'title.patch': patch } }, async (patched) => {
      const built = await buildConfig(patched);
      expect(built.green).toBe(true);
      expect(built.lines).toContain('GOT: * Patched');
    });
  });

  test('that does not apply fails in its phase, and the script says nothing', async () => {
    await withHost(
      { patches, files: { 'title.patch': patch.replace('-mainmenu "Linux', '-mainmenu "Minix') } },
      async (patched) => {
        const built = await buildConfig(patched);
        expect(built.green).toBe(false);
        expect(built.lines.filter((line) => line.startsWith('@nix ')).at(-1)).toContain('patchPhase');
        expect(built.lines.join('\n')).toContain('1 out of 1 hunk FAILED');
      },
    );
  });
});
