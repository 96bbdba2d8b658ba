import type { Tristate } from './value.ts';

/** Why kconfig did not honour an intent, as far as the transcript tells. */
export type Cause = {
  /** Symbols that hold this one up, with the level they hold it at. */
  selectedBy?: { symbol: string; level: Tristate | null }[];
  impliedBy?: { symbol: string; level: Tristate | null }[];
  /** The `Depends on:` expression as kconfig printed it, with live values (`FOO [=n] && BAR [=y]`). */
  dependsOn?: string;
  /** The symbols of that expression whose value keeps it unmet. */
  unmet?: string[];
  /** The other members of the choice that were also asked to be y; the one that stays first. */
  choiceWith?: string[];
  /** One readable line: `selected by RTL8192CE`, `depends on SND_SOC [=n]`. */
  text: string;
};
