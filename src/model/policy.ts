/** How far an entry goes at once: as near to the wish as kconfig allows, or no answer at all. */
export type Policy = 'keep-wish' | 'unset';
