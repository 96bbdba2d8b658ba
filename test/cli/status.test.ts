import { expect, test } from 'vitest';
import { status } from '../../src/cli/status.ts';
import { targetStatuses } from '../../src/report/data/targetStatus.ts';
import { markStable, saveManaged } from '../../src/state/targets.ts';
import { opened, recordRun, START } from '../helpers/history.ts';
import { fits, NOW, sample } from '../helpers/sampleHistory.ts';
import { folder, PATCHES, targetIn } from '../helpers/target.ts';
import { documentIn } from '../helpers/documentSchema.ts';

test('each target: stable or not and since when, the last run, entries and wishes', () => {
  const db = opened();
  sample(db);
  const text = status(db, { now: NOW });
  expect(fits(text)).toBe(true);
  expect(text).toMatchInlineSnapshot(`
    "laptop: HELD, paused, not stable yet
      held      paused 05:16:06 (just now)
      last run  2, saved 05:16:00 (7 s ago)
                blocked: /etc/nixos/patches.nix:12:5: undefined variable 'yess'
                  did you mean yes? It is in lib.kernel: write \`with lib.kernel;\`
                  before the braces
      patch     0 entries
      next      \`falloutd resume\` lets it run again

    nixhost: STALLED, last stable 2026-03-03 05:08:02 (1 d ago)
      last run  3, on command 05:10:00 (6 m ago)
                stalled after 2 iterations in 1 m 30 s: nothing is left to try for
                A, B, C, D and 3 more
      patch     1 entry
      wishes    1 wish not honoured: RTLWIFI (see \`falloutd lost\`)
      next      change or take out the wishes that it names
    "
  `);
});

test('what a daemon tells is shown with it, also of a target that has not run', () => {
  const db = opened();
  recordRun(db, { target: 'nixhost', iterations: [{}] });
  markStable(db, {
    target: 'nixhost',
    inputsHash: 'h',
    configDrvPath: '/c.drv',
    kernelDrvPath: '/k.drv',
    iteration: 1,
    at: START,
  });
  const live = {
    nixhost: {
      state: 'running' as const,
      doing: 'iteration 41, building',
    },
    fresh: { state: 'idle' as const },
  };
  expect(status(db, { now: NOW, live })).toMatchInlineSnapshot(`
    "fresh: NEW
      daemon    idle
      patch     0 entries
      next      save, or \`falloutd retry\`

    nixhost: RUNNING, last stable 05:06:07 (10 m ago)
      daemon    running: iteration 41, building
      last run  1, saved 05:06:07 (10 m ago)
                stable after 1 iteration in 1.0 s; every wish honoured
      patch     0 entries
      next      \`falloutd status --follow\` shows how it goes on
    "
  `);
});

test('what was changed by hand between the markers, without a daemon, as text and as JSON', () => {
  const db = opened();
  recordRun(db, { target: 'host', iterations: [{}] });
  const said = 'A = lib.mkOverride 40 (lib.kernel.option lib.kernel.yes); C = lib.kernel.freeform "8";';
  const target = targetIn(folder(), PATCHES.replace('{ };', `{ ${said} };`));
  const rest = {
    override: 40,
    via: 'structured',
    rung: 1,
    reason: '',
    origin: { kind: 'wish', intent: null },
  } as const;
  saveManaged(db, 'host', [
    { symbol: 'A', ask: { value: { kind: 'tristate', tristate: 'n' }, optional: true }, ...rest },
    { symbol: 'B', ask: { value: { kind: 'unset' }, optional: false }, ...rest },
  ]);
  const changed = ['A: option n -> option y', 'B: unset -> none', 'C: none -> freeform "8"'];
  expect(
    status(db, { now: NOW, configured: [target] })
      .split('\n')
      .filter((line) => line.includes('->')),
  ).toEqual(changed.map((text) => `  by hand   ${text}`));
  expect(documentIn('status', status(db, { json: true, configured: [target] })).targets).toMatchObject([
    { changedByHand: changed },
  ]);
  expect(documentIn('status', status(db, { json: true })).targets).toMatchObject([{ changedByHand: [] }]);
});

test('the data: what is stable is the last run, not the last that was', () => {
  const db = opened();
  sample(db);
  const [laptop, nixhost, ...more] = targetStatuses(db);
  expect(more).toEqual([]);
  expect(laptop).toMatchObject({
    target: 'laptop',
    isStable: false,
    stable: null,
    lost: null,
    entries: 0,
    hold: { kind: 'paused' },
    live: null,
  });
  expect(nixhost).toMatchObject({
    target: 'nixhost',
    isStable: false,
    stable: { iteration: 2 },
    entries: 1,
    hold: null,
    lastRun: { run: 3 },
  });
  expect(nixhost?.lost).toHaveLength(1);
  recordRun(db);
  expect(documentIn('status', status(db, { json: true, target: 'nixhost' }))).toMatchObject({
    targets: [{ target: 'nixhost', isStable: true, lost: [] }],
  });
});

test('nothing has run yet', () => {
  expect(status(opened())).toBe('no target has run yet\n');
  expect(status(opened(), { target: 'laptop' })).toBe('laptop has not run yet\n');
});
