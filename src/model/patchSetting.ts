import { z } from 'zod';
import { causeSchema } from './cause.ts';
import { tagged } from './tagged.ts';

export const settingReasonSchema = z.discriminatedUnion('kind', [
  /** The target has another value now; null: none. */
  tagged('change', { from: z.string().nullable() }),
  /** It has the value now, and would lose it by the other settings. */
  tagged('keep', {}),
  /** Needless: it follows from the other settings. */
  tagged('follows', {}),
]);

/** Why a setting stands in a generated patch. */
export type SettingReason = z.infer<typeof settingReasonSchema>;

export const notAskableSchema = z
  .strictObject({
    symbol: z.string(),
    /** As in a .config; null: not there. */
    wanted: z.string().nullable(),
    got: z.string().nullable(),
    prompt: z.string().nullable(),
    cause: causeSchema.nullable(),
  })
  .meta({ id: 'notAskable', description: 'What the given configuration has and no patch can ask for.' });

/** A value that no setting gives. */
export type NotAskable = z.infer<typeof notAskableSchema>;

export const newOptionSchema = z
  .strictObject({ symbol: z.string(), value: z.string(), prompt: z.string().nullable() })
  .meta({ id: 'newOption', description: 'An option that the given configuration does not know, at its default.' });

export type NewOption = z.infer<typeof newOptionSchema>;
