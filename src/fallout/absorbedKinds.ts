import type { Fallout } from '../model/fallout.ts';

const ABSORBED = new Set<Fallout['kind']>(['unused', 'value', 'repeated', 'choice', 'conflict', 'unknown']);

/** Whether an entry can remove it; the other kinds are only reported. */
export const isAbsorbed = ({ kind }: Fallout): boolean => ABSORBED.has(kind);
