import { expect, it } from 'vitest';
import { readDevices } from '../../src/generate/givenDevices.ts';

const LSPCI = `00:14.0 USB controller [0c03]: Intel Corporation [8086:a0ed] (rev 20) (prog-if 30 [XHCI])
	Subsystem: Lenovo Device [17aa:22d5]
	Kernel driver in use: xhci_hcd
	Kernel modules: xhci_pci, other-one
0000:c1:00.0 Non-Volatile memory controller [0108]: Sandisk Corp WD [Black] [15b7:5006]
`;

it.each([
  [
    'lspci -nnk',
    LSPCI,
    ['pci:v00008086d0000A0EDsv000017AAsd000022D5bc0Csc03i30', 'pci:v000015B7d00005006sv*sd*bc01sc08i*'],
    ['xhci_hcd', 'xhci_pci', 'other_one'],
  ],
  ['lspci -n', '00:1f.2 0106: 8086:1e03 (rev 04)\n', ['pci:v00008086d00001E03sv*sd*bc01sc06i*'], []],
  [
    'lsusb',
    'Bus 002 Device 001: ID 1d6b:0003 Linux Foundation 3.0 root hub\nBus 001 Device 003: ID 046d:c52b Logitech, Inc.\n',
    [
      'usb:v1D6Bp0003d*dc09dsc*dp*ic09isc*ip*in*',
      'usb:v046DpC52Bd*dc*dsc*dp*ic*isc*ip*in*',
      'hid:b0003g*v0000046Dp0000C52B',
      'hid:b0018g*v*p*',
    ],
    [],
  ],
  [
    'lsusb -t',
    'usb:v1p1\n    |__ Port 1: Dev 2, If 0, Class=Human Interface Device, Driver=usbhid, 12M\n',
    ['usb:v1p1'],
    ['usbhid'],
  ],
  [
    'modaliases, as cat, grep and udevadm print them',
    '/sys/devices/pnp0/00:01/modalias:acpi:PNP0303:\nE: MODALIAS=hid:b0003g0001v0000046Dp0000C52B\ndmi:bvnA B:pvr1:\n',
    ['acpi:PNP0303:', 'hid:b0003g0001v0000046Dp0000C52B', 'dmi:bvnA B:pvr1:'],
    [],
  ],
])('%s', (_, text, aliases, drivers) => {
  expect(readDevices(text)).toEqual({ kind: 'devices', aliases, drivers });
});

it.each(['', 'my laptop: a good one\nhttp://example.org\n', 'CONFIG_A=y\n', '00:14.0 USB controller: Intel\n'])(
  '%j names no device',
  (text) => expect(readDevices(text).kind).toBe('unreadable'),
);
