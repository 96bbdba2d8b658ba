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

/** An entry with the intent it was made from: a text that changes when that intent does (`intentSignature`). */
export type ManagedEntry = Entry & { intent: string };

export type EntryChange = { symbol: string; from: string | null; to: string | null; rung: Rung | null; reason: string };
