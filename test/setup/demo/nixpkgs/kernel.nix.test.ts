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
      inherit (k.configfile) kernelBaseConfig autoModules preferBuiltin ignoreConfigErrors kernelArch makeFlags;
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
      makeFlags: [],
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

  test('phases are announced as stdenv does', async () => {
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
