/** `once --fresh` releases every entry first. Where it does not end stable, they are put back. */
import { expect } from 'vitest';
import { test } from '../helpers/hostTest.ts';
import { wishing } from '../helpers/patchesText.ts';
import { managedEntries } from '../../src/state/targets.ts';

test('a fresh run that ends stalled or blocked leaves the entries as they were', async ({ host }) => {
  await host.save(wishing('RTLWIFI = no;\nHIDRAW = no;'));
  await host.run();
  const [text, entries, recorded] = [await host.text(), await host.entries(), managedEntries(host.history, 'target')];
  expect(Object.keys(entries)).toEqual(['HIDRAW', 'RTLWIFI']);

  const stalled = await host.run({ fresh: true, target: { maxIterations: 1 }, predictor: undefined });
  expect(stalled.outcome).toMatchObject({ kind: 'stalled', reason: 'max-iterations' });
  expect(await host.text()).toBe(text);
  expect(managedEntries(host.history, 'target')).toEqual(recorded);

  const blocked = await host.run({ fresh: true, target: { unknown: 'block' } });
  expect(blocked.outcome?.kind).toBe('stable');
  await host.save(text.replace('RTLWIFI = no;', 'RTLWIFI = no;\n      NO_SUCH_NAME = yes;'));
  const before = await host.text();
  expect((await host.run({ fresh: true, target: { unknown: 'block' } })).outcome?.kind).toBe('blocked');
  expect(await host.text()).toBe(before);

  await host.save(text);
  const after = await host.run();
  expect(after.outcome).toEqual({ kind: 'stable' });
  expect(await host.entries()).toEqual(entries);
});
