/** The first of many words, and how many more there are. */
export function someOf(words: readonly string[], separator = ', ', most = 20): string {
  const more = words.length > most ? [`… and ${words.length - most} more`] : [];
  return [...words.slice(0, most), ...more].join(separator);
}

/** The first words and how many more there are, in a sentence: `A, B and 5 more`. */
export function firstOf(words: readonly string[], most = 4): string {
  const more = words.length - most;
  return `${words.slice(0, most).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
