import { expect, it } from 'vitest';
import { moduleLines } from '../../../src/report/text/moduleLines.ts';
import { PLAIN } from '../../../src/report/text/style.ts';

const AHCI = { module: 'ahci', symbols: ['SATA_AHCI'], file: 'drivers/ata/ahci.ko' };
const LIB = { module: 'libahci', symbols: ['SATA_AHCI', 'AHCI_IMX'], file: 'drivers/ata/libahci.ko' };
const ALWAYS = { module: 'x', symbols: [], file: 'x.ko' };

it('modules are a line each, with what a .config makes of them, and counted', () => {
  const modules = [
    { ...AHCI, value: 'm' as const },
    { ...LIB, value: 'y' as const },
    { ...ALWAYS, value: 'n' as const },
  ];
  expect(moduleLines(modules, PLAIN)).toEqual([
    'm  ahci     SATA_AHCI: drivers/ata/ahci.ko',
    'y  libahci  SATA_AHCI, AHCI_IMX: drivers/ata/libahci.ko',
    'n  x        x.ko',
    '3 modules: 1 as modules, 1 built in, 1 off',
  ]);
});

it('without a .config there is no value', () => {
  expect(moduleLines([{ ...AHCI, value: null }], PLAIN)).toEqual(['ahci  SATA_AHCI: drivers/ata/ahci.ko', '1 module']);
  expect(moduleLines([], PLAIN)).toEqual(['0 modules']);
});
