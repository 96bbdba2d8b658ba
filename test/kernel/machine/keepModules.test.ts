import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepModules } from '../../../src/kernel/machine/keepModules.ts';
import type { Hardware, KeptMachine, LoadedModules } from '../../../src/kernel/machine/machine.ts';
import { wantedConfig } from '../../../src/kernel/wantedConfig.ts';
import { moduleKernel, option, type KernelSources } from '../../helpers/moduleKernel.ts';
import { randomTree } from '../../helpers/randomTree.ts';

/** What is kept and dropped of a kernel in which everything that can be is a module. */
function kernel(sources: KernelSources) {
  const { kconfig, index, present } = moduleKernel(sources, 'mod');
  return (machine: KeptMachine) => {
    const { modules, wanted } = keepModules(present, index, machine);
    return {
      ...modules,
      wanted,
      gone: wanted.changes.map(({ symbol }) => symbol),
      because: Object.fromEntries(
        [...modules.kept, ...modules.dropped].map(({ symbol, because }) => [symbol, because.kind]),
      ),
      result: wantedConfig(kconfig, wanted, present.dotConfig).values,
      present: present.configuration,
    };
  };
}

const loaded = (modules: string[], more: Partial<LoadedModules & KeptMachine> = {}): KeptMachine => ({
  kind: 'modules',
  modules,
  functionality: false,
  keep: [],
  needs: [],
  ...more,
});

const hardware = (matched: Record<string, string>, more: Partial<Hardware & KeptMachine> = {}): KeptMachine => ({
  kind: 'hardware',
  matched: new Map(Object.entries(matched)),
  inUse: [],
  recorded: new Set(['pci', 'usb', 'acpi', 'platform']),
  tables: new Map(),
  onlyPresent: false,
  keep: [],
  needs: [],
  ...more,
});

const PCI = 'MODULE_DEVICE_TABLE(pci, ids);';
const USB = 'MODULE_DEVICE_TABLE(usb, ids);';

describe('modules that are loaded', () => {
  const keep = kernel({
    kconfig: [
      option('BUS'),
      option('NET', 'depends on BUS'),
      option('GONE', 'depends on BUS'),
      option('EITHER', 'depends on GONE || NET'),
      option('HELPER'),
      option('SELECTING', 'select HELPER'),
      option('FS'),
    ].join(''),
    aliases: { BUS: PCI, NET: PCI, GONE: PCI, EITHER: PCI, SELECTING: USB, HELPER: USB },
  });

  it('stay with what they depend on and select; other drivers go', () => {
    const { because, gone } = keep(loaded(['NET', 'SELECTING']));
    expect(gone).toEqual(['GONE', 'EITHER']);
    expect(because).toEqual({
      BUS: 'needed-by',
      NET: 'loaded',
      GONE: 'not-loaded',
      EITHER: 'not-loaded',
      HELPER: 'needed-by',
      SELECTING: 'loaded',
      FS: 'functionality',
    });
  });

  it('need of several alternatives the one that stays anyway', () => {
    expect(keep(loaded(['EITHER', 'NET'])).gone).toEqual(['GONE', 'HELPER', 'SELECTING']);
  });

  it('may be functionality, which goes only on demand', () => {
    expect(keep(loaded(['NET'], { functionality: true })).gone).toContain('FS');
    expect(keep(loaded(['NET', 'FS'], { functionality: true })).because['FS']).toBe('loaded');
  });

  it('stay for the asking, by symbol or module, and for the host', () => {
    const need = { kind: 'loaded', module: 'GONE', file: null } as const;
    const host = [{ need, by: 'module', names: ['GONE'], isFatal: true }] as const;
    expect(
      keep(loaded(['NET'], { keep: ['CONFIG_SELECTING'], needs: host.map((each) => ({ ...each, names: ['GONE'] })) })),
    ).toMatchObject({
      because: { SELECTING: 'asked', HELPER: 'needed-by', GONE: 'host' },
      gone: ['EITHER'],
    });
  });

  it('that this kernel does not have are told', () => {
    expect(keep(loaded(['NET', 'nvidia'], { keep: ['NOTHING'] })).unknown).toEqual(['NOTHING', 'nvidia']);
  });

  it('that are off are told, by symbol or module, and stay off', () => {
    const lacking = kernel({
      kconfig: [option('NET'), option('LACKED', 'depends on NET = n'), option('EITHER', 'depends on NET = n')].join(''),
    });
    const { off, wanted } = lacking(loaded(['NET', 'LACKED'], { keep: ['EITHER'] }));
    expect([off, wanted.changes]).toEqual([['EITHER', 'LACKED'], []]);
  });

  it('stay with what implies them where nobody can ask for them', () => {
    const implied = kernel({
      kconfig: `${option('IMPLYING', 'imply LIB')}config LIB\n\ttristate\n`,
      aliases: { IMPLYING: PCI },
    });
    expect(implied(loaded(['LIB']))).toMatchObject({ gone: [], because: { IMPLYING: 'needed-by', LIB: 'loaded' } });
  });

  it('stay where what goes would let something come that excludes them', () => {
    const excluded = kernel({
      kconfig: [
        option('GONE'),
        'config EITHER\n\tbool "either"\n\tdepends on GONE\n',
        'config OR\n\tbool "or"\n\tdefault y\n\tdepends on !EITHER\n',
        option('USED', 'depends on !OR'),
      ].join(''),
      aliases: { GONE: PCI, USED: PCI },
    });
    const { result, gone } = excluded(loaded(['USED']));
    expect(result.get('USED')).toBe('m');
    expect(gone).toContain('GONE');
  });

  it('are all there in any tree after the changes', () => {
    fc.assert(
      fc.property(randomTree, fc.func(fc.boolean()), fc.boolean(), ({ kconfig }, isLoaded, functionality) => {
        const ofTree = kernel({ kconfig });
        const all = ofTree(loaded([])).kept.map(({ module }) => module);
        const some = all.filter((module) => isLoaded(module));
        const { result } = ofTree(loaded(some, { functionality }));
        expect(some.filter((module) => !result.has(module))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});

describe("a machine's devices", () => {
  const keep = kernel({
    kconfig: [
      option('ETH', 'depends on PHYLIB'),
      option('PHYLIB'),
      option('PHY'),
      option('OTHER'),
      option('STORAGE'),
      option('TELEVISION'),
      option('LIBRARY'),
      option('VICTIM', 'select LIBRARY'),
      option('NETFILTER'),
      option('BATTERY'),
    ].join(''),
    aliases: {
      ETH: PCI,
      PHY: 'MODULE_DEVICE_TABLE(mdio, ids);',
      OTHER: PCI,
      STORAGE: USB,
      TELEVISION: USB,
      VICTIM: PCI,
      NETFILTER: 'MODULE_ALIAS("ip_table");',
      BATTERY: 'MODULE_DEVICE_TABLE(acpi, ids);',
    },
    folder: { TELEVISION: 'drivers/media/usb/dvb/', BATTERY: 'drivers/acpi/' },
  });

  it('keep their drivers, with companions and what comes later', () => {
    expect(
      keep(hardware({ ETH: 'pci:a' }, { tables: tablesOf('OTHER STORAGE TELEVISION VICTIM BATTERY PHY') })).because,
    ).toEqual({
      ETH: 'device',
      PHYLIB: 'functionality',
      PHY: 'companion',
      OTHER: 'no-device',
      STORAGE: 'plugged-in-later',
      TELEVISION: 'no-device',
      LIBRARY: 'unused',
      VICTIM: 'no-device',
      NETFILTER: 'functionality',
      BATTERY: 'no-device',
    });
  });

  it('alone, where nothing is plugged in later', () => {
    const { because } = keep(hardware({}, { onlyPresent: true, tables: tablesOf('STORAGE PHY ETH') }));
    expect(because).toMatchObject({ STORAGE: 'no-device', PHY: 'no-device', ETH: 'no-device' });
  });

  it('on a bus that is not recorded may be there', () => {
    const recorded = new Set(['pci']);
    const { because } = keep(hardware({}, { onlyPresent: true, recorded, tables: tablesOf('STORAGE OTHER BATTERY') }));
    expect(because).toMatchObject({ STORAGE: 'not-recorded', OTHER: 'no-device', BATTERY: 'not-recorded' });
  });

  it('keep what the tables do not know, and what is said to be in use', () => {
    const { because } = keep(hardware({}, { inUse: ['VICTIM'], tables: tablesOf('VICTIM STORAGE') }));
    expect(because).toMatchObject({ OTHER: 'not-in-tables', VICTIM: 'in-use', LIBRARY: 'functionality' });
  });
});

/** Modules of a built kernel, each with the bus that its source here names. */
function tablesOf(names: string): Map<string, string[]> {
  const buses: Record<string, string> = { STORAGE: 'usb', TELEVISION: 'usb', PHY: 'mdio', BATTERY: 'acpi' };
  return new Map(names.split(' ').map((name) => [name, [buses[name] ?? 'pci']]));
}
