import path from 'node:path';

/** A path as short as possible: relative to the current directory, or with `~` for the home directory. */
export function shortPath(file: string, from: { cwd?: string; home?: string | undefined } = {}): string {
  const cwd = from.cwd ?? process.cwd();
  const relative = path.relative(cwd, file);
  // In the root directory, where services run, the relative path would only lack the first slash.
  if (cwd !== '/' && relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative)) return relative;
  const home = 'home' in from ? from.home : process.env['HOME'];
  return home !== undefined && home !== '' && home !== '/' && file.startsWith(`${home}/`)
    ? `~${file.slice(home.length)}`
    : file;
}
