/** What the index of modules is made of, from a kernel source on disk. */
import { readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { ifSeen } from '../../system/ifSeen.ts';
import { UnreadableFile, wholeFile } from '../../system/wholeFile.ts';

/** The same that kernel facts hold. */
const WANTED = /^(?:Kconfig|Makefile|Kbuild)|\.Kconfig$|Platform$/;
/** They build programs for people, and nothing of a kernel. */
const LEFT_OUT = new Set(['.git', 'tools', 'Documentation']);

/** The Makefiles and Kconfig files below a folder, by their path in it. What cannot be read is left out. */
export function moduleSources(root: string): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (folder: string): void => {
    for (const entry of ifSeen(() => readdirSync(join(root, folder), { withFileTypes: true })) ?? [])
      read(entry, folder === '' ? entry.name : `${folder}/${entry.name}`);
  };
  const read = (entry: Dirent, path: string): void => {
    if (entry.isDirectory()) {
      if (!LEFT_OUT.has(path)) visit(path);
    } else if (entry.isFile() && WANTED.test(entry.name)) {
      const text = textOf(join(root, path));
      if (text !== null) found.set(path, text);
    }
  };
  visit('');
  return found;
}

function textOf(file: string): string | null {
  try {
    return wholeFile(file).toString('utf8');
  } catch (error) {
    if (error instanceof UnreadableFile) return null;
    throw error;
  }
}
