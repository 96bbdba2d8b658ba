import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { distance } from 'fastest-levenshtein';
import { sha256 } from '../system/contentHash.ts';
import { readableText, wholeFile } from '../system/wholeFile.ts';
import { fetchPaths, type CopyOptions } from '../nix/copyPaths.ts';
import { isStorePath } from '../nix/sources.ts';
import { placeIn } from '../nix/wrongSettings.ts';
import { askerName, isManaged } from '../model/asker.ts';
import type { Intent, LegacyLine } from '../model/intent.ts';
import { spelled, valueOf } from '../model/value.ts';
import type { Fallout, Wish } from '../model/fallout.ts';
import type { Problem } from '../model/problem.ts';
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

/** The names that the kernel defines nearest to one that it does not: in another case, else at most three, the nearest first. */
export function nearestSymbols(symbol: string, defined: Declarations): string[] {
  const bare = symbol.replace(/^CONFIG_/i, '');
  const inOtherCase = [...defined.keys()].filter((name) => name.toLowerCase() === bare.toLowerCase());
  if (inOtherCase.length > 0) return inOtherCase;
  // Of short names everything is near.
  const limit = bare.length < 5 ? 0 : Math.floor(bare.length / 4);
  return [...defined.keys()]
    .filter((name) => Math.abs(name.length - bare.length) <= limit)
    .map((name) => ({ name, far: distance(name, bare) }))
    .filter(({ far }) => far <= limit)
    .sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
}

/**
 * Tells the unknown from the merely unused: what the user asks for and no Kconfig file defines is most likely a typo.
 * nixpkgs' defaults serve many kernel versions; a name that this one lacks is no typo of theirs.
 */
export function markUnknown<T extends Fallout | Wish>(items: readonly T[], defined: Declarations): T[] {
  return items.map((item) =>
    item.kind === 'unused' && item.by !== null && item.by.kind !== 'nixpkgs' && !defined.has(item.symbol)
      ? { ...item, kind: 'unknown', suggestions: nearestSymbols(item.symbol, defined) }
      : item,
  );
}

/**
 * Wishes for unknown symbols that are honoured only by accident: whoever turns off a misspelt name gets no complaint
 * from any script. `listed` are the lost wishes already known.
 */
export function unknownWishes(
  { intents, legacy }: { intents: readonly Intent[]; legacy: readonly LegacyLine[] },
  listed: readonly Wish[],
  defined: Declarations,
  managedName: string,
): Wish[] {
  const known = new Set(listed.map((wish) => wish.symbol));
  return [...intents, ...legacy.flatMap(placedIntent)].flatMap(({ symbol, ask, by, position }): Wish[] => {
    const wanted = spelled(ask.value);
    if (wanted === null || by.kind === 'nixpkgs' || isManaged(by, managedName)) return [];
    if (defined.has(symbol) || known.has(symbol)) return [];
    return [{ kind: 'unknown', symbol, wanted, got: null, by, position, suggestions: nearestSymbols(symbol, defined) }];
  });
}

/** A line of an `extraConfig` string as an intent; those of nixpkgs itself stand in no file of the user. */
const placedIntent = ({ symbol, value, optional, by, position }: LegacyLine): Intent[] =>
  position === null ? [] : [{ symbol, ask: { value: valueOf(value), optional }, priority: 100, by, position }];

/** What ends a run under `unknown = "block"`. */
export function unknownProblem({ symbol, by, position, suggestions }: Fallout): Problem {
  return {
    message: `${by === null ? 'somebody' : askerName(by)} asks for ${symbol}, which no Kconfig file of this kernel defines`,
    ...placeIn(position ?? null),
    hint:
      suggestions === undefined || suggestions.length === 0
        ? 'take it out, or set unknown = "absorb"'
        : `did you mean ${suggestions.join(' or ')}?`,
  };
}
