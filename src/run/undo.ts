import type { Target } from '../config/config.ts';
import { BlockedError, RefusedError } from '../model/errors.ts';
import type { History } from '../state/historyDatabase.ts';
import { run as recordedRun } from '../state/recordedRuns.ts';
import { keepState, saveManaged, stateOf } from '../state/targets.ts';
import { lastReplacingRun, replacementsOf, type Replaced } from '../state/replacements.ts';
import { limitOf } from '../model/limits.ts';
import { readPatchFiles, readUserFile, textIn, writeRoot } from './patchWriter.ts';
import { type FileChange, type WriteListeners, writeUserFile } from './writeUserFile.ts';
import { bytesOf, textOf } from '../system/fileText.ts';
import { restoreManaged, sameOutside } from '../managed/edit.ts';

export type Undone = {
  target: string;
  run: number;
  path: string;
  /** Whether the managed patch changed. */
  changed: boolean;
  /** The files whose lines of the user's are as they were before the run, where it changed any. */
  files?: string[];
};

/**
 * Puts the managed patch back as it was before a run (the last one that wrote, when none is named), and the user's own lines where the
 * run changed any. What it replaces is kept in history like every write.
 * @param options.savesStand a file that was saved since, with lines of the user's changed by the run, stays as it is.
 * @throws RefusedError when there is nothing to undo or a file changed meanwhile; BlockedError when it cannot be written.
 */
export async function undoRun(
  target: Target,
  history: History,
  run: number | null,
  { savesStand = false, ...listeners }: WriteListeners & { savesStand?: boolean } = {},
): Promise<Undone> {
  const number = run ?? lastReplacingRun(history, target.name);
  const replaced = number === null ? [] : replacementsOf(history, target.name, number);
  if (number === null || replaced.length === 0) {
    throw new RefusedError({
      message:
        run === null
          ? `no run of ${target.name} has written anything`
          : `run ${run} of ${target.name} ${recordedRun(history, run)?.target === target.name ? 'wrote nothing' : 'is not recorded'}`,
      hint: '`falloutd history` lists the runs',
    });
  }
  const paths = [...new Set(replaced.map(({ path }) => path))];
  const restorations = paths.map((path) =>
    restorationOf(
      target,
      replaced.filter((each) => each.path === path),
    ),
  );
  const changed = restorations.find(({ kind }) => kind === 'saved-since');
  if (changed !== undefined && !savesStand)
    throw new RefusedError({
      message: 'it was changed after that run, which changed lines of yours',
      file: changed.path,
      hint: 'nothing was undone; `falloutd diff` shows what the run changed',
    });
  const changes = restorations.flatMap((each) => (each.kind === 'change' ? each.change : []));
  for (const change of changes) await write(change, target, history, listeners);
  // From now on these are the newest entries; the next run releases those whose intents have changed.
  if (changes.length > 0) {
    const { entries } = readPatchFiles(target, history);
    const known = stateOf(history, target.name, entries)?.entries ?? [];
    keepState(history, target.name, known);
    saveManaged(history, target.name, known);
  }
  const files = restorations.flatMap((each) => (each.kind === 'change' && each.isOwn ? each.path : []));
  return {
    target: target.name,
    run: number,
    path: target.managedFile,
    changed: changes.some(({ path }) => path === target.managedFile),
    ...(files.length > 0 && { files }),
  };
}

/** What becomes of a file; `isOwn`: lines of the user's change back, too. */
type Restoration = { path: string } & (
  { kind: 'change'; change: FileChange; isOwn: boolean } | { kind: 'as-before' } | { kind: 'saved-since' }
);

/** @param replaced the replacements of one file by one run, in their order. */
function restorationOf({ managedFile, managedName }: Target, replaced: readonly Replaced[]): Restoration {
  const [first, last] = [replaced[0], replaced.at(-1)];
  if (first === undefined || last === undefined) throw new Error('nothing was replaced');
  const [before, after] = [textOf(first.before), textOf(last.after)];
  // The flake may have moved since.
  const isManagedAlone = sameOutside(before, after, managedName);
  const path = isManagedAlone ? managedFile : first.path;
  const now = readUserFile(path);
  const text = textIn(now, path);
  if (isManagedAlone) {
    const restored = restoreManaged(text, before, managedName);
    if (restored.kind === 'refused') throw new BlockedError({ file: path, ...restored.problem });
    if (restored.kind === 'unchanged') return { kind: 'as-before', path };
    const change = { path, before: now, after: bytesOf(restored.text) };
    return { kind: 'change', path, change, isOwn: false };
  }
  if (text === before) return { kind: 'as-before', path };
  const isAsWritten = path === managedFile ? sameOutside(text, after, managedName) : text === after;
  if (!isAsWritten) return { kind: 'saved-since', path };
  return { kind: 'change', path, change: { path, before: now, after: first.before }, isOwn: true };
}

async function write(change: FileChange, target: Target, history: History, listeners: WriteListeners): Promise<void> {
  const written = await writeUserFile(change, {
    history,
    target: target.name,
    run: null,
    root: writeRoot(target),
    ...listeners,
    nix: { limit: limitOf(target.limits, 'evaluation') },
  });
  if (written.kind === 'refused') throw new BlockedError(written.problem);
  if (written.kind !== 'written')
    throw new RefusedError({
      message: 'it was saved at this very moment',
      file: change.path,
      hint: 'nothing was undone; try again',
    });
}
