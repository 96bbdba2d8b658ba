/** `falloutd patch from-modules` and `from-hardware`. */
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { modulesFor } from '../../generate/moduleTables.ts';
import { busOf } from '../../kernel/modules/deviceBuses.ts';
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
};

type HardwareOptions = MachineOptions & {
  /** The modules of a stock kernel. */
  modules?: string;
  onlyPresent?: boolean;
};

/** Prints the patches that turn off the modules that are not loaded. @returns the exit code. */
export async function fromModules(
  files: readonly string[],
  command: CommandUnknownOpts,
  { keep = [], functionality = false, ...options }: ModulesOptions,
): Promise<number> {
  const modules = await givenModules(files);
  const machine = { kind: 'modules', modules, functionality, keep, needs: [] } as const;
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
