import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config, Target } from '../config/config.ts';
import { RefusedError } from '../model/errors.ts';
import { realPath } from '../system/realPath.ts';
import { openHistory, type History } from './historyDatabase.ts';

/**
 * Takes the names of these targets in a history for the folders that they stand in. Two hosts of one name in one state directory
 * would share their entries, holds and undo; a flake that has moved keeps its name.
 * @throws RefusedError when a name belongs to another folder.
 */
export function claimTargets(history: History, targets: readonly Target[]): void {
  refuseOthers(history, targets);
  // One transaction: thousands of targets start as quickly as one.
  history.write(() => {
    for (const target of targets) keepPlace(history, target.name, folderOf(target));
  });
}

/** The same for a command that only asks a daemon. Without a history, nobody has taken the name yet. */
export function assertNotTaken({ stateDir, targets }: Config): void {
  let history: History;
  try {
    history = openHistory(stateDir, { readonly: true });
  } catch {
    // Whoever opens it for writing reports what is wrong with it.
    return;
  }
  try {
    refuseOthers(history, targets);
  } finally {
    history.close();
  }
}

function refuseOthers(history: History, targets: readonly Target[]): void {
  for (const target of targets) {
    const taken = takenBy(history, target);
    if (taken === null) continue;
    throw new RefusedError({
      message: `the target \`${target.name}\` of this state directory is the one in ${taken}, not in ${folderOf(target)}`,
      file: dirname(history.path),
      hint: 'give one of them another name (`[target.NAME]` in its falloutd.toml; `falloutd init --target NAME` makes one), or a state directory of its own (--state DIR)',
    });
  }
}

/** The other folder, still there, that a target's name belongs to; null where it belongs to this one, or to none. */
export function takenBy(history: History, target: Target): string | null {
  const taken = placeOf(history, target.name);
  if (taken === null || taken === folderOf(target)) return null;
  return existsSync(target.installable.kind === 'flake' ? join(taken, 'flake.nix') : taken) ? taken : null;
}

function folderOf({ installable, patchesFile }: Target): string {
  return realPath(installable.kind === 'flake' ? installable.dir : dirname(patchesFile));
}

/** Records which folder a target's name belongs to. */
export function keepPlace(history: History, target: string, folder: string): void {
  history.insert('places', { target, folder }, 'OR REPLACE');
}

/** The folder that a target's name belongs to; null where nobody has taken it. */
export function placeOf(history: History, target: string): string | null {
  return history.get<{ folder: string }>('SELECT folder FROM places WHERE target = ?', target)?.folder ?? null;
}
