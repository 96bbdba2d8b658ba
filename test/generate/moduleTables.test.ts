import { expect, it } from 'vitest';
import { modulesFor, moduleTables } from '../../src/generate/moduleTables.ts';

const tables = moduleTables({
  alias: [
    '# Aliases extracted from modules themselves.',
    'alias pci:v00008086d00001502sv*sd*bc*sc*i* e1000e',
    'alias acpi*:PNP0C0A:* battery',
    'alias dmi*:pn*Think Pad*: think-pad',
    'alias fs-ext4 ext4',
    'alias cpu:type:x86,ven*fam*mod*:feature:*0099* aesni_intel',
  ].join('\n'),
  order: 'kernel/drivers/net/e1000e.ko\nkernel/drivers/acpi/battery.ko.xz\nkernel/fs/ext4/ext4.ko\n',
  builtin: 'kernel/drivers/usb/host/xhci-pci.ko\n',
  builtinModinfo: 'xhci_pci.license=GPL\0xhci_pci.alias=pci:v*d*sv*sd*bc0Csc03i30*\0',
});

it('has the modules, also those that are built in, with the buses of their devices', () => {
  expect(Object.fromEntries(tables.buses)).toEqual({
    e1000e: ['pci'],
    battery: ['acpi'],
    think_pad: ['dmi'],
    ext4: [],
    aesni_intel: [],
    xhci_pci: ['pci'],
  });
});

it('finds the modules of devices', () => {
  const devices = ['acpi:PNP0C0A:', 'pci:v00008086d0000A0EDsv000017AAsd000022D5bc0Csc03i30', 'dmi:pnThink Pad X:'];
  expect([...modulesFor(tables, devices)]).toEqual([
    ['battery', devices[0]],
    ['xhci_pci', devices[1]],
    ['think_pad', devices[2]],
  ]);
});
