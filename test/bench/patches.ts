import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attributeName } from '../../src/nixfile/strings.ts';

/** Wishes of a user as a patch: symbol to value of lib.kernel. */
export type Wishes = Readonly<Record<string, 'yes' | 'no' | 'module'>>;

/** Five subsystems off, and thirty drivers below them: a dozen differ from nixpkgs' defaults at equal priority. */
export const SUBSYSTEMS: Wishes = Object.fromEntries(
  [
    'SCSI',
    'DRM',
    'SND_SOC',
    'USB_SERIAL',
    'WLAN',
    'SCSI_LOWLEVEL',
    'SCSI_SAS_ATA',
    'MEGARAID_NEWGEN',
    'SCSI_MPT3SAS',
    'SCSI_AACRAID',
    'SCSI_VIRTIO',
    'DRM_AMDGPU_SI',
    'DRM_GMA500',
    'DRM_SIMPLEDRM',
    'DRM_FBDEV_EMULATION',
    'DRM_I915',
    'DRM_NOUVEAU',
    'DRM_RADEON',
    'DRM_AST',
    'SND_SOC_SOF_TOPLEVEL',
    'SND_SOC_SOF_PCI',
    'SND_SOC_SOF_TIGERLAKE',
    'SND_SOC_RT5640',
    'SND_SOC_MAX98090',
    'SND_SOC_CROS_EC_CODEC',
    'USB_SERIAL_GENERIC',
    'USB_SERIAL_CONSOLE',
    'USB_SERIAL_FTDI_SIO',
    'USB_SERIAL_PL2303',
    'USB_SERIAL_CP210X',
    'ATH9K',
    'IWLWIFI',
    'RTLWIFI',
    'RTW88',
    'B43',
  ].map((symbol) => [symbol, 'no']),
);

/** A kernel without modules: every question that nixpkgs or autoModules answers `m` is refused. */
export const MONOLITHIC: Wishes = { MODULES: 'no' };

/** What a list made of `localmodconfig` asks: thousands of drivers of a source off, those below others included. */
export function driversOff(tree: string, count: number): Wishes {
  const names = readdirSync(tree, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?:^|\/)Kconfig[^/]*$/.test(file) && !/^(?:arch\/(?!x86)|scripts|Documentation)/.test(file))
    .sort()
    .flatMap((file) => [...readFileSync(join(tree, file), 'utf8').matchAll(/^config (\w+)\n\t(?:tristate|bool) "/gm)])
    .flatMap(([, name]) => name ?? []);
  return Object.fromEntries(names.slice(0, count).map((name) => [name, 'no']));
}

/** patches.nix with one patch of wishes, and the managed patch behind it with these lines. */
export function patchesText(wishes: Wishes, managed: readonly string[] = []): string {
  const lines = (texts: readonly string[]): string => texts.map((text) => `      ${text}\n`).join('');
  return `{ lib, ... }:
[
  {
    name = "mine";
    patch = null;
    structuredExtraConfig = with lib.kernel; {
${lines(Object.entries(wishes).map(([symbol, value]) => `${attributeName(symbol)} = ${value};`))}    };
  }
  # falloutd: begin fallout
  {
    name = "fallout";
    patch = null;
    structuredExtraConfig = with lib.kernel; {
${lines(managed)}    };
  }
  # falloutd: end fallout
]
`;
}
