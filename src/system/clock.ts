/**
 * Remembers this moment. The returned function gives it in ms since the epoch, like file times. If the clock was set
 * meanwhile, it gives the earlier of the two readings, so that nothing saved since then looks older.
 */
export function thisMoment(): () => number {
  const [wall, steady] = [Date.now(), performance.now()];
  return () => Math.min(wall, Date.now() - (performance.now() - steady));
}
