import path from 'node:path';

/** A file as short as it can be said from here: below the current directory, or below the home directory. */
export function shortPath(file: string, from: { cwd?: string; home?: string | undefined } = {}): string {
  const cwd = from.cwd ?? process.cwd();
  const relative = path.relative(cwd, file);
  // In the root directory, where services run, it would only miss its first character.
  if (cwd !== '/' && relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative)) return relative;
  const home = 'home' in from ? from.home : process.env['HOME'];
  return home !== undefined && home !== '' && home !== '/' && file.startsWith(`${home}/`)
    ? `~${file.slice(home.length)}`
    : file;
}
