import fc from 'fast-check';
import { expect, it } from 'vitest';
import { byMenu, nixText } from '../../src/generate/nixPatches.ts';
import type { PatchSetting } from '../../src/kernel/patchSettings.ts';
import { valueOf } from '../../src/model/value.ts';
import { NixFile } from '../../src/nixfile/nixFile.ts';

const setting = (symbol: string, text: string, more: Partial<PatchSetting> = {}): PatchSetting => ({
  symbol,
  value: valueOf(text),
  priority: 100,
  prompt: null,
  menus: [],
  reason: { kind: 'keep' },
  ...more,
});

it('groups settings by their two outermost menus, and writes them in the words of nixpkgs', () => {
  const net = ['Device Drivers', 'Network device support', 'Wireless LAN'];
  const patches = byMenu([
    setting('WLAN', 'n', { menus: net.slice(0, 2), prompt: 'Wireless LAN' }),
    setting('64BIT', 'y', { priority: 50, menus: ['General setup'] }),
    setting('ATH9K', 'm', { menus: net, priority: 50 }),
    setting('CMDLINE', 'a "b" ${c}', { priority: 39, prompt: 'text\nwith a line end' }),
  ]);
  expect(nixText(patches, 'structuredExtraConfig', { command: 'falloutd patch from-config', file: 'old.nix' })).toBe(`\
# 4 settings, by \`falloutd patch from-config\`. Add the list to your kernel patches:
#   boot.kernelPatches = import ./old.nix { inherit lib; };
{ lib, ... }:
[
  # 2 settings
  {
    name = "Device Drivers: Network device support";
    patch = null;
    structuredExtraConfig = with lib.kernel; {
      WLAN = no; # Wireless LAN
      ATH9K = lib.mkForce module;
    };
  }
  # 1 setting
  {
    name = "General setup";
    patch = null;
    structuredExtraConfig = with lib.kernel; {
      "64BIT" = lib.mkForce yes;
    };
  }
  # 1 setting
  {
    name = "Top level";
    patch = null;
    structuredExtraConfig = with lib.kernel; {
      CMDLINE = lib.mkOverride 39 (freeform "a \\"b\\" \\\${c}"); # text with a line end
    };
  }
]
`);
});

it('is always Nix that can be read', () => {
  const text = fc.string({ unit: 'binary', maxLength: 12 });
  const any = fc
    .record({ symbol: fc.stringMatching(/^\w{1,8}$/), value: text, prompt: text, menu: text, priority: fc.integer() })
    .map(({ value, menu, ...rest }) =>
      setting(rest.symbol, value.replaceAll('\0', ''), {
        ...rest,
        menus: [menu],
        value: { kind: 'freeform', text: value.replaceAll('\0', '') },
      }),
    );
  fc.assert(
    fc.property(fc.uniqueArray(any, { selector: ({ symbol }) => symbol, maxLength: 6 }), (settings) => {
      expect(
        NixFile.parse(nixText(byMenu(settings), 'structuredExtraConfig', { command: 'a test', file: null })).kind,
      ).toBe('file');
    }),
    { numRuns: 30 },
  );
});
