import { z } from 'zod';

/** One member of a tagged union: an object with this `kind` and these properties. */
export function tagged<Kind extends string, Rest extends z.ZodRawShape>(kind: Kind, rest: Rest) {
  return z.strictObject({ kind: z.literal(kind), ...rest });
}
