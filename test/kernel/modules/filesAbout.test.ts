import { describe, expect, it } from 'vitest';
import { filesAbout } from '../../../src/kernel/modules/filesAbout.ts';
import { buildIndex } from '../../../src/kernel/modules/moduleIndex.ts';
import { rulesBy } from '../../../src/kernel/modules/moduleQueries.ts';

const FILES = new Map([
  ['Makefile', 'VERSION = 6\n'],
  ['Kbuild', 'obj-y += drivers/ fs/\n'],
  ['Kconfig', ['A', 'B', 'C', 'D'].map((name) => `config ${name}\n\ttristate "x"\n`).join('')],
  ['drivers/Makefile', 'obj-y += net/ usb/\n'],
  ['drivers/net/Makefile', 'obj-$(CONFIG_A) += a.o\nobj-$(CONFIG_B) += b/\n'],
  // What it makes follows from the folder above alone.
  ['drivers/net/b/Makefile', 'obj-m += b.o\n'],
  ['drivers/usb/Makefile', 'obj-$(CONFIG_C) += c.o\n'],
  ['fs/Makefile', 'obj-$(CONFIG_D) += d.o\nobj-$(CONFIG_A_MORE) += more.o\n'],
]);

describe('filesAbout', () => {
  it.each(['A', 'B', 'C', 'D'])('gives the modules of a symbol as all files would (%s)', (symbol) => {
    const modulesIn = (files: ReadonlyMap<string, string>): string[] =>
      rulesBy(buildIndex({ files, aliases: '', architecture: 'x86' }), symbol).map(([, { file }]) => file);
    expect(modulesIn(filesAbout(FILES, [symbol]))).toEqual(modulesIn(FILES));
    expect(modulesIn(FILES)).toHaveLength(1);
  });

  it('leaves the other folders out', () => {
    expect([...filesAbout(FILES, ['A']).keys()]).toEqual([
      'Makefile',
      'Kbuild',
      'Kconfig',
      'drivers/Makefile',
      'drivers/net/Makefile',
      'drivers/net/b/Makefile',
    ]);
  });
});
