import { readdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { TreeSource } from './ast.ts';
import { readRegularFile, UnreadableFile } from './regularFile.ts';

/** Returns the text of the Kconfig file that a `source` names, or null if there is none. @throws UnreadableFile where it is no file that can be read. */
export type FileReader = (name: string) => string | null;

/** Where the text of a tree comes from. */
export type Files = {
  read: FileReader;
  /** The files that match a pattern, sorted as glob(3) does. */
  glob: (pattern: string) => readonly string[];
};

/** The files of a tree on disk. A name is looked up in the tree's root, then in `$(srctree)` (`zconf_fopen`). */
export function filesBelow(source: TreeSource): Files {
  const roots = [...new Set([source.root, source.environment['srctree'] ?? source.root])];
  return {
    read(name) {
      for (const path of isAbsolute(name) ? [name] : roots.map((root) => join(root, name))) {
        const text = readIfNotMissing(path);
        if (text !== null) return text;
      }
      return null;
    },
    glob(pattern) {
      const parts = pattern.split('/').filter((part) => part !== '');
      if (isAbsolute(pattern)) return globBelow('/', parts, '/').sort();
      return roots.map((root) => globBelow(root, parts).sort()).find((found) => found.length > 0) ?? [];
    },
  };
}

/** Files in memory, by name. */
export function filesInMemory(texts: ReadonlyMap<string, string>): Files {
  return {
    read: (name) => texts.get(name) ?? null,
    glob: (pattern) => [...texts.keys()].filter(globMatcher(pattern)).sort(),
  };
}

/** The text of a file, or null if it cannot be read. */
export function readIfThere(path: string): string | null {
  try {
    return readRegularFile(path);
  } catch {
    return null;
  }
}

/** The text of a file, or null if there is none. @throws UnreadableFile. */
function readIfNotMissing(path: string): string | null {
  try {
    return readRegularFile(path);
  } catch (error) {
    if (error instanceof UnreadableFile) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new UnreadableFile(path, REASONS[code ?? ''] ?? `error ${code ?? 'unknown'}`, { cause: error });
  }
}

/** What open(2) says of a socket is ENXIO. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'it may not be read',
  EPERM: 'it may not be read',
  ELOOP: 'it is a link to itself',
  ENXIO: 'it is not a regular file',
};

function globBelow(directory: string, parts: readonly string[], prefix = ''): string[] {
  const [part, ...rest] = parts;
  if (part === undefined) return [];
  const matches = globMatcher(part);
  let names;
  try {
    names = readdirSync(directory).filter(matches);
  } catch {
    return [];
  }
  if (rest.length === 0) return names.map((name) => prefix + name);
  return names.flatMap((name) => globBelow(join(directory, name), rest, `${prefix}${name}/`));
}

/** Returns a test of whether a whole name matches a shell pattern of `*`, `?` and `[…]`. None of them matches a slash, or a dot at the beginning of a name. */
function globMatcher(pattern: string): (name: string) => boolean {
  const source = pattern.replace(/\[!?[^\]]+\]|[\\^$.|+(){}*?[\]]/g, (part) => {
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part.length > 1) return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return `\\${part}`;
  });
  const expression = new RegExp(`^${source}$`);
  const hidden = /^[*?[]/.test(pattern);
  return (name) => expression.test(name) && !(hidden && name.startsWith('.'));
}
