const CELLS = 10;

/** `▕██████░░░░▏`: how much of something is done, from 0 to 1. */
export function progressBar(done: number): string {
  const full = Math.round(CELLS * Math.min(1, Math.max(0, done)));
  return `▕${'█'.repeat(full)}${'░'.repeat(CELLS - full)}▏`;
}
