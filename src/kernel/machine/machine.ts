/** A machine, as far as its modules are told by it. */
import type { DroppedModule, KeptModule } from '../../model/keptModule.ts';
import type { Wanted as WantedOfHost } from '../needs.ts';

type NamedBeside = {
  /** Symbols, modules and aliases that stay whatever else is said of them. */
  keep: readonly string[];
  /** What the host needs. */
  needs: readonly WantedOfHost[];
};

/** A machine for which a kernel keeps what it uses. */
export type KeptMachine = (LoadedModules | Hardware) & NamedBeside;

/** One for which a kernel gets what it lacks. */
export type AddedMachine = AddedModules & NamedBeside;

export type Machine = KeptMachine | AddedMachine;

/** What is wanted of a kernel: as much of it as this machine uses. */
export type MachineGoal = { kind: 'machine'; machine: Machine };

/** What is loaded. */
export type LoadedModules = {
  kind: 'modules';
  modules: readonly string[];
  /** Whether functionality that is not loaded goes, too. */
  functionality: boolean;
};

/** What is loaded elsewhere, and has to come to a kernel that lacks it. */
type AddedModules = { kind: 'added-modules'; modules: readonly string[] };

/** The devices. */
export type Hardware = {
  kind: 'hardware';
  /** The modules that have one of the devices among theirs, each with the first of them. */
  matched: ReadonlyMap<string, string>;
  /** Modules that the machine says its devices use. */
  inUse: readonly string[];
  /** The buses of which the machine names a device. */
  recorded: ReadonlySet<string>;
  /** The modules of the kernel that the devices were told by, each with the buses of its devices. */
  tables: ReadonlyMap<string, readonly string[]>;
  /** Whether what people plug in later goes, too. */
  onlyPresent: boolean;
};

/** What stays and what goes of the modules of a .config. */
export type MachineModules = {
  kept: KeptModule[];
  dropped: DroppedModule[];
  /** What was named as loaded or to be kept, and is nothing of this kernel. */
  unknown: string[];
  /** What was named so, and is off and stays off. */
  off: string[];
};
