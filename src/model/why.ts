import { z } from 'zod';
import { causeSchema, holderSchema, rootSchema } from './cause.ts';
import { askerSchema, positionSchema } from './intent.ts';
import { madeModulesShape } from './keptModule.ts';

/** What the engine tells of a symbol of the kernel that a target comes to. */
const explainedSymbolSchema = z.strictObject({
  symbol: z.string(),
  type: z.enum(['bool', 'tristate', 'int', 'hex', 'string', 'unknown']),
  definitions: z.array(z.strictObject({ file: z.string(), line: z.int(), prompt: z.string().nullable() })),
  help: z.string().nullable(),
  /** null: the predicted .config does not name it. */
  predicted: z.string().nullable(),
  /** What keeps it from what is wanted; where nobody asks for it, what keeps it on or off. null: nothing does. */
  cause: causeSchema.nullable(),
  roots: z.array(rootSchema),
  /** Those that are on, and how many are off. */
  selectedBy: z.strictObject({ on: z.array(holderSchema), off: z.int() }),
  impliedBy: z.strictObject({ on: z.array(holderSchema), off: z.int() }),
  /** Whose prompts, defaults or dependencies name it: those that are on, and how many are off. */
  dependents: z.strictObject({ on: z.array(z.string()), off: z.int() }),
  /** The values that it could be set to as all else is: of a number its range, of a string nothing. */
  couldBe: z.array(z.string()),
  ...madeModulesShape,
});

export type ExplainedSymbol = z.infer<typeof explainedSymbolSchema>;

const askSchema = z.strictObject({
  by: askerSchema,
  position: positionSchema.nullable(),
  /** null: `unset`. */
  value: z.string().nullable(),
  /** Whether a miss only warns. */
  optional: z.boolean(),
  /** The smaller number wins; null for a line of a string, which wins over all of them. */
  priority: z.int().nullable(),
  wins: z.boolean(),
});

/** One definition of a symbol, without the managed patch. */
export type AskedValue = z.infer<typeof askSchema>;

/** All that is known of one symbol of a target. */
export const whySchema = explainedSymbolSchema.extend({
  asked: z.array(askSchema),
  /** What the last stable result has; `value` null: it does not name it. null: nothing was stable yet. */
  lastStable: z.strictObject({ iteration: z.int(), value: z.string().nullable() }).nullable(),
  /** Its entry in the managed patch; `sinceRun` null: no run has written it yet. */
  entry: z.strictObject({ setting: z.string(), reason: z.string(), sinceRun: z.int().nullable() }).nullable(),
});

export type Why = z.infer<typeof whySchema>;

export const unknownNameSchema = z.strictObject({ symbol: z.string(), cause: causeSchema });

/** A name that the kernel does not define, and what it may stand for. */
export type UnknownName = z.infer<typeof unknownNameSchema>;
