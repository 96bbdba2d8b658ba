import { link, open, readFile, realpath, unlink } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { BlockedError } from '../model/errors.ts';
import type { History } from '../state/history.ts';
import { keepReplaced } from '../state/record.ts';
import { textOf } from '../system/fileText.ts';
import { nameBeside } from '../system/leftovers.ts';
import { checkWithNix } from '../nix/checkSyntax.ts';
import { replaceFile } from '../system/replaceFile.ts';
import { track, untrack } from '../system/git.ts';
import type { Change, Step } from './plan.ts';

export type ApplyOptions = {
  /** The folder that all files must stand in: the user's flake. */
  root: string;
  history: History;
  target: string;
};

/**
 * Does the steps of a plan in their order, if Nix can parse every new text.
 * @throws BlockedError at the first one that cannot be done: those before it stay done, and `init` goes on from there.
 */
export async function apply(steps: readonly Step[], options: ApplyOptions): Promise<void> {
  for (const step of steps) if (step.kind === 'change') await check(step.change, options);
  for (const step of steps) {
    if (step.kind === 'track') await track(step.path);
    else if (step.kind === 'untrack') await untrack(step.path);
    else await applyChange(step.change, options);
  }
}

async function check({ path, after }: Change, { root }: ApplyOptions): Promise<void> {
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

async function applyChange({ path, before, after }: Change, { root, history, target }: ApplyOptions): Promise<void> {
  if (before !== null) keepReplaced(history, { path, target, run: null, before, after: after ?? Buffer.alloc(0) });
  if (before === null) {
    if (after !== null) await makeFile(path, after);
  } else if (after === null) {
    await deleteFile(path, before);
  } else {
    const replaced = await replaceFile(path, before, after, { root });
    if (replaced.kind === 'refused') throw new BlockedError({ file: path, ...replaced.problem });
    if (replaced.kind === 'changed') throw changed(path);
  }
}

/** Makes a file that is not there yet: whole, or not at all. */
async function makeFile(path: string, content: Buffer): Promise<void> {
  const temporary = nameBeside(path, Buffer.alloc(0), content);
  try {
    const handle = await open(temporary, 'wx', 0o666);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw changed(path, error);
    throw forbidden('made', path, error);
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}

async function deleteFile(path: string, expected: Buffer): Promise<void> {
  try {
    if (!(await readFile(path)).equals(expected)) throw changed(path);
    await unlink(path);
  } catch (error) {
    if (error instanceof BlockedError) throw error;
    throw forbidden('deleted', path, error);
  }
}

function forbidden(what: 'made' | 'deleted', path: string, cause: unknown): BlockedError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    EACCES: 'permission denied',
    EPERM: 'not permitted',
    EROFS: 'the file system is read-only',
    ENOSPC: 'no space left on the disk',
  };
  return new BlockedError(
    {
      message: `cannot be ${what}: ${reasons[code] ?? message}`,
      file: path,
      hint: 'falloutd needs to write in this folder',
    },
    { cause },
  );
}

function changed(path: string, cause?: unknown): BlockedError {
  return new BlockedError(
    { message: 'was saved in the meantime: it stays as it is', file: path, hint: 'run the same command again' },
    { cause },
  );
}
