/** What modules are loaded for, from the lines of their sources with `MODULE_DEVICE_TABLE` and `MODULE_ALIAS`: devices on a bus, or else. */

export type SourceBus = {
  /** The source, as the line names it. */
  file: string;
  /** As aliases of its devices begin; null: the line names no hardware. */
  bus: string | null;
};

/**
 * The buses that hardware sits on. Others have tables, too: `x86cpu` names what the processor can do, `scsi` kinds of disks, `nd` and `dax`
 * memory. Their modules serve no single device.
 */
const BUSES = new Set(
  [
    'pci usb pcmcia ieee1394 eisa pnp isapnp isa parport serio input hid',
    'platform acpi of dmi wmi i2c i3c spi mdio amba scmi spmi slimbus sdw hdaudio',
    'sdio mmc memstick tifm typec tbsvc thunderbolt ssb bcma mei ishtp mhi auxiliary rpmsg',
    'virtio vmbus xen ssam greybus gbphy coreboot peci cdx fslmc fsl-mc mcb dfl ulpi',
    'parisc zorro vio ccw ccwgroup ap css tc gio macio rapidio ipack fsi',
  ].flatMap((words) => words.split(' ')),
);

/** Tables whose aliases begin otherwise. */
const ALIASED: Readonly<Partial<Record<string, string>>> = { pnp_card: 'pnp', slim: 'slimbus', fslmc: 'fsl-mc' };

const LINE = /^([^:]+):\s*MODULE_(?:DEVICE_TABLE\s*\(\s*(\w+)|ALIAS\w*\s*\((?:\s*"([\w-]+)\*?:)?)/;

/** Reads lines as `grep -r` prints them. */
export function sourceBuses(lines: string): SourceBus[] {
  return lines.split('\n').flatMap((line) => {
    const [, file, table, prefix] = LINE.exec(line) ?? [];
    const bus = (table === undefined ? prefix : (ALIASED[table] ?? table)) ?? '';
    return file === undefined ? [] : { file, bus: BUSES.has(bus) ? bus : null };
  });
}

/** The bus of a device's or a module's alias; null where it names no hardware. */
export function busOf(alias: string): string | null {
  const bus = /^([\w-]+)\*?:/.exec(alias)?.[1] ?? '';
  return BUSES.has(bus) ? bus : null;
}
