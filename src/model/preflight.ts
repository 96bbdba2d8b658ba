import { z } from 'zod';
import { rootSchema } from './cause.ts';
import { tagged } from './tagged.ts';

/** `file` is the one whose definition names the module; null where that is not known. */
const module = { module: z.string(), file: z.string().nullable() };

export const needSchema = z
  .discriminatedUnion('kind', [
    /** A module in the initrd; `from`: NixOS' own list, what encrypted disks use, or the host's configuration. */
    tagged('initrd', { ...module, from: z.enum(['defaults', 'encryption', 'host']) }),
    /** A module that is loaded when the system starts. */
    tagged('loaded', module),
    tagged('file-system', { type: z.string(), mountPoint: z.string() }),
    tagged('supported-file-system', { type: z.string() }),
    tagged('swap', {}),
    /** nixpkgs installs the modules of every kernel. */
    tagged('modules', {}),
    /** An option that a service of NixOS rests on, in its words. */
    tagged('required', { line: z.string(), message: z.string() }),
  ])
  .meta({ id: 'need', description: 'What a host needs of its kernel.' });

/** What a host needs of its kernel. */
export type Need = z.infer<typeof needSchema>;

export const missSchema = z
  .strictObject({
    need: needSchema,
    /** An error ends the build of the kernel or of the system, or the boot; what else is missing is not there when it is wanted. */
    severity: z.enum(['error', 'warning']),
    /** The symbols that would give it, with their values in the .config. */
    symbols: z.array(z.strictObject({ symbol: z.string(), value: z.string() })),
    /** Where the chain of causes ends. */
    roots: z.array(rootSchema),
  })
  .meta({ id: 'miss', description: 'A need that the kernel does not meet.' });

/** A need that a .config does not meet. */
export type Miss = z.infer<typeof missSchema>;

export const preflightShape = {
  misses: z.array(missSchema),
  /** What could not be mapped to an option of this kernel. */
  unknown: z.array(needSchema),
  /** How many needs are met. */
  met: z.int(),
};

/** What a .config has of what a host needs. */
export type Preflight = z.infer<z.ZodObject<typeof preflightShape>>;
