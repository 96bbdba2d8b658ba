import type { Asker } from './intent.ts';
import type { Ask } from './value.ts';

/**
 * How far an entry stands from the intent it was made from:
 * 0 the very wish (it only settles a conflict), 1 `option WANTED`, 2 `option NEAREST`,
 * 3 `option` of the next nearest, 4 `unset`.
 */
export type Rung = 0 | 1 | 2 | 3 | 4;

/** One binding that falloutd writes into the managed patch. */
export type Entry = {
  symbol: string;
  ask: Ask;
  /** The number after `lib.mkOverride`. */
  override: number;
  /** `legacy`: a line in the managed patch's own extraConfig, because a legacy string asked. */
  via: 'structured' | 'legacy';
  rung: Rung;
  /** What stands behind the `#` of its line: `wanted n, got m: selected by RTL8192CE`. One line. */
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
  | { kind: 'choice'; intent: OriginIntent | null; stays: { symbol: string; intent: OriginIntent | null } };

/** An entry with its origin: it is released when what is asked is no longer that. */
export type ManagedEntry = Entry & { origin: Origin };

export type EntryChange = { symbol: string; from: string | null; to: string | null; rung: Rung | null; reason: string };
