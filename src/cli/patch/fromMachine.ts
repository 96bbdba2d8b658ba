/** `falloutd patch from-modules` and `from-hardware`. */
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Devices } from '../../generate/givenDevices.ts';
import { modulesFor } from '../../generate/moduleTables.ts';
import { busOf } from '../../kernel/modules/deviceBuses.ts';
import type { Machine, MachineGoal } from '../../kernel/machine/machine.ts';
import type { Goal } from '../../kernel/settingsToward.ts';
import { UsageError } from '../../model/errors.ts';
import { noDevice, type StockGoal } from '../../run/byStock.ts';
import { checkPlace } from '../writeResult.ts';
import { printPatches, type PatchOptions } from './fromConfig.ts';
import { givenDevices, givenModules, runningTables, tablesOf } from './givenMachine.ts';

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
  checkPlace(options.output, files);
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
  checkPlace(options.output, files);
  const devices = await givenDevices(files);
  const by = (folder: string): MachineGoal | null => hardwareGoal(devices, folder, { onlyPresent, keep });
  const names = { given: files.join(', '), origin: 'falloutd patch from-hardware' };
  return printPatches(goalBy(modules, by), names, command, options);
}

/** What is wanted by the modules that are named; else by those of a stock kernel. @throws UsageError where they are for none of the devices. */
function goalBy(modules: string | undefined, by: StockGoal['by']): Goal | StockGoal {
  if (modules === undefined) return { kind: 'by-stock', running: runningTables(), by };
  const goal = by(modules);
  if (goal === null) throw noDevice();
  return goal;
}

/** The drivers of these devices, by the modules in a folder; null: none of them is for any of the devices. */
function hardwareGoal(
  { aliases, drivers }: Devices,
  folder: string,
  rest: { onlyPresent: boolean; keep: readonly string[] },
): MachineGoal | null {
  const tables = tablesOf(folder);
  const matched = modulesFor(tables, aliases);
  if (matched.size === 0) return null;
  const recorded = new Set(aliases.flatMap((alias) => busOf(alias) ?? []));
  const machine = {
    kind: 'hardware',
    matched,
    inUse: drivers,
    recorded,
    tables: tables.buses,
    needs: [],
    ...rest,
  } as const;
  return { kind: 'machine', machine };
}
