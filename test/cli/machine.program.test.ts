import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { falloutd } from '../helpers/command.ts';
import { documentIn } from '../helpers/documentSchema.ts';

const KCONFIG = `
config MODULES
	bool "Modules"
	modules
	default y
menu "Network"
config E1000E
	tristate "Intel"
config IGB
	tristate "Intel, newer"
config DUMMY
	tristate "Dummy"
endmenu
`;
const FILES = {
  Kconfig: KCONFIG,
  Makefile: 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 0\n',
  Kbuild: 'obj-y += drivers/\n',
  'drivers/Makefile': 'obj-$(CONFIG_E1000E) += e1000e.o\nobj-$(CONFIG_IGB) += igb.o\nobj-$(CONFIG_DUMMY) += dummy.o\n',
  'drivers/e1000e.c': 'MODULE_DEVICE_TABLE(pci, ids);\n',
  'drivers/igb.c': 'MODULE_DEVICE_TABLE(pci, ids);\n',
  present: 'CONFIG_MODULES=y\nCONFIG_E1000E=m\nCONFIG_IGB=m\nCONFIG_DUMMY=m\n',
  tiny: '# CONFIG_MODULES is not set\n',
  lsmod: 'Module                  Size  Used by\ne1000e 1 0\n',
  'lsmod.gz': gzipSync('e1000e\nnvidia\n'),
  lspci: '00:1f.6 Ethernet controller [0200]: Intel Corporation [8086:15fb]\n',
  'sysfs/a/modalias': 'pci:v00008086d000015FBsv0sd0bc02sc00i00\n',
  'modules/modules.alias':
    'alias pci:v00008086d000015FBsv*sd*bc*sc*i* e1000e\nalias pci:v00008086d00001533sv*sd*bc*sc*i* igb\n',
  'modules/modules.order': 'kernel/drivers/e1000e.ko\nkernel/drivers/igb.ko\n',
  'empty/file': '',
  prose: 'this is no list\n',
  foreign: 'nvidia\nzfs\n',
  'other.lspci': '00:1f.6 Ethernet controller [0200]: Nobody [dead:beef]\n',
};

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'falloutd-machine-'));
  for (const [name, content] of Object.entries(FILES)) {
    mkdirSync(join(at(name), '..'), { recursive: true });
    writeFileSync(at(name), content);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const patch = async (...words: string[]): ReturnType<typeof falloutd> => patchOf('present', ...words);
const patchOf = async (config: string, ...words: string[]): ReturnType<typeof falloutd> =>
  falloutd(['patch', ...words, '--tree', folder, '--arch', 'x86', '--config', at(config)]);

it('what is loaded stays, and so does functionality', async () => {
  const { code, stdout, stderr } = await patch('from-modules', at('lsmod'), at('lsmod.gz'));
  expect(code).toBe(0);
  expect(stdout).toContain('name = "Network";');
  expect(stdout).toContain('IGB = no; # Intel, newer\n');
  expect(stdout).not.toContain('DUMMY');
  expect(stderr).toContain('1 module goes, 2 stay: 1 loaded, 1 functionality');
  expect(stderr).toContain('not of this kernel: nvidia');
  expect((await patch('from-modules', at('lsmod'), '--functionality')).stdout).toContain('DUMMY = no;');
});

it('what is loaded comes to a kernel that lacks it, with all that it needs, and nothing goes', async () => {
  const { code, stdout, stderr } = await patchOf('tiny', 'from-modules', at('lsmod'), '--additive');
  expect(code).toBe(0);
  expect(stdout.match(/\w+ = \w+;(?= #)/g)).toEqual(['MODULES = yes;', 'E1000E = module;']);
  expect(stderr).toContain('1 module is there: 1 loaded');
  const both = await patch('from-modules', at('lsmod'), '--additive', '--functionality');
  expect([both.code, both.stdout]).toEqual([2, '']);
  expect(both.stderr).toContain('--additive turns nothing off');
});

it.each(['lspci', 'sysfs'])('the drivers of devices stay (%s), each with its reason', async (given) => {
  const { code, stdout } = await patch('from-hardware', at(given), '--modules', at('modules'), '--json');
  expect(code).toBe(0);
  const { kept, dropped } = documentIn('patch', stdout);
  expect(kept?.map(({ symbol, module, because }) => [symbol, module, because.kind])).toEqual([
    ['E1000E', 'e1000e', 'device'],
    ['DUMMY', 'dummy', 'functionality'],
  ]);
  expect(dropped).toEqual([
    { symbol: 'IGB', module: 'igb', role: 'driver', because: { kind: 'no-device', buses: ['pci'] } },
  ]);
});

it('--keep keeps by symbol or module', async () => {
  const { stderr } = await patch('from-modules', at('lsmod'), '--keep', 'IGB');
  expect(stderr).toContain('nothing to ask for');
});

it.each([
  [['from-modules', 'prose'], 'prose:1: is no line of lsmod, and no name of a module'],
  [['from-modules', 'missing'], 'missing: does not exist'],
  [['from-modules', 'empty/file'], 'empty/file: names no module'],
  [['from-modules', 'foreign'], 'none of the given modules is one of this kernel'],
  [['from-modules', 'lsmod', '--keep', 'nothing'], '--keep: this kernel has no option and no module'],
  [['from-hardware', 'other.lspci', '--modules', 'modules'], 'no module of the stock kernel is for any of the given'],
  [['from-hardware', 'prose', '--modules', 'modules'], 'prose: names no device'],
  [['from-hardware', 'empty', '--modules', 'modules'], 'empty: holds no file that names a device'],
  [['from-hardware', 'lspci', '--modules', 'empty'], 'empty: holds no modules.alias, which depmod makes'],
])('%j is refused in a line, and nothing is written', async ([command, ...words], message) => {
  const output = at('none.nix');
  const named = words.map((word) => (word.startsWith('--') ? word : at(word)));
  const { code, stdout, stderr } = await patch(command ?? '', ...named, '--output', output);
  expect([code, stdout, existsSync(output)]).toEqual([2, '', false]);
  expect(stderr.split('\n')[0]).toContain(message);
});

it('--output never overwrites what is read, and names a folder that is not there before the work', async () => {
  const before = readFileSync(at('lsmod'), 'utf8');
  const onInput = await patch('from-modules', at('lsmod'), '--output', at('lsmod'));
  expect([onInput.code, onInput.stderr.split('\n')[0]]).toEqual([
    2,
    `falloutd: ${at('lsmod')}: is what is read, and would be overwritten`,
  ]);
  expect(readFileSync(at('lsmod'), 'utf8')).toBe(before);
  const nowhere = await patch('from-modules', at('lsmod'), '--output', at('none/small.nix'));
  expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining(`there is no folder ${at('none')}`)]);
});
