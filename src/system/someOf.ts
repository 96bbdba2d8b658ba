/** The first of many words, and how many more there are. */
export function someOf(words: readonly string[], separator = ', ', most = 20): string {
  const more = words.length > most ? [`… and ${words.length - most} more`] : [];
  return [...words.slice(0, most), ...more].join(separator);
}
