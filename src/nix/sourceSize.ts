import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { size } from '../system/byteSize.ts';
import type { Problem } from '../model/problem.ts';
import { outputOf, runNix, type Running } from './command.ts';
import { sizeArguments } from './installable.ts';
import type { SourceMap } from './sources.ts';

/** From this size on, copying takes seconds at each save. */
const LARGE_BYTES = 100e6;

/** A folder of the user that Nix copied into its store, and how much that is. */
export type CopiedSize = { realPath: string; bytes: number };

/** Gives the size of each folder that an evaluation copied; null if the store does not say. Asks once for each copy. */
export function sourceSizes(
  nixArgs: readonly string[],
  running: Running,
): (sources: SourceMap) => Promise<CopiedSize[] | null> {
  let known = new Map<string, number>();
  return async (sources) => {
    const unknown = sources.map((source) => source.storePath).filter((path) => !known.has(path));
    if (unknown.length > 0) {
      const args = sizeArguments(unknown, nixArgs);
      const answer = outputOf(await runNix({ command: 'nix-store', args, ...running }).catch(() => null)) ?? '';
      const sizes = answer.trim().split('\n').map(Number);
      if (sizes.length !== unknown.length || !sizes.every(Number.isSafeInteger)) return null;
      const added = unknown.map((path, i): [string, number] => [path, sizes[i] ?? 0]);
      // The next evaluation mostly has the same copies, and never those of long ago.
      known = new Map([...[...known].filter(([path]) => sources.some((s) => s.storePath === path)), ...added]);
    }
    return sources.map(({ realPath, storePath }) => ({ realPath, bytes: known.get(storePath) ?? 0 }));
  };
}

/** A warning about copies that are large together; null if they are not. */
export function sizeWarning(copied: readonly CopiedSize[]): Problem | null {
  const total = copied.reduce((sum, { bytes }) => sum + bytes, 0);
  const [largest] = copied.toSorted((a, b) => b.bytes - a.bytes);
  if (total < LARGE_BYTES || largest === undefined) return null;
  const isGit = existsSync(join(largest.realPath, '.git'));
  return {
    message: `Nix copies ${size(total)} into its store at each save: ${largest.realPath}`,
    hint: isGit
      ? 'every file that git tracks is copied: keep what is large out of this repository, or give the flake a repository of its own'
      : 'outside of git the whole folder is copied: make it a git repository that tracks what the flake needs (git init; git add), or move what is large out of it',
  };
}
