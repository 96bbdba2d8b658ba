/** The devices that somebody hands over: modaliases as sysfs has them, or what lspci and lsusb print. */
import { busOf } from '../kernel/modules/deviceBuses.ts';
import { moduleName } from '../kernel/modules/folderRules.ts';

export type Devices = {
  /** Each as its alias, with `*` for what the text does not tell. */
  aliases: string[];
  /** The drivers and modules that the devices are said to use, in the spelling of lsmod. */
  drivers: string[];
};

export type GivenDevices = ({ kind: 'devices' } & Devices) | { kind: 'unreadable'; message: string };

/** Reads one text. Lines that name no device are somebody's notes, or tell more of the device above them. */
export function readDevices(text: string): GivenDevices {
  const found = new Reading();
  for (const line of text.split('\n')) found.line(line.trimEnd());
  const { aliases, drivers } = found.end();
  if (aliases.length === 0)
    return { kind: 'unreadable', message: 'names no device: it has no modalias, and no line of lspci -nn or lsusb' };
  return { kind: 'devices', aliases, drivers };
}

const SLOT = /^(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]\s/i;
const PCI = /\[([0-9a-f]{4})\]:.*\[([0-9a-f]{4}):([0-9a-f]{4})\]/i;
/** `lspci -n`. */
const PCI_NUMBERS = /\s([0-9a-f]{4}): ([0-9a-f]{4}):([0-9a-f]{4})\b/i;
const INTERFACE = /\(prog-if ([0-9a-f]{2})\b/i;
const SUBSYSTEM = /^\s+Subsystem:.*?\[?([0-9a-f]{4}):([0-9a-f]{4})\]?\s*$/i;
const USED = /^\s+Kernel (?:driver in use|modules):\s*(.+)$/;
const USB = /^Bus \d+ Device \d+: ID ([0-9a-f]{4}):([0-9a-f]{4})\b/i;
const USB_DRIVER = /\bDriver=([\w-]+)/;
/** Behind the name of its file, as grep prints it, or of the variable, as udevadm does. */
const MODALIAS = /^(?:\S*\/modalias:|(?:E: )?MODALIAS=)?(\S.*)$/;

type PciDevice = { id: string; subsystem: string; kind: string };

class Reading {
  readonly #aliases = new Set<string>();
  readonly #drivers = new Set<string>();
  #pci: PciDevice | null = null;

  line(line: string): void {
    if (SLOT.test(line)) {
      this.#endPci();
      this.#pci = pciDevice(line);
      return;
    }
    const subsystem = SUBSYSTEM.exec(line);
    if (subsystem !== null && this.#pci !== null)
      this.#pci.subsystem = `sv${long(subsystem[1])}sd${long(subsystem[2])}`;
    for (const name of USED.exec(line)?.[1]?.split(/[,\s]+/) ?? []) this.#drivers.add(moduleName(name));
    const driver = USB_DRIVER.exec(line)?.[1];
    if (driver !== undefined) this.#drivers.add(moduleName(driver));
    const usb = USB.exec(line);
    for (const alias of usb === null ? [] : usbDevice(usb[1] ?? '', usb[2] ?? '')) this.#aliases.add(alias);
    const alias = MODALIAS.exec(line)?.[1] ?? '';
    if (busOf(alias) !== null) this.#aliases.add(alias);
  }

  end(): Devices {
    this.#endPci();
    return { aliases: [...this.#aliases], drivers: [...this.#drivers] };
  }

  #endPci(): void {
    if (this.#pci !== null) this.#aliases.add(`pci:${this.#pci.id}${this.#pci.subsystem}${this.#pci.kind}`);
    this.#pci = null;
  }
}

function pciDevice(line: string): PciDevice | null {
  const [, kind = '', vendor, device] = PCI.exec(line) ?? PCI_NUMBERS.exec(line) ?? [];
  if (vendor === undefined) return null;
  const interfaceOf = INTERFACE.exec(line)?.[1]?.toUpperCase() ?? '*';
  const classOf = kind.toUpperCase();
  return {
    id: `v${long(vendor)}d${long(device)}`,
    subsystem: 'sv*sd*',
    kind: `bc${classOf.slice(0, 2)}sc${classOf.slice(2)}i${interfaceOf}`,
  };
}

const long = (id = ''): string => id.toUpperCase().padStart(8, '0');

/** Beside lsusb's devices a machine may have any of those for input that sit on I²C. */
const I2C_INPUT = 'hid:b0018g*v*p*';

/** lsusb does not tell what a device is, except for the hubs that the kernel itself makes: it may be one for input. */
function usbDevice(vendor: string, product: string): string[] {
  const [v, p] = [vendor.toUpperCase(), product.toUpperCase()];
  if (v === '1D6B' && /^000[1-3]$/.test(p)) return [`usb:v${v}p${p}d*dc09dsc*dp*ic09isc*ip*in*`];
  return [`usb:v${v}p${p}d*dc*dsc*dp*ic*isc*ip*in*`, `hid:b0003g*v${long(v)}p${long(p)}`, I2C_INPUT];
}
