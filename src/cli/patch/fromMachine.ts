/** `falloutd patch from-modules` and `from-hardware`. */
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { modulesFor } from '../../generate/moduleTables.ts';
import { busOf } from '../../kernel/modules/deviceBuses.ts';
import type { Machine } from '../../kernel/machine/machine.ts';
import { UsageError } from '../../model/errors.ts';
import { printPatches, type PatchOptions } from './fromConfig.ts';
import { givenDevices, givenModules, givenTables } from './givenMachine.ts';

type MachineOptions = PatchOptions & {
  /** Symbols and modules that stay in any case. */
  keep?: string[];
};

type ModulesOptions = MachineOptions & {
  /** Functionality that is not loaded goes, too. */
  functionality?: boolean;
  /** What is loaded comes to a kernel that lacks it, in place of turning off what is not. */
  additive?: boolean;
};

type HardwareOptions = MachineOptions & {
  /** The modules of a stock kernel. */
  modules?: string;
  onlyPresent?: boolean;
};

/** Prints the patches that turn off the modules that are not loaded, or turn on those that are. @returns the exit code. */
export async function fromModules(
  files: readonly string[],
  command: CommandUnknownOpts,
  { keep = [], functionality = false, additive = false, ...options }: ModulesOptions,
): Promise<number> {
  if (additive && functionality)
    throw new UsageError({ message: '--additive turns nothing off, which --functionality asks for: give one of them' });
  const modules = await givenModules(files);
  const named = { modules, keep, needs: [] };
  const machine: Machine = additive
    ? { kind: 'added-modules', ...named }
    : { kind: 'modules', functionality, ...named };
  const names = { given: files.join(', '), origin: 'falloutd patch from-modules' };
  return printPatches({ kind: 'machine', machine }, names, command, options);
}

/** The same of the drivers of devices that are not there. */
export async function fromHardware(
  files: readonly string[],
  command: CommandUnknownOpts,
  { keep = [], modules, onlyPresent = false, ...options }: HardwareOptions,
): Promise<number> {
  const { aliases, drivers } = await givenDevices(files);
  const tables = givenTables(modules);
  const matched = modulesFor(tables, aliases);
  if (matched.size === 0)
    throw new UsageError({ message: 'no module of the stock kernel is for any of the given devices' });
  const machine = {
    kind: 'hardware',
    matched,
    inUse: drivers,
    recorded: new Set(aliases.flatMap((alias) => busOf(alias) ?? [])),
    tables: tables.buses,
    onlyPresent,
    keep,
    needs: [],
  } as const;
  const names = { given: files.join(', '), origin: 'falloutd patch from-hardware' };
  return printPatches({ kind: 'machine', machine }, names, command, options);
}
