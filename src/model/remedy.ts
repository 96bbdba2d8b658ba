import { z } from 'zod';
import { causeSchema } from './cause.ts';
import { askerSchema, positionSchema } from './intent.ts';
import { symbolChangeSchema } from './symbolChange.ts';

const symbolValue = z.strictObject({ symbol: z.string(), value: z.string() });

const overridden = z.strictObject({
  symbol: z.string(),
  /** null: it is left unset. */
  value: z.string().nullable(),
  /** null: it stands in the given .config. */
  by: askerSchema.nullable(),
  position: positionSchema.nullable(),
  /** Whether whoever asks for it is content with another value. */
  optional: z.literal(true).exactOptional(),
});

/** A setting that gives way to one of a remedy, or to what else that changes. */
export type Overridden = z.infer<typeof overridden>;

const remedySchema = z
  .strictObject({
    /** None of them can be left out. */
    settings: z.array(symbolValue),
    /** The same as bindings of a patch. */
    nix: z.array(z.string()),
    overrides: z.array(overridden),
    /** What else would be another value. */
    alsoChanges: z.array(symbolChangeSchema.extend({ menu: z.string() })),
  })
  .meta({ id: 'remedy', description: 'Settings that give what is wanted.' });

/** Settings that give what is wanted; none of them can be left out. */
export type Remedy = z.infer<typeof remedySchema>;

export const lostRemedySchema = remedySchema
  .extend({ gives: z.array(z.string()) })
  .meta({ id: 'lostRemedy', description: 'Settings that give lost wishes, and which.' });

/** A way to lost wishes; `gives` are their symbols. */
export type LostRemedy = z.infer<typeof lostRemedySchema>;

export const remediesShape = {
  wanted: z.array(symbolValue),
  /** `holds`: it is so already. `blocked`: nothing gives it. `excluded`: one wish excludes another. `not-found`: not everything was tried. */
  outcome: z.enum(['found', 'holds', 'blocked', 'excluded', 'not-found']),
  /** The best first. */
  alternatives: z.array(remedySchema),
  /** The symbols that would have to have a value, and cannot: never, or not with the settings that are `given` for other wishes. */
  blockedBy: z
    .array(symbolValue.extend({ cause: causeSchema.nullable(), given: z.array(symbolValue).exactOptional() }))
    .exactOptional(),
  /** Of several wishes those that no settings give: `excluded`: not at once, else not even alone. */
  culprits: z.array(symbolValue).exactOptional(),
};

/** Ways to what is wanted, or what stands in the way. */
export type FoundRemedies = z.infer<z.ZodObject<typeof remediesShape>>;

export type WantedValue = z.infer<typeof symbolValue>;
