/** Which drivers stay for a machine's devices, and for those that it may have without saying so. */
import type { KSymbol } from '../../kconfig/index.ts';
import type { KeptBecause } from '../../model/keptModule.ts';
import { mentioned } from './mentioned.ts';
import type { Candidate, Driver } from './candidates.ts';
import type { Hardware } from './machine.ts';

/** What is plugged in later sits on these. */
const LATER = new Set('usb hid sdio mmc memstick typec tbsvc thunderbolt ieee1394 input'.split(' '));

/** Of those, what receives radio and television, measures, or is of the telephone's days is part of a machine. */
const NOT_LATER = /^drivers\/(?:media\/(?:usb\/(?!uvc\/|gspca\/|pwc\/)|radio\/)|comedi\/|iio\/|isdn\/|usb\/atm\/)/;

/** Where one of these is named, the machine names all its devices. */
const OF_WHOLE = ['platform', 'acpi', 'of'];

/** Devices there are made by drivers: they are missing where a driver was not loaded. The modules that bring them. */
const MADE_BY: Readonly<Partial<Record<string, RegExp>>> = {
  hid: /^(?:usbhid|i2c_hid|hidp|intel_ish|amd_sfh|surface_hid)/,
  hdaudio: /^snd_(?:hda|sof|soc_avs)/,
  sdw: /^(?:snd_sof|snd_pci_ps|soundwire)/,
  virtio: /^virtio_(?:pci|mmio)/,
  vmbus: /^hv_vmbus/,
  xen: /^xen/,
  mei: /^mei/,
  ishtp: /^intel_ish/,
  ssb: /^(?:ssb|b4[34])/,
  bcma: /^(?:bcma|brcmsmac)/,
  mhi: /^mhi/,
  pcmcia: /^(?:yenta_socket|pd6729|i82092)/,
  ieee1394: /^firewire_ohci/,
  ssam: /^surface_aggregator/,
  auxiliary: /^$/,
  mdio: /^$/,
  wmi: /^$/,
  dmi: /^$/,
};

/** A machine that names only some devices may have any on these. */
const ANYWHERE = new Set('pci usb hid sdio mmc memstick typec tbsvc input serio vmbus xen'.split(' '));
/** Of a machine that does not name its fixed devices, the parts of the board: their drivers stand in these folders. */
const BOARD_BUSES = new Set(['acpi', 'platform', 'pnp', 'wmi', 'dmi']);
const BOARD = [
  'arch/',
  ...'acpi ata bluetooth char cpufreq dma extcon firmware hid i2c/busses input mfd mmc/host pinctrl platform'
    .split(' ')
    .concat('powercap spi thermal tty usb/host usb/dwc3 usb/typec watchdog'.split(' '))
    .map((folder) => `drivers/${folder}/`),
];

const WIRELESS = 'drivers/net/wireless/';
const BLUETOOTH = 'drivers/bluetooth/';
const PHY_LIBRARIES = ['PHYLIB', 'PHYLINK'];

/** What of the machine is asked for each driver. */
export class HardwareReasons {
  readonly #isWhole: boolean;
  /** The modules that devices use, whether they are modules of this .config or built in. */
  readonly #present: ReadonlySet<string>;
  /** The symbols of those, and of what else stays for itself. */
  readonly #parents: ReadonlyMap<string, string>;
  readonly #phyUser: string | null;
  readonly #wireless: string | null;

  /**
   * @param direct those of the candidates that devices or somebody's word keep.
   * @param isBoardKnown whether the parts of the board of this architecture are known by their folders.
   */
  constructor(
    private readonly hardware: Hardware,
    candidates: readonly Candidate[],
    direct: readonly Candidate[],
    private readonly isBoardKnown: boolean,
  ) {
    const { recorded, matched, inUse } = hardware;
    this.#isWhole = OF_WHOLE.some((bus) => recorded.has(bus));
    this.#present = new Set([...matched.keys(), ...inUse]);
    const ofDevices = direct.filter(({ role }) => role === 'driver');
    this.#parents = new Map(ofDevices.map((each) => [each.name, firstModule(each)]));
    const phys = new Set(
      candidates.filter(({ modules }) => modules.some(({ buses }) => buses.includes('mdio'))).map(({ name }) => name),
    );
    // Those that select one work with no other.
    const user = ofDevices.find(({ symbol }) => {
      const names = mentioned(symbol);
      return PHY_LIBRARIES.some((name) => names.has(name)) && ![...names].some((name) => phys.has(name));
    });
    this.#phyUser = user === undefined ? null : firstModule(user);
    const radio = ofDevices.find(({ modules }) => modules.some(({ rule }) => rule.file.startsWith(WIRELESS)));
    this.#wireless = radio === undefined ? null : firstModule(radio);
  }

  /** Why a driver stays that none of the devices asks for; null: it goes. */
  indirect({ symbol, modules }: Candidate): KeptBecause | null {
    for (const driver of modules)
      for (const bus of driver.buses) {
        const because =
          this.#laterOn(driver, bus) ?? this.#companion(symbol, driver, bus) ?? this.#notRecorded(driver, bus);
        if (because !== null) return because;
      }
    return null;
  }

  #laterOn({ rule }: Driver, bus: string): KeptBecause | null {
    const comesLater = LATER.has(bus) && !NOT_LATER.test(rule.file);
    return !this.hardware.onlyPresent && comesLater ? { kind: 'plugged-in-later', bus } : null;
  }

  #companion(symbol: KSymbol, { rule }: Driver, bus: string): KeptBecause | null {
    const companion = (of: string | null): KeptBecause | null => (of === null ? null : { kind: 'companion', of });
    if (bus === 'mdio') return companion(this.#phyUser);
    if (rule.file.startsWith(BLUETOOTH) && (bus === 'usb' || bus === 'pci')) return companion(this.#wireless);
    const makers = MADE_BY[bus];
    if (this.hardware.recorded.has(bus) || (makers === undefined && bus !== 'platform')) return null;
    const dependsOn = [...mentioned(symbol)].find((name) => this.#parents.has(name));
    if (dependsOn !== undefined) return companion(this.#parents.get(dependsOn) ?? null);
    return companion([...this.#present].find((module) => makers?.test(module)) ?? null);
  }

  #notRecorded({ rule }: Driver, bus: string): KeptBecause | null {
    const { recorded } = this.hardware;
    if (recorded.has(bus)) return null;
    const because: KeptBecause = { kind: 'not-recorded', bus };
    const isOnBoard = !this.isBoardKnown || BOARD.some((folder) => rule.file.startsWith(folder));
    if (BOARD_BUSES.has(bus) && isOnBoard && !(this.#isWhole && MADE_BY[bus] === undefined)) return because;
    if (LATER.has(bus) && NOT_LATER.test(rule.file)) return null;
    return !this.#isWhole && (ANYWHERE.has(bus) || (bus === 'of' && !this.isBoardKnown)) ? because : null;
  }
}

const firstModule = ({ modules: [first] }: Candidate): string => first?.rule.module ?? '';
