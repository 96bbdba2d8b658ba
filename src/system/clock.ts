/**
 * Remembers this moment. The function it gives returns it in ms since the epoch, as file times are. If the clock was set
 * meanwhile it returns the earlier of the two readings, so that nothing saved since then looks older.
 */
export function thisMoment(): () => number {
  const [wall, steady] = [Date.now(), performance.now()];
  return () => Math.min(wall, Date.now() - (performance.now() - steady));
}
