import { endLeftBehind } from './childProcesses.ts';
import type { Config } from '../config/config.ts';
import { openHistory, type History } from './historyDatabase.ts';
import { closeUnfinished } from './recordRun.ts';
import { takeLock } from './lock.ts';
import { claimTargets } from './targetNames.ts';
import { refuseStateInFlake } from './stateInFlake.ts';

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
  let history: History | undefined;
  const close = (): void => {
    history?.close();
    lock.release();
  };
  try {
    history = openHistory(config.stateDir);
    claimTargets(history, config.targets);
    closeUnfinished(history);
    await endLeftBehind(history);
    return { history, close };
  } catch (error) {
    close();
    throw error;
  }
}
