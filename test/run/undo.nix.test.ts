import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { openHistory } from '../../src/state/historyDatabase.ts';
import { falloutd } from '../helpers/command.ts';
import { test } from '../helpers/hostTest.ts';
import { wishing } from '../helpers/patchesText.ts';

test('a run is taken back where the flake has moved since', async ({ newHost }) => {
  const host = await newHost();
  const run = (command: string): ReturnType<typeof falloutd> =>
    falloutd([command, '--config', host.host.configFile, '--state', host.stateDir]);
  const before = wishing('RTLWIFI = no;');
  await host.save(before);
  expect((await run('once')).code).toBe(0);
  expect(readFileSync(host.patchesFile, 'utf8')).not.toBe(before);

  const history = openHistory(host.stateDir);
  history.run("UPDATE replaced SET path = '/where/it/stood/patches.nix'");
  history.close();
  const undone = await run('undo');
  expect(undone.code, undone.stderr).toBe(0);
  expect(readFileSync(host.patchesFile, 'utf8')).toBe(before);
});
