import { statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { checkoutOf } from '../system/checkout.ts';
import { ifSeen } from '../system/ifSeen.ts';
import { readableText, wholeFile } from '../system/wholeFile.ts';
import { firstFiles, pathLiterals } from './flakeFiles.ts';
import type { Installable } from './installable.ts';

/** Store copies of the user's own directories: a path below `storePath` is a copy of the same path below `realPath`. */
export type SourceMap = readonly { storePath: string; realPath: string }[];

/** The files that an evaluation read, from `nix eval -vv` (`evaluating file '…'`; names in « » are no files). */
export function evaluatedFiles(messages: readonly string[]): string[] {
  return [...new Set(messages.flatMap((message) => /^evaluating file '(\/.*)'/.exec(message)?.[1] ?? []))];
}

/**
 * The files that the path literals of these Nix files name: of `builtins.readFile ./symbols.json` Nix says nothing.
 * Nix files count only after `readFile` and in a string: what is imported is reported, and another host's patches are no input of this one.
 * A literal in a comment names one file too many, which costs an evaluation when that is saved.
 */
export function literalFiles(files: readonly string[]): string[] {
  return files.flatMap((file) => {
    // It may have been deleted since it was evaluated.
    const text = readableText(file) ?? '';
    return pathLiterals(text)
      .filter(({ path, isText }) => isText || !path.endsWith('.nix'))
      .map(({ path }) => join(dirname(file), path))
      .filter(isFile);
  });
}

const isFile = (path: string): boolean => ifSeen(() => statSync(path))?.isFile() ?? false;

/** The files and directories that an evaluation copied into the store: source patches, a kernel source. */
export function copiedPaths(messages: readonly string[]): string[] {
  return copiedSources(messages).map((copied) => copied.realPath);
}

/** `copied source 'DIRECTORY' -> 'STORE PATH'` (Nix 2.4 to 2.18 at -vv) names the copies outright. */
function copiedSources(messages: readonly string[]): SourceMap {
  return messages.flatMap((message) => {
    const [, realPath, storePath] = /copied source '(.+?)\/?' -> '([^']+)'/.exec(message) ?? [];
    return realPath === undefined || storePath === undefined ? [] : [{ realPath, storePath }];
  });
}

/**
 * Finds out which store copies are of which of the user's directories.
 * A copy is taken for a candidate directory when a file the evaluation read is the same, byte for byte, in both;
 * the flake's own copy is also known from its flake.nix, the first one that Nix reads.
 * @param candidates the root of the flake's checkout, its own directory, directories given by --override-input.
 */
export function mapSources(
  messages: readonly string[],
  flakeDir: string | null,
  candidates: readonly string[],
): SourceMap {
  const map = [...copiedSources(messages)];
  const known = new Set(map.map((s) => s.storePath));
  const files = evaluatedFiles(messages).filter((f) => storePathOf(f) !== null);
  for (const file of files) {
    const storePath = storePathOf(file) ?? '';
    if (known.has(storePath)) continue;
    const inside = relative(storePath, file);
    const realPath = candidates.find((dir) => sameContent(file, join(dir, inside)));
    if (realPath === undefined) continue;
    known.add(storePath);
    map.push({ storePath, realPath });
  }
  const flakeFile = files.find((f) => f.endsWith('/flake.nix'));
  if (flakeFile !== undefined && flakeDir !== null && !known.has(storePathOf(flakeFile) ?? '')) {
    map.push({ storePath: dirname(flakeFile), realPath: flakeDir });
  }
  return map;
}

/** Maps store copies to the user's directories: the checkout, the flake, inputs given by --override-input. */
export function sourcesOf(
  messages: readonly string[],
  { installable, nixArgs }: { installable: Installable; nixArgs: readonly string[] },
): SourceMap {
  if (installable.kind === 'file') return [];
  const overridden = nixArgs.flatMap((argument, i) => {
    const reference = argument === '--override-input' ? nixArgs[i + 2] : undefined;
    const path = reference?.replace(/^(git\+file|path):(\/\/)?/, '').replace(/\?.*$/, '');
    return path === undefined ? [] : [resolve(installable.dir, path)];
  });
  return mapSources(messages, installable.dir, [checkoutOf(installable.dir), installable.dir, ...overridden]);
}

/** The store path that a path is or lies in: a name after 32 characters of Nix's base 32, wherever the store is. */
const storePathOf = (path: string): string | null => /^\/.*?\/[0-9a-df-np-sv-z]{32}-[^/]+/.exec(path)?.[0] ?? null;

/** The sources with the innermost store copy first: one may lie in another. */
export const longestFirst = (sources: SourceMap): SourceMap =>
  sources.toSorted((a, b) => b.storePath.length - a.storePath.length);

/** The user's own file behind a path that Nix printed; null if it is in no known copy. */
export function ownPath(path: string, sources: SourceMap): string | null {
  // Lazy trees print the flake reference itself: «git+file:///home/me/nixos?ref=…»/patches.nix
  const reference = /^«(?:path:|git\+file:\/\/)(\/[^»?]*)[^»]*»(.*)$/.exec(path);
  if (reference !== null) return `${reference[1] ?? ''}${reference[2] ?? ''}`;
  const source = longestFirst(sources).find((s) => path === s.storePath || path.startsWith(`${s.storePath}/`));
  return source === undefined ? null : join(source.realPath, relative(source.storePath, path));
}

/** The same; a path in no known copy stays as it is. */
export const localPath = (path: string, sources: SourceMap): string => ownPath(path, sources) ?? path;

/** Whether a path lies in a Nix store, wherever that is. */
export const isStorePath = (path: string): boolean => storePathOf(path) !== null;

function sameContent(a: string, b: string): boolean {
  try {
    return wholeFile(a).equals(wholeFile(b));
  } catch {
    // One of them cannot be read here, as in a remote store.
    return false;
  }
}

/** The files to watch: a change to any of them can change the evaluation. */
export function localInputs(messages: readonly string[], sources: SourceMap, installable: Installable): string[] {
  const own = (files: readonly string[]): string[] =>
    files.map((file) => localPath(file, sources)).filter((file) => !isStorePath(file));
  const evaluated = own(evaluatedFiles(messages));
  const copied = own(copiedPaths(messages)).filter(isFile);
  if (installable.kind === 'file') return [...new Set([...evaluated, ...copied])];
  return [...new Set([...firstFiles(installable), ...evaluated, ...copied, ...literalFiles(evaluated)])];
}
