import { z } from 'zod';
import { needSchema } from './preflight.ts';
import { tagged } from './tagged.ts';

const keptBecauseSchema = z.discriminatedUnion('kind', [
  /** The command line asks for it. */
  tagged('asked', {}),
  tagged('loaded', {}),
  /** This device of the machine, by its alias, is one of its devices. */
  tagged('device', { device: z.string() }),
  /** The machine says that a device uses it. */
  tagged('in-use', {}),
  tagged('host', { need: needSchema }),
  /** A symbol that stays depends on it, or selects it. */
  tagged('needed-by', { symbol: z.string() }),
  /** It serves what this module brings. */
  tagged('companion', { of: z.string() }),
  /** Its devices come and go. */
  tagged('plugged-in-later', { bus: z.string() }),
  /** The machine says nothing of the devices on this bus. */
  tagged('not-recorded', { bus: z.string() }),
  /** The kernel whose modules tell the devices does not have it. */
  tagged('not-in-tables', {}),
  /** It is no driver: it is loaded when somebody uses what it gives. */
  tagged('functionality', {}),
]);

/** Why a module stays. */
export type KeptBecause = z.infer<typeof keptBecauseSchema>;

const droppedBecauseSchema = z.discriminatedUnion('kind', [
  tagged('not-loaded', {}),
  /** None of the machine's devices on these buses is one of its devices. */
  tagged('no-device', { buses: z.array(z.string()) }),
  /** A library of modules that all go. */
  tagged('unused', {}),
  /** No setting says so: what it depends on went. */
  tagged('follows', {}),
]);

/** Why a module goes. */
export type DroppedBecause = z.infer<typeof droppedBecauseSchema>;

/** `driver`: its modules bind to devices. */
const roleSchema = z.enum(['driver', 'functionality']);
export type Role = z.infer<typeof roleSchema>;

export const madeModulesShape = {
  modules: z.array(z.string()),
  /** null: it makes no module. */
  role: roleSchema.nullable(),
};

/** Where it is told which module is for which device, as depmod wrote it in a folder. */
export const tablesSchema = z.discriminatedUnion('kind', [
  /** The kernel that runs. */
  tagged('running', { folder: z.string() }),
  /** The same, though it was cut down: the drivers that it lacks stay. `reason`: why those of the stock kernel are not here. */
  tagged('running-small', { folder: z.string(), lacking: z.int(), reason: z.string() }),
  /** The target's kernel as nixpkgs builds it for everybody. */
  tagged('stock', { folder: z.string() }),
]);

export type Tables = z.infer<typeof tablesSchema>;

/** The modules that a symbol makes, and what they are. */
export type MadeModules = { modules: string[]; role: Role | null };

const named = { symbol: z.string(), module: z.string(), role: roleSchema };

export const keptModuleSchema = z
  .strictObject({ ...named, because: keptBecauseSchema })
  .meta({ id: 'keptModule', description: 'A module that stays, with its symbol.' });
export type KeptModule = z.infer<typeof keptModuleSchema>;

export const droppedModuleSchema = z
  .strictObject({ ...named, because: droppedBecauseSchema })
  .meta({ id: 'droppedModule', description: 'A module that goes, with its symbol.' });
export type DroppedModule = z.infer<typeof droppedModuleSchema>;
