import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { falloutd } from '../helpers/command.ts';
import { documentIn } from '../helpers/documentSchema.ts';

const TREE: Readonly<Record<string, string>> = {
  Makefile: 'VERSION = 6\nPATCHLEVEL = 12\n',
  Kconfig:
    'mainmenu "Small"\n\nsource "arch/$(SRCARCH)/Kconfig"\n\nconfig NET\n\tbool "Networking"\n\nconfig NET_SCHED\n\tbool "Scheduling"\n\tdepends on NET\n',
  'arch/x86/Kconfig': 'config X86\n\tdef_bool y\n',
  'arch/arm/Kconfig': 'config ARM\n\tdef_bool y\n',
  'arch/arm/configs/defconfig': 'CONFIG_NET=y\n',
};

let base = '',
  root = '';
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'falloutd-kconfig-'));
  root = join(base, 'linux');
  for (const [name, text] of Object.entries(TREE)) write(join('linux', name), text);
  write('cache/falloutd/told-of-shell', '');
});
afterAll(() => rmSync(base, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(base, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const kconfig = async (...args: string[]) =>
  falloutd(['kconfig', ...args], { cwd: base, env: { XDG_CACHE_HOME: join(base, 'cache') } });
const onTree = async (...args: string[]) => kconfig(...args, '--tree', root, '--arch', 'x86');

describe('falloutd kconfig', () => {
  it('writes what a mode gives to standard output, or to a file', async () => {
    const { code, stdout, stderr } = await onTree('allyesconfig');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      '#\n# Automatically generated file; DO NOT EDIT.\n# Small\n#\nCONFIG_X86=y\nCONFIG_NET=y\nCONFIG_NET_SCHED=y\n',
    );
    const output = join(base, 'written');
    expect(await onTree('allyesconfig', '--output', output)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(output, 'utf8')).toBe(stdout);
  });

  it("begins a defconfig with the architecture's own", async () => {
    expect((await kconfig('defconfig', '--tree', root, '--arch', 'arm')).stdout).toContain(
      'CONFIG_NET=y\n# CONFIG_NET_SCHED is not set\n',
    );
  });

  it('says when no symbol differs', async () => {
    const [a, b] = [write('a', 'CONFIG_NET=y\n'), write('b', 'CONFIG_NET=y\n# CONFIG_NET_SCHED is not set\n')];
    expect((await onTree('diff', a, b)).stdout).toBe('no symbol differs\n');
    const c = write('c', '');
    expect((await onTree('diff', a, c)).stdout).toBe('NET y -> n\nNET_SCHED n -> -\n');
    expect(documentIn('kconfig-diff', (await onTree('diff', a, c, '--json')).stdout)).toEqual({
      symbols: [
        { symbol: 'NET', before: 'y', after: 'n' },
        { symbol: 'NET_SCHED', before: 'n', after: null },
      ],
    });
  });

  it('tells which modules a symbol makes, and whether they are for devices', async () => {
    write(
      'linux/Kconfig',
      `${TREE['Kconfig'] ?? ''}\nconfig E1000E\n\ttristate "Intel"\n\nconfig DUMMY\n\ttristate "Dummy"\n`,
    );
    write('linux/Kbuild', 'obj-y += drivers/\n');
    write('linux/drivers/Makefile', 'obj-$(CONFIG_E1000E) += net/\nobj-$(CONFIG_DUMMY) += dummy.o\n');
    write('linux/drivers/net/Makefile', 'obj-m += e1000e.o\ne1000e-y := main.o\n');
    write('linux/drivers/net/main.c', 'MODULE_DEVICE_TABLE(pci, ids);\n');
    write('linux/drivers/dummy.c', 'MODULE_ALIAS_RTNL_LINK("dummy");\n');
    const { stdout } = await onTree('explain', 'E1000E', 'DUMMY', 'NET', '--json');
    expect(documentIn('kconfig-explain', stdout).symbols.map(({ modules, role }) => [modules, role])).toEqual([
      [['e1000e'], 'driver'],
      [['dummy'], 'functionality'],
      [[], null],
    ]);
    expect((await onTree('explain', 'E1000E')).stdout).toContain('\n  makes the module e1000e: a driver\n');
  });

  it('explains a symbol: why, where it is defined, what depends on it', async () => {
    expect((await onTree('explain', 'NET')).stdout).toBe(
      'NET=n: no default applies; could be n, y\n  Kconfig:5  Networking\n  what depends on it: NET_SCHED\n',
    );
    const { stdout } = await onTree('explain', 'NET', 'NET_SCHED', '--json');
    expect(documentIn('kconfig-explain', stdout)).toMatchObject({
      symbols: [
        { symbol: 'NET', value: 'n', reason: { kind: 'none' }, mentionedBy: ['NET_SCHED'] },
        { symbol: 'NET_SCHED' },
      ],
    });
  });

  it('names the nearest symbol for one that is not there, where one is near', async () => {
    expect((await onTree('explain', 'CONFIG_NET_SCHEDD', 'FOO')).stdout).toBe(
      'NET_SCHEDD: no such option; did you mean NET_SCHED?\nFOO: no such option\n',
    );
  });

  it('lists modules: their symbols, their files, and what a .config makes of them', async () => {
    const tree = {
      ...TREE,
      Kconfig: `${TREE['Kconfig'] ?? ''}config FS\n\ttristate "Files"\n`,
      Kbuild: 'obj-y += fs/\nobj-$(CONFIG_FS) += other-part.o\n',
      'fs/Makefile': 'obj-$(CONFIG_FS) += fs.o\nobj-$(CONFIG_NET) += only-in.o\nX := $(shell touch made)\n',
    };
    for (const [name, text] of Object.entries(tree)) write(join('modules', name), text);
    const modules = async (...args: string[]) => kconfig('modules', '--tree', 'modules', '--arch', 'x86', ...args);
    const none = 'fs           FS: fs/fs.ko\nother_part   FS: other-part.ko\n2 modules\n';
    expect((await modules()).stdout.replaceAll(/ +/g, ' ')).toBe(none.replaceAll(/ +/g, ' '));
    const config = write('fs.config', 'CONFIG_FS=m\n# CONFIG_NET is not set\n');
    expect((await modules('--config', config)).stdout).toMatch(
      /^m +fs +FS: fs\/fs\.ko\n[^]*2 as modules, 0 built in, 0 off\n$/,
    );
    expect(documentIn('kconfig-modules', (await modules('--config', config, '--json')).stdout)).toEqual({
      modules: [
        { module: 'fs', symbols: ['FS'], value: 'm', file: 'fs/fs.ko' },
        { module: 'other_part', symbols: ['FS'], value: 'm', file: 'other-part.ko' },
      ],
    });
    expect(await modules('--config', write('text', 'FS=m\n'))).toEqual({
      code: 2,
      stdout: '',
      stderr: `falloutd: ${join(base, 'text')}: this is no .config: it has no line with CONFIG_\n`,
    });
    expect(existsSync(join(base, 'made'))).toBe(false);
  });

  it('takes a seed as conf prints it, and nothing that is no number', async () => {
    expect((await onTree('randconfig', '--seed', '0x1F')).stderr).toBe('KCONFIG_SEED=0x1F\n');
    const refused = await onTree('randconfig', '--seed', 'abc');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('Give a number from 0 to 0xffffffff');
  });

  describe('tells in one line what is wrong, and gives 2', () => {
    const cases: [
      string,
      () => Promise<{ code: number | undefined; stdout: string; stderr: string }>,
      (base: string) => string,
    ][] = [
      [
        'no tree',
        async () => kconfig('allnoconfig', '--tree', 'nowhere'),
        (dir) =>
          `falloutd: ${dir}/nowhere: this is not a kernel source tree: it has no Makefile\n  name one with --tree\n`,
      ],
      [
        'a tree without Kconfig',
        async () => {
          write('bare/Makefile', 'VERSION = 6\n');
          return kconfig('allnoconfig', '--tree', 'bare');
        },
        (dir) => `falloutd: ${dir}/bare: this is not a kernel source tree: it has no Kconfig\n  name one with --tree\n`,
      ],
      [
        'an architecture that is not there',
        async () => kconfig('allnoconfig', '--tree', root, '--arch', 'nope'),
        (dir) => `falloutd: ${dir}/linux: this kernel has no architecture nope\n  --arch is one of arm, x86\n`,
      ],
      [
        'no configuration where one is needed',
        async () => onTree('olddefconfig'),
        () => 'falloutd: olddefconfig begins with a configuration\n  name it with --config\n',
      ],
      [
        'a configuration that is not there',
        async () => onTree('olddefconfig', '--config', 'missing'),
        () => 'falloutd: missing: does not exist\n  is its name right?\n',
      ],
      [
        'a configuration that is a folder',
        async () => onTree('explain', 'NET', '--config', root),
        (dir) => `falloutd: ${dir}/linux: is a directory, not a regular file\n  put a regular file in its place\n`,
      ],
      [
        'an output in no folder',
        async () => onTree('allnoconfig', '--output', 'gone/out'),
        () => 'falloutd: gone/out: cannot be written: there is no folder gone\n',
      ],
      [
        'an output that is a folder',
        async () => onTree('allnoconfig', '--output', root),
        (dir) => `falloutd: ${dir}/linux: cannot be written: illegal operation on a directory\n`,
      ],
      [
        'a broken tree',
        async () => {
          for (const [name, text] of Object.entries({ ...TREE, Kconfig: 'config A\n\tbol "A"\n' }))
            write(join('broken', name), text);
          return kconfig('allnoconfig', '--tree', 'broken', '--arch', 'x86');
        },
        (dir) =>
          `falloutd: ${dir}/broken: the tree's Kconfig files cannot be read\nKconfig:2: syntax error\nKconfig:2: unknown statement "bol"\n`,
      ],
      [
        'no compiler',
        async () => {
          for (const [name, text] of Object.entries({
            ...TREE,
            Kconfig: "$(error-if,$(shell,command -v no-such-cc || echo y),C compiler 'no-such-cc' not found)\n",
          }))
            write(join('cc', name), text);
          return kconfig('allnoconfig', '--tree', 'cc', '--arch', 'x86');
        },
        (dir) =>
          `falloutd: ${dir}/cc: the tree's Kconfig files cannot be read\nKconfig:1: C compiler 'no-such-cc' not found\n  its Kconfig files ask the compiler: install it, or name another as for make, with CROSS_COMPILE or LLVM=1\n`,
      ],
    ];
    it.each(cases)('%s', async (_, run, told) => {
      expect(await run()).toEqual({ code: 2, stdout: '', stderr: told(base) });
    });
  });
});
