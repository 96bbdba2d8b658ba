import { describe, expect, test } from 'vitest';
import { nixString } from '../../../../src/nixfile/strings.ts';
import { evaluate, onePatch, savePatches, withHost } from '../../../helpers/standIn.ts';

const HIDRAW_OFF = (name: string): string =>
  `{ lib, ... }: [ { name = "mine"; patch = null; ${name}.HIDRAW = lib.mkForce lib.kernel.no; } ]`;
const hidraw = 'k: k.configfile.structuredConfig.HIDRAW.tristate';

describe("the two names of a patch's settings", () => {
  test.each([
    ['new', 'y', ''],
    ['old', 'n', ''],
    ['both', 'n', 'Passing `extraStructuredConfig` to the Linux kernel'],
    ['throws', null, 'via `boot.kernelPatches` in NixOS) is not supported anymore. Use\n'],
  ] as const)('where nixpkgs reads %s, extraStructuredConfig gives %s', async (attributeMode, expected, said) => {
    await withHost({ kernel: { attributeMode }, patches: HIDRAW_OFF('extraStructuredConfig') }, async (host) => {
      const exit = await evaluate(host, '', hidraw);
      expect(exit.code === 0 ? JSON.parse(exit.stdout) : null).toBe(expected);
      expect(exit.stderr.replace(/^ +/gm, '')).toContain(said);
      await savePatches(host, HIDRAW_OFF('structuredExtraConfig'));
      expect(JSON.parse((await evaluate(host, '', hidraw)).stdout)).toBe(attributeMode === 'old' ? 'y' : 'n');
    });
  });
});

test('patches come from several modules, under conditions, in order', async () => {
  const patch = (name: string): string => `{ name = "${name}"; patch = null; }`;
  await withHost(
    {
      patches: '{ lib, ... }: [ ]',
      files: {
        'more.nix': `{ lib, config, pkgs, ... }: {
      imports = [ { boot.kernelPatches = lib.mkAfter [ ${patch('last')} ]; } ];
      config = lib.mkIf (config.networking.hostName == "demo") {
        boot = lib.mkMerge [
          { kernelPackages = pkgs.linuxPackages_latest; }
          { kernelPatches = lib.mkBefore [ ${patch('first')} ]; }
          (lib.mkIf false { kernelPatches = [ ${patch('never')} ]; })
          { kernelPatches = lib.singleton ${patch('middle')}; }
        ];
      };
    }`,
      },
      wiring: './more.nix',
    },
    async (host) => {
      const names = await evaluate(host, '.kernelPatches', 'map (p: p.name)');
      expect(JSON.parse(names.stdout)).toEqual(['bridge-stp-helper', 'first', 'middle', 'last']);
    },
  );
});

// Computed ones have no place at all (mapAttrs) or one inside lib (genAttrs).
test('where a binding stands is known for plain bindings, not for computed ones', async () => {
  const patches = `{ lib, ... }:
with lib.kernel;
[
  { name = "plain"; patch = null; structuredExtraConfig = { RTLWIFI = no; }; }
  { name = "mapped"; patch = null; structuredExtraConfig = lib.mapAttrs (_: lib.mkForce) { SND_SOC = no; }; }
  { name = "listed"; patch = null; structuredExtraConfig = lib.genAttrs [ "DRM_AMDGPU" "BT" ] (_: option no); }
]
`;
  await withHost({ patches }, async (host) => {
    const exit = await evaluate(
      host,
      '.kernelPatches',
      `map (p: builtins.mapAttrs (n: v: {
      at = let pos = builtins.unsafeGetAttrPos n p.structuredExtraConfig; in if pos == null || builtins.match ".*/patches.nix" pos.file == null then null else { inherit (pos) line column; };
      priority = v.priority or 100;
    }) p.structuredExtraConfig or { })`,
    );
    expect(JSON.parse(exit.stdout)).toEqual([
      {},
      { RTLWIFI: { at: { line: 4, column: 61 }, priority: 100 } },
      { SND_SOC: { at: null, priority: 50 } },
      { BT: { at: null, priority: 100 }, DRM_AMDGPU: { at: null, priority: 100 } },
    ]);
  });
});

test("a conflict is an evaluation error that names the symbol and the user's side as unknown", async () => {
  await withHost({ patches: onePatch('HIDRAW = no;') }, async (host) => {
    const exit = await evaluate(host, '.configfile.drvPath');
    expect(exit.code).not.toBe(0);
    expect(exit.stderr.replace(/^ +/gm, '')).toContain(
      "The option `settings.HIDRAW.tristate' has conflicting definition values:\n" +
        '- In `pkgs/os-specific/linux/kernel/common-config.nix\': "y"\n- In `<unknown-file>\': "n"\n',
    );
  });
});

test('a host without git, and an attribute set whose `all` is the list', async () => {
  await withHost(
    { git: false, patches: '{ lib, pkgs, ... }: rec { one = { name = "one"; patch = null; }; all = [ one ]; }' },
    async (host) => {
      const exit = await evaluate(host, '.kernelPatches', 'map (p: p.name)');
      expect(JSON.parse(exit.stdout)).toEqual(['bridge-stp-helper', 'one']);
    },
  );
});

test('a text survives as a Nix string', () => {
  expect(nixString('a "b" ${c} \\ \n')).toBe('"a \\"b\\" \\${c} \\\\ \\n"');
});
