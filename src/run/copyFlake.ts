import { chmod, cp, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Target } from '../config/config.ts';
import { BlockedError, InfrastructureError, UsageError } from '../model/errors.ts';
import { evaluate } from '../nix/evaluate.ts';
import { checkoutOf } from '../system/checkout.ts';

/** `inPlace` puts the user's own paths into a value, since the copy is gone when somebody reads it. */
type FlakeCopy = { copied: Target; inPlace: <T>(value: T) => T };

/**
 * Copies what Nix sees of the target's flake (its copy in the store) to `dir`, and points the target at the copy. `option` is the one
 * that asks for it.
 * @throws UsageError when the target is no flake; BlockedError or InfrastructureError when Nix cannot evaluate it.
 */
export async function copyFlake(
  target: Target,
  dir: string,
  { signal, option }: { signal: AbortSignal; option: string },
): Promise<FlakeCopy> {
  if (target.installable.kind !== 'flake') {
    throw new UsageError({
      message: `${option} needs a flake: a Nix file may import from anywhere`,
      hint: 'commit your work and run `falloutd once`, then look at the diff',
    });
  }
  const evaluation = await evaluate(target, { signal });
  if (evaluation.kind === 'blocked') throw new BlockedError(evaluation.problem);
  if (evaluation.kind === 'infrastructure') throw new InfrastructureError(evaluation.problem);
  const root = checkoutOf(target.installable.dir);
  const source = evaluation.kind === 'evaluated' ? evaluation.sources.find((s) => s.realPath === root) : undefined;
  if (source === undefined)
    throw new InfrastructureError({
      message: 'Nix did not say where its copy of the flake is',
      hint: `leave ${option} out`,
    });
  await cp(source.storePath, dir, { recursive: true, verbatimSymlinks: true });
  await makeWritable(dir);
  const inCopy = (path: string): string => join(dir, relative(root, path));
  const inJson = (path: string): string => JSON.stringify(path).slice(1, -1);
  return {
    copied: {
      ...target,
      installable: { ...target.installable, dir: inCopy(target.installable.dir) },
      patchesFile: inCopy(target.patchesFile),
      managedFile: inCopy(target.managedFile),
    },
    inPlace: <T>(value: T) => JSON.parse(JSON.stringify(value).replaceAll(inJson(dir), inJson(root))) as T,
  };
}

/** A copy out of the store is read-only. */
async function makeWritable(dir: string): Promise<void> {
  await chmod(dir, 0o755);
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(dir, entry.name));
    else if (entry.isFile()) await chmod(join(dir, entry.name), 0o644);
  }
}
