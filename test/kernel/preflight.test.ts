import { describe, expect, it } from 'vitest';
import { buildKconfig, Configuration, parseText, readConfig } from '../../src/kconfig/index.ts';
import { buildIndex } from '../../src/kernel/modules/moduleIndex.ts';
import type { Wanted } from '../../src/kernel/needs.ts';
import { preflight, type Examined } from '../../src/kernel/preflight.ts';
import { rootFinder } from '../../src/kernel/roots.ts';
import type { Preflight } from '../../src/model/preflight.ts';

const KCONFIG = `
config MODULES
	bool "Modules"
	modules
	default y
config USB_SUPPORT
	bool "USB"
	default y
config USB_XHCI_HCD
	tristate "xHCI"
	depends on USB_SUPPORT
	default m
config EXT4_FS
	tristate "ext4"
config CRYPTO_CRC32C
	tristate "crc32c"
	default y
config SWAP
	bool "Swap"
`;
const FILES = new Map([
  ['Kconfig', KCONFIG],
  ['Kbuild', 'obj-y += drivers/ fs/ crypto/\n'],
  ['drivers/Makefile', 'obj-$(CONFIG_USB_XHCI_HCD) += xhci-hcd.o\n'],
  ['fs/Makefile', 'obj-$(CONFIG_EXT4_FS) += ext4.o\next4-y := super.o\n'],
  ['crypto/Makefile', 'obj-$(CONFIG_CRYPTO_CRC32C) += crc32c_generic.o\n'],
]);
const ALIASES = 'fs/super.c:MODULE_ALIAS_FS("ext4");\ncrypto/crc32c_generic.c:MODULE_ALIAS_CRYPTO("crc32c");\n';

const modules = buildIndex({ files: FILES, aliases: ALIASES, architecture: 'x86' });
const kconfig = buildKconfig(parseText(KCONFIG), { choices: 'ranked' });

function looking(config: string, more: Partial<Examined> = {}): Examined {
  const configuration = new Configuration(kconfig);
  readConfig(configuration, config);
  const asked: Examined['asked'] = new Map([
    [
      'USB_SUPPORT',
      {
        symbol: 'USB_SUPPORT',
        wanted: 'n',
        optional: false,
        by: { kind: 'patch', name: 'p', index: 0 },
        position: null,
      },
    ],
  ]);
  const rootsOf = rootFinder(configuration, asked);
  return { configuration, modules, asked, rootsOf, foreign: new Set(), judged: new Map(), ...more };
}

const module = (...names: string[]): Wanted => ({
  need: { kind: 'loaded', module: names[0] ?? '', file: null },
  by: 'module',
  names,
  isFatal: true,
});
const kinds = ({ misses, unknown, met }: Preflight): number[] => [misses.length, unknown.length, met];

describe('preflight', () => {
  it('finds modules, built in or not, by name, by alias, with - for _', () => {
    const names = [['xhci-hcd'], ['xhci_hcd'], ['crc32c'], ['crypto-crc32c'], ['crc32c_generic']];
    expect(
      kinds(
        preflight(
          names.map((each) => module(...each)),
          looking(''),
        ),
      ),
    ).toEqual([0, 0, 5]);
  });

  it('names the symbol of a module that is off, and the wish that took it away', () => {
    const { misses } = preflight([module('xhci_hcd')], looking('# CONFIG_USB_SUPPORT is not set\n'));
    expect(misses).toMatchObject([
      {
        severity: 'error',
        symbols: [{ symbol: 'USB_XHCI_HCD', value: 'n' }],
        roots: [{ symbol: 'USB_SUPPORT', value: 'n' }],
      },
    ]);
  });

  it('takes a file system for missing only by one of its names', () => {
    expect(kinds(preflight([module('fs-ext4', 'ext4')], looking('')))).toEqual([1, 0, 0]);
    expect(kinds(preflight([module('fs-ext4', 'ext4')], looking('CONFIG_EXT4_FS=m\n')))).toEqual([0, 0, 1]);
    expect(kinds(preflight([module('fs-zfs', 'zfs'), module()], looking('')))).toEqual([0, 2, 0]);
  });

  it('does not know whether a package brings a module that the kernel has not', () => {
    const off = '# CONFIG_USB_SUPPORT is not set\n';
    expect(kinds(preflight([module('xhci_hcd')], looking(off, { foreign: new Set(['xhci_hcd']) })))).toEqual([0, 1, 0]);
    expect(kinds(preflight([module('xhci_hcd')], looking(off, { modules: null })))).toEqual([0, 1, 0]);
  });

  it('looks up options by the values that are enough', () => {
    const option = (symbol: string, ...holds: ('y' | 'm' | 'n')[]): Wanted => ({
      need: { kind: 'required', line: symbol, message: '' },
      by: 'option',
      symbol,
      holds,
      isFatal: true,
    });
    const wanted = [option('SWAP', 'y'), option('SWAP', 'n'), option('USB_XHCI_HCD', 'y', 'm'), option('NONE', 'y')];
    expect(kinds(preflight(wanted, looking('')))).toEqual([1, 1, 2]);
  });

  it('believes the requirement itself, where only that can say', () => {
    const requirement = { symbol: 'NET', line: 'CONFIG_NET=y', message: '', y: true, m: null, n: null };
    const wanted: Wanted[] = [
      { need: { kind: 'required', line: 'CONFIG_NET=y', message: '' }, by: 'assertion', requirement, isFatal: true },
    ];
    const under = (judged: Examined['judged']) => kinds(preflight(wanted, looking('', { judged })));
    expect(under(new Map([['CONFIG_NET=y', true]]))).toEqual([0, 0, 1]);
    expect(under(new Map([['CONFIG_NET=y', false]]))).toEqual([1, 0, 0]);
    expect(under(new Map())).toEqual([0, 1, 0]);
  });
});
