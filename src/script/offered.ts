/** The text between the brackets of a kconfig question. */

/**
 * The tristates that ALTS offers, in its order and in lower case (`N/m/?` gives n, m); null when ALTS is no list of
 * tristates but the current value of an int, hex or string.
 */
export function offeredIn(alts: string): string[] | null {
  if (!/^[YyMmNn](?:\/[YyMmNn])*(?:\/\?)?$/.test(alts) || !alts.includes('/')) return null;
  return alts
    .split('/')
    .filter((each) => each !== '?')
    .map((each) => each.toLowerCase());
}

/** The value before the answer: the capital letter of `N/m/?`, or the whole of an int, hex or string. */
export function currentIn(alts: string): string | null {
  if (offeredIn(alts) === null) return alts;
  return /[YNM]/.exec(alts)?.[0].toLowerCase() ?? null;
}
