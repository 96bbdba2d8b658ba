import { wholeFile } from './wholeFile.ts';

/**
 * Whether this process may use its terminal: one in the background would be stopped by reading from it or changing its mode
 * (proc(5), stat; `tpgid` is the terminal's foreground process group).
 */
export function isInForeground(): boolean {
  const stat = wholeFile('/proc/self/stat').toString('utf8');
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return group === foreground;
}
