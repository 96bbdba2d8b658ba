import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { openHistory } from '../../src/state/historyDatabase.ts';
import { runs } from '../../src/state/recordedRuns.ts';
import { isLocked, takeLock } from '../../src/state/lock.ts';
import { recordRun, stateDir } from '../helpers/history.ts';

/** Counts objects, and how many of them were collected. */
class Counted {
  made = 0;
  collected = 0;
  readonly #registry = new FinalizationRegistry(() => {
    this.collected++;
  });

  add<T extends object>(made: T): T {
    this.made++;
    this.#registry.register(made, null);
    return made;
  }
}

type Native = { prepare: (...args: unknown[]) => object };
type Addon = { Database: new (...args: unknown[]) => Native };

/** Counts what better-sqlite3 makes in its native part, for itself too. */
function countNative(): { statements: Counted; databases: Counted } {
  const addon = createRequire(import.meta.url)('better-sqlite3/build/Release/better_sqlite3.node') as Addon;
  const [statements, databases] = [new Counted(), new Counted()];
  const { Database } = addon;
  const { prepare } = Database.prototype as Native;
  (Database.prototype as Native).prepare = function (this: Native, ...args) {
    return statements.add(prepare.apply(this, args));
  };
  addon.Database = function (...args: unknown[]) {
    return databases.add(new Database(...args));
  } as unknown as Addon['Database'];
  return { statements, databases };
}

test('no statement and no database is ever collected: Node 24.19 can end the process where one is', async () => {
  const { statements, databases } = countNative();
  const collector = new Counted();
  const dir = stateDir();
  (() => {
    const lock = takeLock(dir);
    const history = openHistory(dir);
    recordRun(history, { iterations: [{}, {}] });
    history.close();
    const reading = openHistory(dir, { readonly: true });
    expect(runs(reading, { limit: 9 })).toHaveLength(1);
    reading.close();
    lock.release();
    expect(isLocked(dir)).toBe(false);
    collector.add({});
  })();
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  while (collector.collected === 0) {
    gc();
    await sleep(1);
  }
  expect(statements.made).toBeGreaterThan(30);
  expect(statements.collected).toBe(0);
  expect(databases).toMatchObject({ made: 4, collected: 0 });
});
