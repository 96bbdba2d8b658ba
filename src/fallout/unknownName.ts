import type { Wish } from '../model/fallout.ts';

/** A name that nothing defines is off, as was asked: no wish is lost, but the name may be misspelt. */
export const isHonouredUnknown = ({ kind, wanted }: Wish): boolean => kind === 'unknown' && wanted === 'n';
