import type { Cause } from './cause.ts';
import type { Position, Asker } from './intent.ts';

export type FalloutKind =
  'unused' | 'value' | 'repeated' | 'choice' | 'conflict' | 'unknown' | 'silent' | 'overridden' | 'clamped';

/** An intent that a config build did not honour. `wanted` and `got` are in kconfig's spelling; got null: not in .config. */
export type Fallout = {
  kind: FalloutKind;
  symbol: string;
  wanted: string | null;
  got: string | null;
  /** What kconfig offered when it asked (`['n','m']`), when it asked. */
  offered?: string[];
  cause?: Cause;
  /** Whose intent: `patch NAME`, `kernel` or `nixpkgs`, or null where it is not known. */
  by: Asker | null;
  /** The place of the losing or the winning intent, when it is known. */
  position?: Position | null;
  /** unknown: the nearest names that this kernel defines. */
  suggestions?: string[];
};

/** A wish (or default) that the resulting .config does not honour, although the build is green. */
export type Wish = {
  symbol: string;
  wanted: string;
  got: string | null;
  by: Asker;
  position: Position | null;
  cause?: Cause;
  kind: FalloutKind;
  suggestions?: string[];
};
