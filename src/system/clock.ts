/**
 * Remembers this moment. The function it gives tells it in ms since the epoch as files' times have them, the earlier one
 * where the clock was set meanwhile: what was saved since then is not older.
 */
export function thisMoment(): () => number {
  const [wall, steady] = [Date.now(), performance.now()];
  return () => Math.min(wall, Date.now() - (performance.now() - steady));
}
