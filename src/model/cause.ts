import { z } from 'zod';
import { askerSchema, positionSchema } from './intent.ts';
import { tagged } from './tagged.ts';

const holder = z.strictObject({ symbol: z.string(), level: z.enum(['m', 'y']) });

/** A symbol that selects or implies another, and the level at which it holds the other. */
export type Holder = z.infer<typeof holder>;

/** The symbols of an expression that decide it, each with the value it had when the expression was evaluated. */
const unmet = z.array(z.strictObject({ symbol: z.string(), value: z.string() }));

export const causeSchema = z
  .discriminatedUnion('kind', [
    /** Symbols that select this one at a higher level than was wanted. */
    tagged('selected', { by: z.array(holder) }),
    tagged('implied', { by: z.array(holder) }),
    /** The dependencies are too low for what was wanted; `unmet` are the symbols that keep them low. */
    tagged('unmet', { expression: z.string(), unmet }),
    /** The same for the condition under which the symbol's menu is shown. */
    tagged('invisible', { expression: z.string(), unmet }),
    /** The dependencies hold, and nothing else explains it. */
    tagged('dependencies-hold', { expression: z.string() }),
    /** m was wanted of a symbol of another type. */
    tagged('not-tristate', { type: z.string() }),
    tagged('no-modules', {}),
    /** The other members of its choice that were also asked to be y; the one that stays first. */
    tagged('choice', { with: z.array(z.string()) }),
    /** Two of these members of one choice are asked to be y; which two is not known. */
    tagged('two-yes', { members: z.array(z.string()) }),
    /** Another definition counts instead; `value` null: it leaves the symbol unset. */
    tagged('overridden', { by: askerSchema, value: z.string().nullable(), position: positionSchema.nullable() }),
    /** Definitions that cannot be merged; `file` null: one of the patches. */
    tagged('conflict', { definitions: z.array(z.strictObject({ file: z.string().nullable(), value: z.string() })) }),
    /** The intent is honoured: the same value, spelled in another way. */
    tagged('spelling', {}),
    /** A cause of which an earlier version recorded only the text. */
    tagged('recorded', { text: z.string() }),
  ])
  .meta({ id: 'cause', description: 'Why kconfig did not honour a setting.' });

/**
 * Why kconfig did not honour an intent. `causeText` in `fallout` puts it into words.
 * Expressions are as kconfig prints them, with live values: `FOO [=n] && BAR [=y]`.
 */
export type Cause = z.infer<typeof causeSchema>;
