import { z } from 'zod';
import { askerSchema, positionSchema } from './intent.ts';
import { tagged } from './tagged.ts';

const level = z.enum(['m', 'y']);

export const holderSchema = z.strictObject({
  symbol: z.string(),
  level,
  /** Whether the user asks for it. */
  isWish: z.literal(true).exactOptional(),
  /** Where it is held itself: the symbols at the beginning of the selects, which nothing holds. */
  heldBy: z.array(z.string()).exactOptional(),
});

/** A symbol that selects or implies another, and the level at which it holds the other. */
export type Holder = z.infer<typeof holderSchema>;

/** The symbols of an expression that decide it, each with the value it had when the expression was evaluated. */
const unmet = z.array(z.strictObject({ symbol: z.string(), value: z.string() }));

/** What a dependency lacks, with the operators that it has in Kconfig. */
export type Condition =
  /** The symbol has to be at least this high. */
  | { kind: 'symbol'; symbol: string; value: string; needed: 'm' | 'y' }
  /** The symbol has to be at most this high. */
  | { kind: 'off'; symbol: string; value: string; most: 'n' | 'm' }
  | { kind: 'comparison'; left: string; operator: Comparison; right: string; leftValue: string; rightValue: string }
  /** `more`: how many further alternatives are left out. */
  | { kind: 'all' | 'any'; of: Condition[]; more?: number };

type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

export const conditionSchema: z.ZodType<Condition> = z
  .discriminatedUnion('kind', [
    tagged('symbol', { symbol: z.string(), value: z.string(), needed: level }),
    tagged('off', { symbol: z.string(), value: z.string(), most: z.enum(['n', 'm']) }),
    tagged('comparison', {
      left: z.string(),
      operator: z.enum(['=', '!=', '<', '<=', '>', '>=']),
      right: z.string(),
      leftValue: z.string(),
      rightValue: z.string(),
    }),
    tagged('all', { of: z.array(z.lazy(() => conditionSchema)), more: z.int().exactOptional() }),
    tagged('any', { of: z.array(z.lazy(() => conditionSchema)), more: z.int().exactOptional() }),
  ])
  .meta({ id: 'condition', description: 'What does not hold and would have to, with the values that decide it.' });

const setter = z.discriminatedUnion('kind', [
  tagged('default', { value: z.string(), condition: z.string().nullable(), file: z.string(), line: z.int() }),
  tagged('select', { by: z.array(holderSchema) }),
  tagged('imply', { by: z.array(holderSchema) }),
  tagged('nothing', {}),
]);

export const causeSchema = z
  .discriminatedUnion('kind', [
    /** Symbols that select this one at a higher level than was wanted. */
    tagged('selected', { by: z.array(holderSchema) }),
    tagged('implied', { by: z.array(holderSchema) }),
    /** Its prompt is not offered at the level that was wanted. */
    tagged('needs', { condition: conditionSchema }),
    /** It cannot be asked for. `needs` null: it has no prompt at all. `reach`: what would set it as wanted. */
    tagged('no-prompt', {
      needs: conditionSchema.nullable(),
      setBy: setter,
      reach: conditionSchema.exactOptional(),
    }),
    /** The member that is y of its choice. `itself`: it is the symbol that should not be. */
    tagged('chosen', { has: z.string(), itself: z.literal(true).exactOptional() }),
    tagged('range', { low: z.string(), high: z.string(), nearest: z.string() }),
    /** The number is beyond a range that the log does not tell. */
    tagged('out-of-range', {}),
    /** The text is none of the symbol's type. */
    tagged('malformed', { type: z.string() }),
    /** An empty text was wanted, which cannot be answered. */
    tagged('empty-text', {}),
    /** The script's first pass offered less than the finished .config would; `by`: what selected it then. */
    tagged('first-pass', { offered: z.array(z.string()), by: z.array(z.string()) }),
    /**
     * No Kconfig file of this kernel defines it. `same`: its name in another case, or without `CONFIG_`; `now`: what took over
     * from it; `elsewhere`: the architectures or files that define it.
     */
    tagged('unknown', {
      same: z.array(z.string()),
      now: z.array(z.string()),
      elsewhere: z.array(z.string()),
      near: z.array(z.string()),
    }),
    /** Of earlier versions: `unmet` are the symbols that keep the dependencies low. */
    tagged('unmet', { expression: z.string(), unmet }),
    /** Of earlier versions: the same for the condition under which the symbol's menu is shown. */
    tagged('invisible', { expression: z.string(), unmet }),
    /** The dependencies hold, and the log does not say more. */
    tagged('dependencies-hold', { expression: z.string() }),
    /** m was wanted of a symbol of another type; `needs`: what its other values lack, too. */
    tagged('not-tristate', { type: z.string(), needs: conditionSchema.exactOptional() }),
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

export const rootSchema = z
  .strictObject({
    symbol: z.string(),
    value: z.string(),
    /** Who asks for that value; null where nobody does. */
    by: askerSchema.nullable(),
    position: positionSchema.nullable(),
  })
  .meta({ id: 'root', description: 'Where the chain of causes ends: a setting, or a value that nobody asks for.' });

/** Where a chain of causes ends. */
export type Root = z.infer<typeof rootSchema>;
