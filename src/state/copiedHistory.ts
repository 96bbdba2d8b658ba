import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openHistory, type History } from './historyDatabase.ts';

/** A copy of what is recorded, in the folder `to`, to be written on: what was judged is not built again. */
export async function copiedHistory(stateDir: string, to: string): Promise<History> {
  if (existsSync(join(stateDir, 'falloutd.db'))) {
    const recorded = openHistory(stateDir, { readonly: true });
    await mkdir(to);
    await recorded.db.backup(join(to, 'falloutd.db')).finally(() => recorded.close());
  }
  return openHistory(to);
}
