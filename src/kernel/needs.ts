/** What a host needs of its kernel, from what its configuration says. */
import type { Need } from '../model/preflight.ts';
import type { HostNeeds, Requirement } from '../nix/hostNeeds.ts';
import { moduleName } from './modules/folderRules.ts';

/** A need, and how it is looked up. */
export type Wanted =
  /** One of these names, of a module or an alias, has to be there. */
  | { need: Need; by: 'module'; names: string[]; isFatal: boolean }
  /** An option has to have one of these values. */
  | { need: Need; by: 'option'; symbol: string; holds: ('y' | 'm' | 'n')[]; isFatal: boolean }
  /** Only the requirement itself can say. */
  | { need: Need; by: 'assertion'; requirement: Requirement; isFatal: boolean };

/** NixOS' own list of initrd modules stands in this file of nixpkgs. */
const DEFAULTS = /\/nixos\/modules\/system\/boot\/kernel\.nix$/;

/** Types that no module is named after: they are decided at the mount, or belong to the kernel itself. */
const WITHOUT_MODULE = new Set(
  'auto none bind swap tmpfs ramfs proc sysfs devtmpfs devpts cgroup2 securityfs debugfs tracefs mqueue'.split(' '),
);

/** What every kernel of nixpkgs needs, whatever it is for. */
export const WANTED_OF_ALL: readonly Wanted[] = [
  { need: { kind: 'modules' }, by: 'option', symbol: 'MODULES', holds: ['y'], isFatal: true },
];

/** The needs of a NixOS host, each once. */
export function wantedBy({ initrd, loaded, fileSystems, supportedFileSystems, swaps, required }: HostNeeds): Wanted[] {
  const encryption = new Set(initrd.crypto);
  const early = initrd.isMade ? [...initrd.available, ...initrd.loaded] : [];
  const mounted = new Set(fileSystems.map(({ type }) => type));
  const all: Wanted[] = [
    ...WANTED_OF_ALL,
    ...early.map(({ module, file }): Wanted => {
      const isDefault = file !== null && DEFAULTS.test(file);
      const from = encryption.has(module) ? 'encryption' : isDefault ? 'defaults' : 'host';
      const isFatal = !initrd.allowsMissing;
      return { need: { kind: 'initrd', module, file, from }, by: 'module', names: [module], isFatal };
    }),
    ...fileSystems.flatMap(({ type, mountPoint }) =>
      wantedFileSystem(type, { kind: 'file-system', type, mountPoint }, true),
    ),
    ...supportedFileSystems
      .filter((type) => !mounted.has(type))
      .flatMap((type) => wantedFileSystem(type, { kind: 'supported-file-system', type }, false)),
    ...loaded.map(({ module, file }): Wanted => {
      return { need: { kind: 'loaded', module, file }, by: 'module', names: [module], isFatal: false };
    }),
    ...(swaps === 0 ? [] : [wantedOption({ kind: 'swap' }, 'SWAP', ['y'])]),
    ...required.map(wantedRequirement),
  ];
  const seen = new Set<string>();
  return all.filter((wanted) => seen.size < seen.add(keyOf(wanted)).size);
}

/** A module may be listed twice, and a type have several mount points: the first names them. */
function keyOf({ need, ...by }: Wanted): string {
  const what =
    by.by === 'module'
      ? by.names.map(moduleName)
      : by.by === 'option'
        ? [by.symbol, ...by.holds]
        : [by.requirement.line];
  return JSON.stringify([need.kind, what]);
}

function wantedFileSystem(type: string, need: Need, isFatal: boolean): Wanted[] {
  if (WITHOUT_MODULE.has(type)) return [];
  // What FUSE mounts is a program of its own.
  const isFuse = /^fuse\b|^(?:ntfs-3g|sshfs|mergerfs|bindfs|overlayfs-fuse)$/.test(type);
  const own = isFuse ? [] : [`fs-${type}`, type];
  // NixOS mounts ntfs by a program where the kernel does not.
  const names = isFuse || type === 'ntfs' ? [...own, 'fuse'] : own;
  return [{ need, by: 'module', names, isFatal }];
}

const wantedOption = (need: Need, symbol: string, holds: ('y' | 'm' | 'n')[], isFatal = false): Wanted => ({
  need,
  by: 'option',
  symbol,
  holds,
  isFatal,
});

function wantedRequirement(requirement: Requirement): Wanted {
  const { symbol, line, message, y, m, n } = requirement;
  const need: Need = { kind: 'required', line, message };
  if (symbol === null || y === null || m === null || n === null)
    return { need, by: 'assertion', requirement, isFatal: true };
  const holds = (['y', 'm', 'n'] as const).filter((value) => ({ y, m, n })[value]);
  return wantedOption(need, symbol, holds, true);
}
