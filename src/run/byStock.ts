/** Settings for a machine, whose devices the modules of a stock kernel tell: those of the kernel that runs, where it is not cut down. */
import type { MachineGoal, MachineModules } from '../kernel/machine/machine.ts';
import type { FoundSettings } from '../kernel/settingsToward.ts';
import { UsageError } from '../model/errors.ts';
import type { Tables } from '../model/keptModule.ts';
import type { StockModules } from '../nix/stockKernel.ts';

/** What is wanted by the modules of a stock kernel. */
export type StockGoal = {
  kind: 'by-stock';
  /** The modules of the kernel that runs; null: they are not there. */
  running: string | null;
  /** The goal by the modules in a folder; null: none of them is for any of the devices. */
  by: (folder: string) => MachineGoal | null;
};

/** A stock kernel lacks at most one in so many of the drivers that another configuration builds. */
const ONE_IN = 20;

/** Finds the settings. null after an interruption. @throws UsageError where the stock kernel is needed and not here, or has no such device. */
export async function settingsByStock<Found extends FoundSettings>(
  { running, by }: StockGoal,
  find: (goal: MachineGoal) => Promise<Found | null>,
  stock: () => Promise<StockModules>,
): Promise<(Found & { tables: Tables }) | null> {
  const goal = running === null ? null : by(running);
  const found = goal === null ? null : await find(goal);
  if (goal !== null && found === null) return null;
  const folder = running ?? '';
  const { lacking, drivers } = driversIn(found?.machine);
  if (found !== null && lacking * ONE_IN <= drivers) return { ...found, tables: { kind: 'running', folder } };
  const modules = await stock();
  if (modules.kind === 'aborted') return null;
  if (modules.kind === 'here') return inStock(modules.folder, by, find);
  const { reason } = modules;
  if (found !== null) return { ...found, tables: { kind: 'running-small', folder, lacking, reason } };
  throw new UsageError({
    message: `the stock kernel, whose modules tell the drivers of devices, is not here: ${reason}`,
    hint: TABLES_HINT,
  });
}

export const TABLES_HINT =
  '--modules names the modules of a stock kernel, as in /nix/store/…-linux-…-modules/lib/modules/VERSION';

async function inStock<Found>(
  folder: string,
  by: StockGoal['by'],
  find: (goal: MachineGoal) => Promise<Found | null>,
): Promise<(Found & { tables: Tables }) | null> {
  const goal = by(folder);
  if (goal === null) throw noDevice();
  const found = await find(goal);
  return found && { ...found, tables: { kind: 'stock', folder } };
}

export const noDevice = (): UsageError =>
  new UsageError({ message: 'no module of the stock kernel is for any of the given devices' });

/** How many drivers the configuration has, and how many of them the kernel that runs lacks. */
function driversIn(machine: MachineModules | undefined): { lacking: number; drivers: number } {
  if (machine === undefined) return { lacking: 0, drivers: 0 };
  const drivers = [...machine.kept, ...machine.dropped].filter(({ role }) => role === 'driver').length;
  const lacking = machine.kept.filter(({ because }) => because.kind === 'not-in-tables').length;
  return { lacking, drivers };
}
