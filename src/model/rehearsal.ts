import { z } from 'zod';
import { entryChangeSchema } from './entry.ts';
import { wishSchema } from './fallout.ts';
import { askerSchema, positionSchema } from './intent.ts';
import { preflightShape } from './preflight.ts';
import { missedSchema, runOutcomeSchema } from './run.ts';
import { sideEffectSchema } from './sideEffects.ts';
import { tagged } from './tagged.ts';

const replacementSchema = z
  .strictObject({
    /** How it is known: the kernel says so itself, the same prompt, the same module, or only a name and a prompt that are alike. */
    kind: z.enum(['transitional', 'prompt', 'module', 'near']),
    names: z.array(z.string()),
  })
  .meta({ id: 'replacement', description: 'What another kernel has in place of an option.' });

/** What another kernel has in place of an option. */
export type Replacement = z.infer<typeof replacementSchema>;

const goneSchema = z
  .strictObject({
    symbol: z.string(),
    /** null: `unset`. */
    wanted: z.string().nullable(),
    by: askerSchema,
    position: positionSchema.nullable(),
    /** null: nothing is known of it. */
    replacedBy: replacementSchema.nullable(),
  })
  .meta({ id: 'gone', description: 'An option that the user asks for and that the other kernel does not define.' });

const newQuestionSchema = z
  .strictObject({
    symbol: z.string(),
    prompt: z.string(),
    /** The menus around it, the outermost first: `Device Drivers › Graphics support`. */
    menu: z.string(),
    /** What it comes to. */
    value: z.string(),
  })
  .meta({
    id: 'newQuestion',
    description: 'A question of the other kernel that is not asked now, and that nobody answers.',
  });

const changedValueSchema = sideEffectSchema
  .omit({ roots: true })
  .meta({ id: 'changedValue', description: 'An option of both kernels that would have another value.' });

/** What two kernels of one host come to, compared. */
const comparisonShape = {
  /** Wishes that are honoured now and would not be. */
  lost: z.array(wishSchema),
  /** Wishes that are not honoured now and would be, as they are now. */
  gained: z.array(wishSchema),
  /** What would change in the managed patch. */
  entries: z.strictObject({
    needed: z.array(entryChangeSchema),
    noLonger: z.array(z.strictObject({ symbol: z.string(), setting: z.string() })),
  }),
  gone: z.array(goneSchema),
  questions: z.array(newQuestionSchema),
  changed: z.array(changedValueSchema),
};

export type Comparison = z.infer<z.ZodObject<typeof comparisonShape>>;

const verifiedSchema = z.discriminatedUnion('kind', [
  /** The config build gave the values that were predicted. */
  tagged('as-predicted', {}),
  tagged('otherwise', { outcome: runOutcomeSchema, symbols: missedSchema }),
]);

/** What a config build says of a prediction. */
export type VerifiedRehearsal = z.infer<typeof verifiedSchema>;

export const rehearsalShape = {
  target: z.string(),
  now: z.strictObject({ kernel: z.string(), outcome: runOutcomeSchema }),
  /** `kernel` null: the evaluation does not come to one. */
  next: z.strictObject({ kernel: z.string().nullable(), outcome: runOutcomeSchema }),
  ...comparisonShape,
  /** What the other kernel lacks of what the host needs; null where that is not known. */
  preflight: z.strictObject(preflightShape).nullable(),
  /** What a config build of the other kernel shows; null where none was asked for. */
  verified: verifiedSchema.nullable(),
};

/** What another kernel does to a target. */
export type Rehearsal = z.infer<z.ZodObject<typeof rehearsalShape>>;
