import { z } from 'zod';

export const symbolChangeSchema = z.strictObject({
  symbol: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
});

/** A symbol that two .config files have differently; null: it is not there. */
export type SymbolChange = z.infer<typeof symbolChangeSchema>;
