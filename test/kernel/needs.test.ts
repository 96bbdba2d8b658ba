import { expect, it } from 'vitest';
import { wantedBy, WANTED_OF_ALL, type Wanted } from '../../src/kernel/needs.ts';
import type { HostNeeds } from '../../src/nix/hostNeeds.ts';

const NOTHING: HostNeeds = {
  initrd: { available: [], loaded: [], crypto: [], allowsMissing: false, isMade: true },
  loaded: [],
  extraModules: [],
  fileSystems: [],
  supportedFileSystems: [],
  swaps: 0,
  required: [],
};

const wanted = (needs: Partial<HostNeeds>): Wanted[] => wantedBy({ ...NOTHING, ...needs }).slice(WANTED_OF_ALL.length);
const named = (module: string, file: string | null = null) => ({ module, file });

it('tells whose a module of the initrd is: of NixOS, of encrypted disks, or of the host', () => {
  const available = [
    named('ahci', '/nix/store/x-source/nixos/modules/system/boot/kernel.nix'),
    named('xts', '/nix/store/x-source/nixos/modules/system/boot/luksroot.nix'),
    named('virtio_blk', '/etc/nixos/hardware.nix'),
  ];
  const found = wanted({ initrd: { ...NOTHING.initrd, available, crypto: ['xts'] } });
  expect(found.map(({ need }) => need.kind === 'initrd' && need.from)).toEqual(['defaults', 'encryption', 'host']);
});

it('names nothing twice, and takes the first place', () => {
  const available = [named('sd_mod', '/a.nix'), named('sd_mod', '/b.nix')];
  const found = wanted({ initrd: { ...NOTHING.initrd, available, loaded: [named('sd-mod', '/c.nix')] } });
  expect(found.map(({ need }) => need)).toEqual([{ kind: 'initrd', module: 'sd_mod', file: '/a.nix', from: 'host' }]);
});

it('is no error where the host allows it, and nothing where no initrd is made', () => {
  const initrd = { ...NOTHING.initrd, available: [named('ahci')] };
  expect(wanted({ initrd }).map(({ isFatal }) => isFatal)).toEqual([true]);
  expect(wanted({ initrd: { ...initrd, allowsMissing: true } }).map(({ isFatal }) => isFatal)).toEqual([false]);
  expect(wanted({ initrd: { ...initrd, isMade: false } })).toEqual([]);
});

it('looks for a file system by its alias and its name, and for FUSE where a program mounts it', () => {
  const mount = (type: string) => ({ mountPoint: '/', type, isEarly: true });
  const names = (...types: string[]) =>
    wanted({ fileSystems: types.map(mount) }).map((each) => each.by === 'module' && each.names);
  expect(names('ext4')).toEqual([['fs-ext4', 'ext4']]);
  expect(names('fuse.sshfs', 'ntfs')).toEqual([['fuse'], ['fs-ntfs', 'ntfs', 'fuse']]);
});

it('asks nothing for file systems that every kernel has, or that are decided at the mount', () => {
  const fileSystems = ['none', 'auto', 'tmpfs'].map((type) => ({ mountPoint: `/${type}`, type, isEarly: false }));
  expect(wanted({ fileSystems, supportedFileSystems: ['auto', 'proc'] })).toEqual([]);
});

it('lists a supported file system only where nothing mounts it', () => {
  const found = wanted({
    fileSystems: [{ mountPoint: '/', type: 'ext4', isEarly: true }],
    supportedFileSystems: ['ext4', 'btrfs'],
  });
  expect(found.map(({ need, isFatal }) => [need.kind, isFatal])).toEqual([
    ['file-system', true],
    ['supported-file-system', false],
  ]);
});

it('asks the requirement itself only where it looks at more than one option', () => {
  const one = { symbol: 'TMPFS', line: 'CONFIG_TMPFS=y', message: '', y: true, m: false, n: false };
  const found = wanted({ required: [one, { ...one, line: 'CONFIG_NET=y', symbol: 'NET', n: null }] });
  expect(found.map((each) => (each.by === 'option' ? [each.symbol, each.holds] : each.by))).toEqual([
    ['TMPFS', ['y']],
    'assertion',
  ]);
});
