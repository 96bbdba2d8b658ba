import { join, relative } from 'node:path';
import { endLeftBehind } from './childProcesses.ts';
import type { Config } from '../config/config.ts';
import { UsageError } from '../model/errors.ts';
import { checkoutOf } from '../system/checkout.ts';
import { isIgnored } from '../system/git.ts';
import { realPath } from '../system/realPath.ts';
import { openHistory, type History } from './historyDatabase.ts';
import { closeUnfinished } from './recordRun.ts';
import { takeLock, type Lock } from './lock.ts';
import { claimTargets } from './targetNames.ts';

/** A state directory that this process alone may write. */
export type State = { history: History; close: () => void };

/**
 * Takes the state directory of a configuration: its lock, its database with the names of the targets, and what a killed
 * falloutd left (unfinished runs, processes).
 * @throws UsageError when it lies in a flake; RefusedError when another falloutd holds it, or another host has a target's name;
 * HistoryError when the database cannot be opened.
 */
export async function openState(config: Config): Promise<State> {
  await refuseStateInFlake(config);
  const lock = takeLock(config.stateDir);
  try {
    return await openLocked(config, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** The same for a state directory whose lock the caller has taken; on an error the caller keeps it. */
export async function openLocked(config: Config, lock: Lock): Promise<State> {
  const history = openHistory(config.stateDir);
  try {
    claimTargets(history, config.targets);
    closeUnfinished(history);
    await endLeftBehind(history);
  } catch (error) {
    history.close();
    throw error;
  }
  return {
    history,
    close: () => {
      history.close();
      lock.release();
    },
  };
}

/**
 * Nix copies a flake with all that it holds: a database in it would be copied at each save, and change the flake each time.
 * What git ignores Nix does not see.
 * @throws UsageError when the state directory lies in the flake of a target.
 */
export async function refuseStateInFlake({ stateDir, targets }: Config): Promise<void> {
  const state = realPath(stateDir);
  for (const { installable } of targets) {
    if (installable.kind !== 'flake') continue;
    const root = checkoutOf(realPath(installable.dir));
    const way = relative(root, state);
    if (way === '..' || way.startsWith('../') || (await isIgnored(root, join(state, 'falloutd.db')))) continue;
    throw new UsageError({
      message: `the state directory lies in the flake ${root}, which Nix copies at each save`,
      file: stateDir,
      hint: 'name one outside of it: --state DIR, or `state = "~/.local/state/falloutd"` in falloutd.toml; or let git ignore it',
    });
  }
}
