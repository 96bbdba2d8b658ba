import { z } from 'zod';
import { causeSchema, rootSchema } from './cause.ts';
import { askerSchema, positionSchema } from './intent.ts';

export const falloutKindSchema = z.enum([
  'unused',
  'value',
  'repeated',
  'choice',
  'conflict',
  'unknown',
  'silent',
  'overridden',
  'clamped',
]);

export type FalloutKind = z.infer<typeof falloutKindSchema>;

export const falloutSchema = z
  .strictObject({
    kind: falloutKindSchema,
    symbol: z.string(),
    wanted: z.string().nullable(),
    got: z.string().nullable(),
    /** What kconfig offered when it asked (`['n','m']`), when it asked. */
    offered: z.array(z.string()).exactOptional(),
    cause: causeSchema.exactOptional(),
    /** null where it is not known. */
    by: askerSchema.nullable(),
    /** The place of the losing or the winning intent, when it is known. */
    position: positionSchema.nullable().exactOptional(),
    /** unknown: the nearest names that this kernel defines. */
    suggestions: z.array(z.string()).exactOptional(),
  })
  .meta({ id: 'fallout', description: 'A setting that a config build did not honour; `got` null: not in .config.' });

/** An intent that a config build did not honour. `wanted` and `got` are in kconfig's spelling; got null: not in .config. */
export type Fallout = z.infer<typeof falloutSchema>;

export const wishSchema = falloutSchema
  .omit({ offered: true })
  .extend({
    wanted: z.string(),
    by: askerSchema,
    position: positionSchema.nullable(),
    /** Where its chain of causes ends: the user's wishes, else defaults, else what nobody asks for. */
    roots: z.array(rootSchema).exactOptional(),
  })
  .meta({ id: 'wish', description: 'A setting that the resulting .config does not honour.' });

/** A wish (or default) that the resulting .config does not honour, although the build is green. */
export type Wish = z.infer<typeof wishSchema>;
