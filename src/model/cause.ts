import type { Asker, Position } from './intent.ts';

/** A symbol that selects or implies another, and the level at which it holds the other. */
export type Holder = { symbol: string; level: 'm' | 'y' };

/** A symbol of an expression with the value it had when the expression was evaluated. */
type LiveValue = { symbol: string; value: string };

/**
 * Why kconfig did not honour an intent. `causeText` in `fallout` puts it into words.
 * Expressions are as kconfig prints them, with live values: `FOO [=n] && BAR [=y]`.
 */
export type Cause =
  /** Symbols that select this one at a higher level than was wanted. */
  | { kind: 'selected'; by: Holder[] }
  | { kind: 'implied'; by: Holder[] }
  /** The dependencies are too low for what was wanted; `unmet` are the symbols that keep them low. */
  | { kind: 'unmet'; expression: string; unmet: LiveValue[] }
  /** The same of the condition under which the symbol's menu is shown. */
  | { kind: 'invisible'; expression: string; unmet: LiveValue[] }
  /** The dependencies hold, and nothing else explains it. */
  | { kind: 'dependencies-hold'; expression: string }
  /** m was wanted of a symbol of another type. */
  | { kind: 'not-tristate'; type: string }
  | { kind: 'no-modules' }
  /** The other members of its choice that were also asked to be y; the one that stays first. */
  | { kind: 'choice'; with: string[] }
  /** Two of these members of one choice are asked to be y; which two is not known. */
  | { kind: 'two-yes'; members: string[] }
  /** Another definition counts instead; `value` null: it leaves the symbol unset. */
  | { kind: 'overridden'; by: Asker; value: string | null; position: Position | null }
  /** Definitions that cannot be merged; `file` null: one of the patches. */
  | { kind: 'conflict'; definitions: { file: string | null; value: string }[] }
  /** The intent is honoured: the same value, spelled in another way. */
  | { kind: 'spelling' }
  /** A cause of which an earlier version recorded only the text. */
  | { kind: 'recorded'; text: string };
