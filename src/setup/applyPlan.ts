import { realpath } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { BlockedError } from '../model/errors.ts';
import { checkWithNix } from '../nix/checkSyntax.ts';
import { type FileChange, type FileWriteOptions, writeUserFile } from '../run/writeUserFile.ts';
import { textOf } from '../system/fileText.ts';
import { track, untrack } from '../system/git.ts';
import type { Step } from './plan.ts';

/** `root`: the folder that must contain all files, the user's flake. */
export type ApplyOptions = Pick<FileWriteOptions, 'root' | 'history' | 'target'>;

/**
 * Does the steps of a plan in their order if Nix can parse every new text.
 * @throws BlockedError at the first step that fails: those before it stay done, and `init` goes on from there.
 */
export async function apply(steps: readonly Step[], options: ApplyOptions): Promise<void> {
  for (const step of steps) if (step.kind === 'change') await check(step.change, options);
  for (const step of steps) {
    if (step.kind === 'track') await track(step.path);
    else if (step.kind === 'untrack') await untrack(step.path);
    else await applyChange(step.change, options);
  }
}

/** Checks a change before the first one is made. The writer checks each again when it is its turn. */
async function check({ path, after }: FileChange, { root }: ApplyOptions): Promise<void> {
  if (after === null || !path.endsWith('.nix')) return;
  const way = relative(await realpath(root), await realpath(dirname(path)));
  if (way === '..' || way.startsWith('../')) {
    throw new BlockedError({
      message: `is outside of ${root}`,
      file: path,
      hint: 'a flake cannot read it there; put the file itself into the flake',
    });
  }
  const checked = await checkWithNix(textOf(after));
  if (checked.kind === 'syntax') throw new BlockedError({ file: path, ...checked.problem });
}

async function applyChange(change: FileChange, options: ApplyOptions): Promise<void> {
  const written = await writeUserFile(change, { ...options, run: null });
  if (written.kind === 'refused') throw new BlockedError(written.problem);
  if (written.kind !== 'written')
    throw new BlockedError({
      message: 'was saved in the meantime and is left as it is',
      file: change.path,
      hint: 'run the same command again',
    });
}
