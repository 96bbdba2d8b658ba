const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** A size for people: `512 B`, `12.3 MB`. */
export function size(bytes: number): string {
  let unit = 0;
  let n = bytes;
  while (n >= 999.95 && unit < UNITS.length - 1) {
    n /= 1000;
    unit++;
  }
  return `${unit === 0 ? String(n) : n.toFixed(1)} ${UNITS[unit] ?? ''}`;
}
