import { z } from 'zod';

export const lateWriteSchema = z.strictObject({
  /** The number of the replacement, by which `show --late` finds it. */
  id: z.int(),
  path: z.string(),
  /** ISO 8601, UTC. */
  foundAt: z.string(),
  /** How many of the lines that were written the file lacks now. */
  lines: z.int(),
});

/** What a program wrote to a file of the user's that it had open when falloutd replaced it. */
export type LateWrite = z.infer<typeof lateWriteSchema>;
