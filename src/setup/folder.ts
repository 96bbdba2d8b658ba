import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { textOf } from '../system/fileText.ts';
import { NixFile } from '../nixfile/nixFile.ts';
import { flakeAbove } from '../system/checkout.ts';
import { trackedFiles } from '../system/git.ts';
import { wholeFile } from '../system/wholeFile.ts';

/** What defines a system if there is no falloutd.toml. */
export type Folder = { kind: 'flake'; dir: string } | { kind: 'configuration'; dir: string };

/** A Nix file of the user, which may have errors; `path` is relative to the folder. */
export type FoundFile = { path: string; file: NixFile };

/** What a file must mention to matter here: kernel patches, their settings, or falloutd's markers. */
const MENTIONS = /kernelPatches|kernelPackages|structuredExtraConfig|extraStructuredConfig|falloutd:/;

/** Larger Nix files are generated, and have no wishes. */
const LARGEST = 2 * 1024 * 1024;
const DEEPEST = 8;

/**
 * The folder of a system: the flake around `cwd`, or `configuration.nix` in it, or the same in /etc/nixos; null if there is
 * none of them.
 */
export function findFolder(cwd: string, etcNixos = '/etc/nixos'): Folder | null {
  const flake = flakeAbove(cwd);
  if (flake !== null) return { kind: 'flake', dir: flake };
  if (existsSync(join(cwd, 'configuration.nix'))) return { kind: 'configuration', dir: cwd };
  if (existsSync(join(etcNixos, 'flake.nix'))) return { kind: 'flake', dir: etcNixos };
  return existsSync(join(etcNixos, 'configuration.nix')) ? { kind: 'configuration', dir: etcNixos } : null;
}

/**
 * The Nix files below a folder that mention kernel patches, and its patches.nix in any case. In a git
 * checkout only tracked files count: a flake does not see the others.
 */
export async function nixFiles(dir: string): Promise<FoundFile[]> {
  // `git grep` keeps this quick in a checkout of nixpkgs, too.
  const mentioning = await trackedFiles(dir, '*.nix', MENTIONS);
  const named = await trackedFiles(dir, 'patches.nix');
  const paths =
    mentioning === null || named === null ? await walk(dir, dir, 0) : [...new Set([...mentioning, ...named])].sort();
  const files = paths.map((path) => readNixFile(dir, path));
  return files.flatMap((found) => {
    if (found === null || (found.path !== 'patches.nix' && !MENTIONS.test(found.text))) return [];
    return [{ path: found.path, file: NixFile.parseLoosely(found.text) }];
  });
}

async function walk(root: string, dir: string, depth: number): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(dir, entry.name);
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    if (entry.isDirectory()) {
      if (depth < DEEPEST) found.push(...(await walk(root, path, depth + 1)));
    } else if (entry.name.endsWith('.nix')) {
      found.push(relative(root, path));
    }
  }
  return found;
}

function readNixFile(dir: string, path: string): { path: string; text: string } | null {
  try {
    return { path, text: textOf(wholeFile(join(dir, path), LARGEST)) };
  } catch {
    // Tracked but deleted, or a dangling link: the evaluation will say so.
    return null;
  }
}
