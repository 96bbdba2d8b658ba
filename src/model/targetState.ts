import { z } from 'zod';

const fileHashes = z.record(z.string(), z.string().nullable());

/** The SHA-256 of files by their path; null for one that is not there. */
export type FileHashes = z.infer<typeof fileHashes>;

export const stableSchema = z.strictObject({
  inputsHash: z.string(),
  configDrvPath: z.string(),
  kernelDrvPath: z.string().nullable(),
  /** The iteration whose config build was green. */
  iteration: z.int(),
  /** When it was first found stable for these inputs; ISO 8601, UTC. */
  since: z.string(),
  /** The hash of each of the user's files; null where an older falloutd recorded it. */
  inputs: fileHashes.nullable(),
});

/** For exactly which inputs and derivations a target is stable (ARCHITECTURE.md, rule 4). */
export type Stable = z.infer<typeof stableSchema>;

export const holdSchema = z.strictObject({ kind: z.enum(['paused', 'undone']), since: z.string() });

/** Why falloutd leaves a target alone: the user paused it, or took falloutd's last write back. */
export type Hold = z.infer<typeof holdSchema>;
