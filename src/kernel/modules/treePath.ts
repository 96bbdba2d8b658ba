/** Paths below the top of a kernel source. */

/** A path without `.`, `..` and double slashes; the top itself is the empty text. */
export function normalPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

export const inFolder = (folder: string, name: string): string => normalPath(`${folder}/${name}`);

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The folder of a path, `.` where it names none. */
export function folderOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end < 0 ? '.' : path.slice(0, end);
}
