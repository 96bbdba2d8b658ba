/** What the Kconfig files of a kernel's source declare, where no kernel facts are. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { fetchPaths, type CopyOptions } from '../nix/copyPaths.ts';
import { isStorePath } from '../nix/sources.ts';
import { sha256 } from '../system/contentHash.ts';
import { readableText, wholeFile } from '../system/wholeFile.ts';
import { kconfigHunks, readDeclarations, type Declaration, type Declarations } from './declarations.ts';

/**
 * What the Kconfig files of a kernel source declare, for all architectures, with what patches add to them.
 * The source is a directory or an archive that tar reads; it is copied here where another store has it, and what a store
 * path gave is kept in `cacheDir`.
 * @returns null where the source cannot be had or read.
 */
export async function kernelDeclarations(
  source: { src: string; patchFiles: readonly string[] },
  { cacheDir, ...copying }: { cacheDir: string } & CopyOptions,
): Promise<Declarations | null> {
  const cache = isStorePath(source.src)
    ? join(cacheDir, `kconfig-${sha256(JSON.stringify(source)).slice(0, 16)}.json`)
    : null;
  try {
    const kept =
      cache === null ? null : new Map(JSON.parse(wholeFile(cache).toString('utf8')) as [string, Declaration][]);
    if (kept !== null && kept.size > 0) return kept;
  } catch {
    // Not kept yet, or cut short by a kill.
  }
  await fetchPaths(
    [source.src, ...source.patchFiles].filter((path) => isStorePath(path) && !existsSync(path)),
    copying,
  );
  const files = await kconfigTexts(source.src).catch(() => null);
  if (files === null) return null;
  const patches = source.patchFiles.map((file) => readableText(file) ?? '');
  const declarations = readDeclarations([...files, ...patches.flatMap(kconfigHunks)]);
  if (declarations.size === 0) return null;
  if (cache !== null) await keep(cache, JSON.stringify([...declarations]));
  return declarations;
}

/** What cannot be kept (a full disk) is read again next time; that must not end a run that only waits for its build. */
async function keep(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  } catch {
    await rm(file, { force: true }).catch(() => undefined);
  }
}

async function kconfigTexts(src: string): Promise<string[] | null> {
  if ((await stat(src)).isDirectory()) {
    const files = await kconfigFiles(src, '');
    return files.map((file) => wholeFile(file).toString('utf8'));
  }
  // Only the folders at the top of the tree: many a driver has a `tools` of its own.
  const without = [...PASSED_OVER].map((folder) => `--exclude=*/${folder}`);
  const kept = ['--wildcards', '--wildcards-match-slash', '*/Kconfig*'];
  const args = ['-xOf', src, '--anchored', '--no-wildcards-match-slash', ...without, ...kept];
  const tar = await execa('tar', args, { reject: false, stdin: 'ignore', maxBuffer: 64 << 20 });
  return tar.failed ? null : [tar.stdout];
}

/** Folders of a kernel tree that hold no Kconfig file of it; the tests of kconfig itself define symbols of their own. */
const PASSED_OVER = new Set(['Documentation', '.git', 'scripts/kconfig/tests', 'tools', 'LICENSES']);

async function kconfigFiles(root: string, inside: string): Promise<string[]> {
  const entries = await readdir(join(root, inside), { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry): Promise<string[]> => {
      const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
      if (entry.isDirectory()) return PASSED_OVER.has(path) ? [] : kconfigFiles(root, path);
      return entry.isFile() && entry.name.startsWith('Kconfig') ? [join(root, path)] : [];
    }),
  );
  return found.flat();
}
