/** What it weighs that a setting takes away what somebody asks for. */
import type { Said } from '../fallout/intents.ts';
import type { ValueDifference } from '../kconfig/index.ts';
import { isWish } from '../model/asker.ts';

const OVER_DEFAULT = 3;
const OVER_WISH = 20;

/** What a definition weighs that gives way: a default of nixpkgs, or a wish of the user. */
export const costOver = (said: Said): number => (isWish(said) ? OVER_WISH : OVER_DEFAULT);

/** What a setting weighs beside what is said of its symbol. */
export const settingCost = (said: Said | undefined, value: string): number =>
  said === undefined || said.wanted === value ? 1 : costOver(said);

/** Whether a change takes away what was asked for and honoured. */
export const isTakenBy = ({ before, after }: ValueDifference, said: Said): boolean =>
  said.wanted === (before ?? 'n') && said.wanted !== (after ?? 'n');
