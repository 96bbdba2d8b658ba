import type { Target } from '../config/config.ts';
import { BlockedError, RefusedError } from '../model/errors.ts';
import type { History } from '../state/historyDatabase.ts';
import { run as recordedRun } from '../state/recordedRuns.ts';
import { keepState, saveManaged, stateOf } from '../state/targets.ts';
import { firstReplacementOf, lastReplacingRun } from '../state/replacements.ts';
import { limitOf } from '../model/limits.ts';
import { readPatchFiles, readUserFile, textIn, writeRoot } from './patchWriter.ts';
import { type WriteListeners, writeUserFile } from './writeUserFile.ts';
import { bytesOf, textOf } from '../system/fileText.ts';
import { restoreManaged } from '../managed/edit.ts';

export type Undone = { target: string; run: number; path: string; changed: boolean };

/**
 * Puts the managed patch back as it was before a run (the last one that wrote, when none is named).
 * What it replaces is kept in history like every write.
 * @throws RefusedError when there is nothing to undo or the file changed meanwhile; BlockedError when it cannot be written.
 */
export async function undoRun(
  target: Target,
  history: History,
  run: number | null,
  listeners: WriteListeners = {},
): Promise<Undone> {
  const number = run ?? lastReplacingRun(history, target.name);
  const replaced = number === null ? null : firstReplacementOf(history, target.name, number);
  if (number === null || replaced === null) {
    throw new RefusedError({
      message:
        run === null
          ? `no run of ${target.name} has written anything`
          : `run ${run} of ${target.name} ${recordedRun(history, run)?.target === target.name ? 'wrote nothing' : 'is not recorded'}`,
      hint: '`falloutd history` lists the runs',
    });
  }
  const path = target.managedFile;
  const now = readUserFile(path);
  const restored = restoreManaged(textIn(now, path), textOf(replaced.before), target.managedName);
  if (restored.kind === 'refused') throw new BlockedError({ file: path, ...restored.problem });
  if (restored.kind === 'unchanged') return { target: target.name, run: number, path, changed: false };
  const written = await writeUserFile(
    { path, before: now, after: bytesOf(restored.text) },
    {
      history,
      target: target.name,
      run: null,
      root: writeRoot(target),
      ...listeners,
      nix: { limit: limitOf(target.limits, 'evaluation') },
    },
  );
  if (written.kind === 'refused') throw new BlockedError(written.problem);
  if (written.kind !== 'written')
    throw new RefusedError({
      message: 'it was saved at this very moment',
      file: path,
      hint: 'nothing was undone; try again',
    });
  // From now on these are the newest entries; the next run releases those whose intents have changed.
  const { entries } = readPatchFiles(target, history);
  const known = stateOf(history, target.name, entries)?.entries ?? [];
  keepState(history, target.name, known);
  saveManaged(history, target.name, known);
  return { target: target.name, run: number, path, changed: true };
}
