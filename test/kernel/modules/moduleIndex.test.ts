import { describe, expect, it } from 'vitest';
import { buildIndex, type ModuleIndex } from '../../../src/kernel/modules/moduleIndex.ts';
import { moduleList, objectsUnder, rulesFor } from '../../../src/kernel/modules/moduleQueries.ts';

const KCONFIG = ['A', 'B', 'USB', 'SND', 'COMPAT']
  .map((name) => `config ${name}\n\ttristate "${name}"\n`)
  .concat('config BOOL\n\tbool "BOOL"\n')
  .join('\n');

const indexOf = (files: Record<string, string>, aliases = ''): ModuleIndex =>
  buildIndex({ files: new Map(Object.entries({ Kconfig: KCONFIG, ...files })), aliases, architecture: 'x86' });

const valuesOf =
  (values: Record<string, string>) =>
  (symbol: string): string | null =>
    values[symbol] ?? null;

/** Each module with its value, and the symbols it is of. */
const modules = (index: ModuleIndex, values: Record<string, string> = {}): Record<string, string> =>
  Object.fromEntries(
    moduleList(index, valuesOf(values)).map(({ file, value, symbols }) => [file, [value, ...symbols].join(' ')]),
  );

describe('the index of modules', () => {
  it('has what a symbol makes: y, m or n', () => {
    const index = indexOf({ Kbuild: 'obj-$(CONFIG_A) += a-b.o\nobj-y += c.o\nobj-$(CONFIG_BOOL) += d.o\n' });
    expect(modules(index, { A: 'm' })).toEqual({ 'a-b.ko': 'm A' });
    expect(modules(index, { A: 'y' })).toEqual({ 'a-b.ko': 'y A' });
    expect(modules(index)).toEqual({ 'a-b.ko': 'n A' });
    expect(moduleList(index, null)).toEqual([{ module: 'a_b', symbols: ['A'], value: null, file: 'a-b.ko' }]);
  });

  it('goes down into folders, whose own condition counts', () => {
    const index = indexOf({
      Kbuild: 'obj-y += drivers/\n',
      'drivers/Makefile': 'obj-$(CONFIG_USB) += usb/\nobj-$(CONFIG_BOOL) += sub/deep/\n',
      'drivers/usb/Makefile': 'obj-$(CONFIG_A) += a.o\nobj-m += always.o\n',
      'drivers/usb/Kbuild': 'obj-$(CONFIG_A) += kbuild-first.o\nobj-m += always.o\n',
      'drivers/sub/deep/Makefile': 'obj-$(CONFIG_B) += b.o\n',
    });
    const [file, always, deep] = ['drivers/usb/kbuild-first.ko', 'drivers/usb/always.ko', 'drivers/sub/deep/b.ko'];
    expect(modules(index, { A: 'm', B: 'm' })).toEqual({ [file]: 'n A', [always]: 'n USB', [deep]: 'n B' });
    expect(modules(index, { A: 'm', USB: 'y' })).toMatchObject({ [file]: 'm A', [always]: 'm USB' });
    // What a folder of modules builds in goes nowhere.
    expect(modules(index, { A: 'y', USB: 'm' })).toMatchObject({ [file]: 'n A', [always]: 'm USB' });
  });

  it('begins where the Makefiles at the top and of the architecture say', () => {
    const index = indexOf({
      Makefile: 'include arch/$(SRCARCH)/Makefile\nexport ARCH_DRIVERS := $(drivers-y)\nexport BITS\n',
      Kbuild: 'obj-y += arch/$(SRCARCH)/ $(ARCH_DRIVERS)\n',
      'arch/x86/Makefile': 'BITS := 64\ndrivers-$(CONFIG_BOOL) += arch/x86/power/\n',
      'arch/x86/Kbuild': 'obj-$(CONFIG_A) += a_$(BITS).o\n',
      'arch/x86/power/Makefile': 'obj-$(CONFIG_B) += b.o\n',
    });
    expect(modules(index, { A: 'm', B: 'm' })).toEqual({ 'arch/x86/a_64.ko': 'm A', 'arch/x86/power/b.ko': 'n B' });
    expect(modules(index, { B: 'm', BOOL: 'y' })).toMatchObject({ 'arch/x86/power/b.ko': 'm B' });
  });

  it('names all the symbols that ask for a module, and that it is built in where one of them is y', () => {
    const index = indexOf({ Kbuild: 'obj-$(CONFIG_A) += lib.o a.o\nobj-$(CONFIG_B) += lib.o\n' });
    expect(modules(index, { A: 'm', B: 'y' })).toEqual({ 'a.ko': 'm A', 'lib.ko': 'y A B' });
  });

  it('counts the objects that are compiled, each once', () => {
    const index = indexOf({
      Kbuild:
        'obj-$(CONFIG_A) += a.o both.o\nobj-$(CONFIG_B) += both.o\na-y := x.o sub/y.o\na-$(CONFIG_BOOL) += z.o\nobj-y += lib/\n',
      'lib/Makefile': 'lib-y := one.o\nlib-$(CONFIG_A) += two.o\nextra-y += head.o link.lds\n',
    });
    const count = (values: Record<string, string>): number => objectsUnder(index, valuesOf(values));
    expect(count({})).toBe(2);
    expect(count({ A: 'm' })).toBe(2 + 1 + 2 + 1);
    expect(count({ A: 'y', B: 'y', BOOL: 'y' })).toBe(2 + 1 + 3 + 1);
  });

  it('is made of rings and files that are missing as well', () => {
    const index = indexOf({
      Kbuild: 'obj-y += gone/ a/\n',
      'a/Makefile': 'obj-y += ../a/ ../\nobj-$(CONFIG_A) += a.o\n',
    });
    expect(modules(index, { A: 'm' })).toEqual({ 'a/a.ko': 'm A' });
  });
});

describe('what modprobe could load under a name', () => {
  const index = indexOf(
    {
      Kbuild:
        'obj-y += other/\nobj-$(CONFIG_A) += ext4/\nobj-$(CONFIG_SND) += snd-x.o\nsnd-x-objs := main.o\nobj-$(CONFIG_BOOL) += only-in.o\n',
      'ext4/Makefile': 'obj-$(CONFIG_A) += ext4.o\next4-y := super.o\n',
      'other/Makefile': 'obj-y += snd-x.o\n',
    },
    [
      './ext4/super.c:MODULE_ALIAS_FS("ext4");',
      '/build/linux-6.12/main.c:MODULE_ALIAS("sound-slot-*");',
      './gone.c:MODULE_ALIAS("gone");',
      '',
    ].join('\n'),
  );
  const found = (name: string): unknown => {
    const rules = rulesFor(index, name);
    if (rules.kind === 'unknown') return rules.kind;
    return [rules.named.map(({ file }) => file), rules.aliased.map(({ file }) => file)];
  };

  it.each([
    ['snd-x', [['snd-x.ko'], []]],
    ['snd_x', [['snd-x.ko'], []]],
    ['fs-ext4', [[], ['ext4/ext4.ko']]],
    ['fs_ext4', [[], ['ext4/ext4.ko']]],
    ['sound-slot-7', [[], ['snd-x.ko']]],
    ['only_in', [['only-in.ko'], []]],
    ['super', 'unknown'],
    ['gone', 'unknown'],
  ])('%s', (name, expected) => expect(found(name)).toEqual(expected));
});
