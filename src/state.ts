import { endLeftBehind } from './children.ts';
import { openHistory, type History } from './history/open.ts';
import { closeUnfinished } from './history/record.ts';
import { takeLock } from './lock.ts';

/** A state directory that this process alone may write. */
export type State = { history: History; close: () => void };

/**
 * Takes a state directory: its lock, its database, and what a killed falloutd left (unfinished runs, processes).
 * @throws RefusedError when another falloutd holds it; HistoryError when the database cannot be opened.
 */
export async function openState(stateDir: string): Promise<State> {
  const lock = takeLock(stateDir);
  try {
    const history = openHistory(stateDir);
    closeUnfinished(history);
    await endLeftBehind(history);
    return {
      history,
      close: () => {
        history.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}
