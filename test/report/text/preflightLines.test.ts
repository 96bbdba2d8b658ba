import { expect, it } from 'vitest';
import type { Miss, Preflight } from '../../../src/model/preflight.ts';
import { isFatal, preflightLines } from '../../../src/report/text/preflightLines.ts';
import { PLAIN } from '../../../src/report/text/style.ts';

const by = { kind: 'patch' as const, name: 'small', index: 0 };
const root = {
  symbol: 'USB_SUPPORT',
  value: 'n',
  by,
  position: { file: '/etc/nixos/patches.nix', line: 31, column: 5 },
};
const usb: Miss = {
  need: { kind: 'initrd', module: 'xhci_pci', file: null, from: 'defaults' },
  severity: 'error',
  symbols: [{ symbol: 'USB_XHCI_PCI', value: 'n' }],
  roots: [root],
};
const lines = (found: Preflight, width = 78): string => preflightLines(found, 'demo', { ...PLAIN, width }).join('\n');

it('says who needs what, which symbol is missing, and which wish took it away', () => {
  const misses: Miss[] = [
    {
      need: { kind: 'loaded', module: 'kvm_intel', file: '/etc/nixos/hardware.nix' },
      severity: 'warning',
      symbols: [{ symbol: 'KVM_INTEL', value: 'n' }],
      roots: [],
    },
    usb,
  ];
  const unknown = [{ kind: 'initrd' as const, module: 'tpm_crb_ffa', file: null, from: 'host' as const }];
  expect(`\n${lines({ misses, unknown, met: 51 })}\n`).toBe(`
demo: 1 error and 1 warning, 51 needs met, 1 not known
  ✗ initrd needs xhci_pci (USB_XHCI_PCI), which is n because of
    /etc/nixos/patches.nix:31 USB_SUPPORT = no
  ! boot.kernelModules of /etc/nixos/hardware.nix needs kvm_intel (KVM_INTEL),
    which is n
  → NixOS itself puts one of these into every initrd;
    \`boot.initrd.includeDefaultModules = false\` leaves that list out, and
    boot.initrd.availableKernelModules names what this machine needs
  ? not in the sources of this kernel: the initrd names tpm_crb_ffa
`);
});

it('is an error only where something fails', () => {
  expect(isFatal({ misses: [usb] })).toBe(true);
  expect(isFatal({ misses: [{ ...usb, severity: 'warning' }] })).toBe(false);
  expect(lines({ misses: [], unknown: [], met: 60 })).toBe('demo: nothing is missing, 60 needs met');
});

it('names NixOS requirements by their own line, and modules that are off altogether', () => {
  const misses: Miss[] = [
    {
      need: { kind: 'required', line: 'CONFIG_TMPFS=y', message: 'CONFIG_TMPFS is not yes!' },
      severity: 'error',
      symbols: [{ symbol: 'TMPFS', value: 'n' }],
      roots: [],
    },
    { need: { kind: 'modules' }, severity: 'error', symbols: [{ symbol: 'MODULES', value: 'n' }], roots: [] },
  ];
  expect(lines({ misses, unknown: [], met: 3 }, 120)).toContain('NixOS needs CONFIG_TMPFS=y (TMPFS), which is n');
  expect(lines({ misses, unknown: [], met: 3 }, 120)).toContain(
    'modules_install, which nixpkgs runs for every kernel, needs modules (MODULES)',
  );
});
