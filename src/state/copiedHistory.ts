import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openHistory, type History } from './historyDatabase.ts';
import { HistoryError } from './historyError.ts';

/**
 * A copy of what is recorded, in the folder `to`, to be written on: what was judged is not built again.
 * @throws HistoryError where there is a history that this user may not read.
 */
export async function copiedHistory(stateDir: string, to: string): Promise<History> {
  const recorded = recordedHistory(stateDir);
  if (recorded !== null) {
    await mkdir(to);
    await recorded.db.backup(join(to, 'falloutd.db')).finally(() => recorded.close());
  }
  return openHistory(to);
}

function recordedHistory(stateDir: string): History | null {
  try {
    return openHistory(stateDir, { readonly: true });
  } catch (error) {
    if (error instanceof HistoryError && error.code === 'missing') return null;
    throw error;
  }
}
