const CELLS = 10;

/** `▕██████░░░░▏`: how much of something is done, from 0 to 1. */
export function progressBar(done: number): string {
  const full = Math.round(CELLS * Math.min(1, Math.max(0, done)));
  return `▕${'█'.repeat(full)}${'░'.repeat(CELLS - full)}▏`;
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** `████▋`: how large something is beside the largest, as a share of it, in at most `cells` columns. */
export function shareBar(share: number, cells: number): string {
  // Whatever is there is seen.
  const eighths = Math.max(1, Math.round(8 * cells * share));
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
}
