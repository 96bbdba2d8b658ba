import { describe, expect, it } from 'vitest';
import { namesElsewhere, namesOf, unknownCause } from '../../src/kernel/kernelNames.ts';

const known = (...symbols: string[]) => namesOf(symbols, new Map());

describe('unknownCause', () => {
  const names = known('EXT2_FS', 'EXT4_FS', 'BTRFS_FS', 'RTLWIFI', 'USB', 'SND_SOC_INTEL_SKYLAKE');

  it.each([
    ['EXT5_FS', ['EXT2_FS', 'EXT4_FS']],
    ['CONFIG_RTLWIFY', ['RTLWIFI']],
    ['RTL_WIFI', ['RTLWIFI']],
    ['SND_SOC_INTEL_SKYLKE', ['SND_SOC_INTEL_SKYLAKE']],
    ['SOMETHING_QUITE_DIFFERENT', []],
  ])('names what is near to %s', (symbol, near) => {
    expect(unknownCause(symbol, names, [])).toEqual({ kind: 'unknown', same: [], now: [], elsewhere: [], near });
  });

  it.each([
    ['CONFIG_USB', ['USB']],
    ['usb', ['USB']],
    ['config_Usb', ['USB']],
    ['ext4_FS', ['EXT4_FS']],
  ])('knows %s in another spelling', (symbol, same) => {
    expect(unknownCause(symbol, names, [])).toEqual({ kind: 'unknown', same, now: [], elsewhere: [], near: [] });
  });

  it('finds nothing near a short name', () => {
    const others = known('GLOB', 'HPPB', 'IPIC', 'HID', 'IIO_X');
    for (const symbol of ['GPIB', 'IIO', 'IRQ', 'A']) expect(unknownCause(symbol, others, []).near).toEqual([]);
  });

  it('gives three at most, and none that is further than another', () => {
    expect(unknownCause('DEBUG_FSS', known('DEBUG_SG', 'DEBUG_FS'), []).near).toEqual(['DEBUG_FS']);
    const others = known('ABCDEXX', 'ABCDEFX', 'ABCDEXG', 'XBCDEFG', 'ABCDEF');
    expect(unknownCause('ABCDEFG', others, []).near).toEqual(['ABCDEF', 'ABCDEFX', 'ABCDEXG']);
  });

  it('says who else defines it, and what took over from it', () => {
    const elsewhere = new Map([['EXT3_FS', ['arm64', 'mips']]]);
    expect(unknownCause('EXT3_FS', namesOf(['EXT2_FS'], elsewhere), ['NEW'])).toEqual({
      kind: 'unknown',
      same: [],
      now: ['NEW'],
      elsewhere: ['arm64', 'mips'],
      near: [],
    });
  });
});

describe('namesElsewhere', () => {
  it('takes the names of Kconfig files that the tree does not have, by architecture or by file', () => {
    const files = new Map([
      ['arch/arm64/Kconfig', 'config ARM\n\tbool "config OTHER"\nmenuconfig BOTH\nconfig OWN\n'],
      ['arch/mips/Kconfig.debug', '  config BOTH\n'],
      ['drivers/s390/Kconfig', 'config DASD\n'],
      ['arch/x86/Makefile', 'config NONE\n'],
    ]);
    expect(Object.fromEntries(namesElsewhere(files, new Set(['OWN'])))).toEqual({
      ARM: ['arm64'],
      BOTH: ['arm64', 'mips'],
      DASD: ['drivers/s390/Kconfig'],
    });
  });
});
