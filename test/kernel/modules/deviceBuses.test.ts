import { expect, it } from 'vitest';
import { busOf, sourceBuses } from '../../../src/kernel/modules/deviceBuses.ts';

it.each([
  ['MODULE_DEVICE_TABLE(pci, e1000_pci_tbl);', 'pci'],
  ['\tMODULE_DEVICE_TABLE( of, ids);', 'of'],
  ['MODULE_DEVICE_TABLE(pnp_card, ids);', 'pnp'],
  ['MODULE_DEVICE_TABLE(x86cpu, ids);', null],
  ['MODULE_ALIAS("platform:" DRIVER_NAME);', 'platform'],
  ['MODULE_ALIAS("dmi*:svnLENOVO*");', 'dmi'],
  ['MODULE_ALIAS("scsi:t-0x00*");', null],
  ['MODULE_ALIAS("devname:mapper/control");', null],
  ['MODULE_ALIAS(NAME);', null],
  ['MODULE_ALIAS_FS("ext4");', null],
])('%s', (line, bus) => {
  expect(sourceBuses(`./drivers/a/b.c:${line}\n`)).toEqual([{ file: './drivers/a/b.c', bus }]);
});

it.each([
  ['acpi*:PNP0C0A:*', 'acpi'],
  ['usb:v046D', 'usb'],
  ['cpu:type:x86', null],
  ['http://example.org', null],
  ['fs-ext4', null],
])('the bus of %s', (alias, bus) => expect(busOf(alias)).toBe(bus));
