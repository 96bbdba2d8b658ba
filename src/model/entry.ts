import { z } from 'zod';
import type { Cause } from './cause.ts';
import type { Asker } from './intent.ts';
import type { Ask } from './value.ts';

const rung = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3), z.literal(4)]);

/**
 * How far an entry stands from the intent it was made from:
 * 0 the very wish (it only settles a conflict), 1 `option WANTED`, 2 `option NEAREST`,
 * 3 `option` of the next nearest, 4 `unset`.
 */
export type Rung = z.infer<typeof rung>;

/** One binding that falloutd writes into the managed patch. */
export type Entry = {
  symbol: string;
  ask: Ask;
  /** The number after `lib.mkOverride`. */
  override: number;
  /** `legacy`: a line in the managed patch's own extraConfig, because a legacy string asked. */
  via: 'structured' | 'legacy';
  rung: Rung;
  /** The comment on its line: `wanted n, got m: selected by RTL8192CE`. One line. */
  reason: string;
};

/** Who asks for what. A patch goes by its name, or by its index where it has none: its place in the list may change. */
export type OriginIntent = {
  by: Exclude<Asker, { kind: 'patch' }> | { kind: 'patch'; name: string } | { kind: 'patch'; index: number };
  ask: Ask;
  via: Entry['via'];
};

/** What an entry was made from; `intent` is what is asked of its symbol without falloutd, null where nobody asks. */
export type Origin =
  | { kind: 'wish'; intent: OriginIntent | null }
  /** The user changed the entry by hand. */
  | { kind: 'hand'; intent: OriginIntent | null }
  /** A member of a choice that gave way to the one that `stays`. */
  | { kind: 'choice'; intent: OriginIntent | null; stays: { symbol: string; intent: OriginIntent | null } }
  /** Nobody asks for it so: it gives the wish that it serves. */
  | { kind: 'pursuit'; intent: OriginIntent | null; serves: { symbol: string; intent: OriginIntent | null } };

/** An entry with its origin: it is released when what is asked is no longer that. `cause` is the one that its reason gives. */
export type ManagedEntry = Entry & { origin: Origin; cause?: Cause };

export const entryChangeSchema = z
  .strictObject({
    symbol: z.string(),
    from: z.string().nullable(),
    to: z.string().nullable(),
    rung: rung.nullable(),
    reason: z.string(),
  })
  .meta({ id: 'entryChange', description: 'What became of an entry of the managed patch; `to` null: released.' });

export type EntryChange = z.infer<typeof entryChangeSchema>;

/**
 * Which lost wishes are pursued by further entries: over what nobody asks for, or also over optional defaults of nixpkgs; or only these,
 * over what nobody asks for.
 */
export type Pursue = 'none' | 'unclaimed' | 'all' | readonly string[];

/** How far an entry goes at once: as near to the wish as kconfig allows, or no answer at all. */
export type Policy = 'keep-wish' | 'unset';
