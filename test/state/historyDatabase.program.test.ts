import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { transcript } from '../../src/state/contents.ts';
import { openHistory } from '../../src/state/historyDatabase.ts';
import { iteration, runs } from '../../src/state/recordedRuns.ts';
import { closeUnfinished } from '../../src/state/recordRun.ts';
import { managedEntries } from '../../src/state/targets.ts';
import { pragma } from '../helpers/pragma.ts';
import { opened, stateDir } from '../helpers/history.ts';

test('a process killed in the middle of writes leaves a database that opens with all it had said', async () => {
  const dir = stateDir();
  const here = path.dirname(fileURLToPath(import.meta.url));
  const hooks = path.join(here, '../helpers/typescript-hooks.mjs');
  for (const kills of [1, 6]) {
    const child = spawn(process.execPath, ['--import', hooks, path.join(here, 'endless-writer.ts'), dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said: number[] = [];
    let rest = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      said.push(...lines.map(Number));
      // Some microseconds later each time: the kill falls on another statement.
      if (said.length >= kills) setTimeout(() => child.kill('SIGKILL'), kills);
    });
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
    expect(said.length).toBeGreaterThanOrEqual(kills);

    // A reader comes first: it must cope with what the killed process left.
    expect(runs(opened(dir, { readonly: true }), { limit: 1 })).toHaveLength(1);
    const history = openHistory(dir);
    expect(history.notices).toEqual([]);
    expect(pragma(history.db, 'integrity_check')).toBe('ok');
    expect(pragma(history.db, 'foreign_key_check')).toBeUndefined();
    for (const n of said) {
      expect(iteration(history, n)).toMatchObject({
        outcome: 'fallout',
        fallout: { length: 40 },
        entries: { length: 40 },
      });
      expect(transcript(history, n)?.toString()).toMatch(new RegExp(` ${n}$`));
    }
    const partial = history.all(
      "SELECT i.iteration FROM iterations i WHERE outcome IS NOT NULL AND outcome <> 'cancelled' AND 40 <> (SELECT count(*) FROM fallout f WHERE f.iteration = i.iteration)",
    );
    expect(partial).toEqual([]);
    expect([0, 40]).toContain(managedEntries(history, 't').length);
    closeUnfinished(history);
    expect(history.all('SELECT run FROM runs WHERE detail IS NULL')).toEqual([]);
    history.close();
  }
});
