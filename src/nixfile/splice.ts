import type { Range } from './parse.ts';

/** Replaces `[from, to)` by `insert`. */
export type Splice = Range & { insert: string };

/** Applies splices given in any order. Where two overlap the earlier one wins the common part. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { from, to, insert } of [...splices].sort((a, b) => a.from - b.from || a.to - b.to)) {
    parts.push(text.slice(at, Math.max(at, from)), insert);
    at = Math.max(at, to);
  }
  return parts.join('') + text.slice(at);
}

/** The offset behind the blanks that follow `offset` on its line. */
export function afterBlanks(text: string, offset: number): number {
  let at = offset;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  return at;
}

/** Whether only blanks follow on the line. */
export function endsLine(text: string, offset: number): boolean {
  const at = afterBlanks(text, offset);
  return at === text.length || text[at] === '\n' || text[at] === '\r';
}

/** One step of indentation in the style of `base`. */
export function deeper(base: string): string {
  return base + (base.includes('\t') ? '\t' : '  ');
}
