import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { targetStatuses } from '../../../src/report/data/targetStatus.ts';
import { keepHook } from '../../../src/state/hookRuns.ts';
import { markStable, setHold } from '../../../src/state/targets.ts';
import { inputHashes } from '../../../src/system/contentHash.ts';
import { opened, recordRun, START } from '../../helpers/history.ts';
import { folder, targetIn } from '../../helpers/target.ts';

function stableTarget() {
  const target = targetIn(folder());
  const history = opened();
  const run = recordRun(history, { target: target.name, outcome: { kind: 'stable' }, iterations: [{}] });
  const stable = {
    target: target.name,
    inputsHash: 'h',
    configDrvPath: '/c.drv',
    kernelDrvPath: null,
    iteration: run.iterations[0]?.iteration ?? 0,
  };
  markStable(history, { ...stable, inputs: inputHashes([target.managedFile]) });
  return { target, history, now: () => targetStatuses(history, { configured: [target] })[0] };
}

it('is stable only while the files are as they were and no run was undone', () => {
  const { target, history, now } = stableTarget();
  expect(now()?.isStable).toBe(true);
  setHold(history, target.name, { kind: 'undone', since: START });
  expect(now()?.isStable).toBe(false);
  setHold(history, target.name, { kind: 'paused', since: START });
  expect(now()?.isStable).toBe(true);
  writeFileSync(target.managedFile, `${readFileSync(target.managedFile, 'utf8')}# a broken save {`);
  expect(now()).toMatchObject({ isStable: false, changedFiles: [target.managedFile] });
});

it('counts the entries that stand between the markers now', () => {
  const { target, now } = stableTarget();
  expect(now()?.entries).toBe(0);
  const text = readFileSync(target.managedFile, 'utf8');
  writeFileSync(target.managedFile, text.replace('{ };', '{ A = lib.kernel.no; B = lib.kernel.yes; };'));
  expect(now()?.entries).toBe(2);
});

it('shows the newest hook where it failed', () => {
  const { target, history, now } = stableTarget();
  const run = { target: target.name, hook: 'on-stable', startedAt: START, durationMs: 1, output: 'no mail\n' };
  keepHook(history, { ...run, exitCode: 3 });
  keepHook(history, { ...run, target: 'other', exitCode: 0 });
  expect(now()?.failedHook).toEqual({ hook: 'on-stable', exitCode: 3, output: 'no mail\n' });
  keepHook(history, { ...run, exitCode: 0 });
  expect(now()?.failedHook).toBeUndefined();
});
