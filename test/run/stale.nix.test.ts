import { execa } from 'execa';
import { beforeEach, expect } from 'vitest';
import { test } from '../helpers/hostTest.ts';
import { status } from '../../src/cli/status.ts';
import { undoRun } from '../../src/run/undo.ts';
import { run as recordedRun } from '../../src/state/recordedRuns.ts';
import { managedEntries } from '../../src/state/targets.ts';
import { iterationText } from '../../src/report/text/runText.ts';
import { PLAIN } from '../../src/report/text/style.ts';
import { formatText } from '../helpers/formatText.ts';
import type { KernelHost } from '../helpers/kernelHost.ts';
import { outsideMarkers, wishing } from '../helpers/patchesText.ts';
import type { Run } from '../../src/model/run.ts';

let host: KernelHost;
test.beforeAll(({ host: shared }) => {
  host = shared;
});
beforeEach(() => host.forget());

type Counted = { run: Run; writes: number; builds: number };

/** One run, how often it wrote the file, and how many config builds it took; a result that is known takes none. */
async function counted(): Promise<Counted> {
  let writes = 0;
  const run = await host.run({ onWrite: () => writes++ });
  expect(run.outcome).toEqual({ kind: 'stable' });
  return { run, writes, builds: run.iterations.filter((i) => i.buildMs > 0).length };
}

/** A wish more in the user's own patch, without fallout. */
function plus(text: string, wish: string): string {
  return text.replace('SWAP = yes;', `SWAP = yes;\n      ${wish}`);
}

const WISHES = wishing('RTLWIFI = no;\nHIDRAW = no;\nWLAN = no;\nATH9K = module;\nSWAP = yes;');

test('a stale editor buffer from before the first run is answered from history in one write and one build', async () => {
  await host.save(WISHES);
  await counted();
  const entries = await host.entries();
  expect(Object.keys(entries)).toEqual(['ATH9K', 'HIDRAW', 'RTLWIFI']);

  const buffer = plus(WISHES, 'BT = no; # typed into an old buffer 🐧');
  await host.save(buffer);
  const { run, writes, builds } = await counted();
  expect({ writes, builds }).toEqual({ writes: 1, builds: 1 });
  expect(await host.entries()).toEqual(entries);
  expect(outsideMarkers(await host.text())).toEqual(outsideMarkers(buffer));
  expect(host.symbols(run).get('BT')).toBe('n');
  expect(run.iterations.map(iterationText)).toEqual([
    'an older text of the managed patch came back: put back 3; predicted 1 conflict; config built',
  ]);
  expect(run.iterations[0]?.restored).toEqual({ putBack: 3, takenOut: 0 });
  // History tells it as well, and status.
  expect(recordedRun(host.history, run.run)?.iterations[0]?.restored).toEqual({ putBack: 3, takenOut: 0 });
  expect(status(host.history, { style: PLAIN })).toContain(
    '3 entries; an older text of the managed patch came back: put back 3',
  );
});

test('a stale buffer costs no more builds than the same save in a fresh one', async () => {
  await host.save(wishing('E1000E = yes;\nRTLWIFI = no;\nSWAP = yes;'));
  await counted();
  const present = await host.text();
  await host.save(plus(present, 'BT = no;'));
  const fresh = await counted();
  const result = host.config(fresh.run);

  host.forget();
  await host.save(wishing('E1000E = yes;\nRTLWIFI = no;\nSWAP = yes;'));
  await counted();
  await host.save(plus(wishing('E1000E = yes;\nRTLWIFI = no;\nSWAP = yes;'), 'BT = no;'));
  const stale = await counted();
  expect(stale.builds).toBe(fresh.builds);
  expect([fresh.writes, stale.writes]).toEqual([0, 1]);
  expect(host.config(stale.run)).toBe(result);
});

test('a buffer from between two runs, formatted since: what came after it is put back, what it holds beyond that is taken out', async () => {
  await host.save(wishing('WLAN = no;\nATH9K = module;\nSWAP = yes;'));
  await counted();
  const buffer = await host.text();
  await host.save(buffer.replace('ATH9K = module;', 'HIDRAW = no;'));
  await counted();
  expect(await host.entries()).toEqual({ HIDRAW: 'n' });
  await host.save(formatText(buffer.replace('ATH9K = module;', 'HIDRAW = no;\n      USB_STORAGE = no;')));
  const { run, writes } = await counted();
  expect(await host.entries()).toEqual({ HIDRAW: 'n' });
  expect(writes).toBe(1);
  expect(run.iterations[0]?.restored).toEqual({ putBack: 1, takenOut: 1 });
});

test('an entry whose wish is another one in the stale buffer is not put back', async () => {
  await host.save(WISHES);
  await counted();
  await host.save(WISHES.replace('HIDRAW = no;', 'HIDRAW = yes;'));
  const { run, writes } = await counted();
  expect(await host.entries()).toEqual({ ATH9K: 'option m', RTLWIFI: 'option n' });
  expect(host.symbols(run).get('HIDRAW')).toBe('y');
  expect(writes).toBe(1);
});

test("a text between the markers that falloutd never wrote stays the user's own", async () => {
  await host.save(WISHES);
  await counted();
  const edited = plus(
    (await host.text())
      .replace(/^.*ATH9K = lib.*\n/m, '')
      .replace('WLAN = no;', 'WLAN = yes;')
      .replace('HIDRAW = lib.mkOverride 40 no;', 'HIDRAW = lib.mkOverride 40 (option no);'),
    'BT = no;',
  );
  await host.save(edited);
  const { run, writes } = await counted();
  // Only the reason that is no longer true is another one.
  expect(writes).toBe(1);
  expect(await host.text()).toBe(edited.replace(/# wanted n, no option.*/, '# wanted n, got m: selected by RTL8192CE'));
  expect(run.iterations.some((i) => i.restored !== undefined)).toBe(false);
});

test('git brings an older file back: one that was stable is taken as it stands, without a write or a build', async () => {
  const git = async (...args: string[]): Promise<unknown> =>
    execa('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: host.dir });
  await host.save(wishing('E1000E = yes;\nHIDRAW = no;\nSWAP = yes;'));
  await counted();
  await git('commit', '--quiet', '--all', '--message', 'stable');
  const committed = await host.text();
  const entries = await host.entries();
  await host.save(
    committed.replace('E1000E = yes;', 'WLAN = no;\n      ATH9K = module;').replace('HIDRAW = no;', 'HIDRAW = yes;'),
  );
  await counted();
  expect(await host.entries()).not.toEqual(entries);

  await git('checkout', '--', 'patches.nix');
  const back = await counted();
  expect({ writes: back.writes, builds: back.builds }).toEqual({ writes: 0, builds: 0 });
  expect(await host.text()).toBe(committed);
  expect(
    managedEntries(host.history, 'demo')
      .map((e) => e.symbol)
      .toSorted(),
  ).toEqual(Object.keys(entries).toSorted());

  // The next save goes on from there.
  await host.save(plus(committed, 'BT = no;'));
  const next = await counted();
  expect(await host.entries()).toEqual(entries);
  expect(next.run.iterations.some((i) => i.restored !== undefined)).toBe(false);
});

test('git brings a file back that never was stable: it is completed from history in one write', async () => {
  await host.save(WISHES);
  await counted();
  const stable = await host.text();
  await host.save(plus(stable, 'BT = no;'));
  await counted();
  await host.save(WISHES);
  const { run, writes, builds } = await counted();
  expect({ writes, builds }).toEqual({ writes: 1, builds: 0 });
  expect(await host.text()).toBe(stable);
  expect(run.iterations.map(iterationText)).toEqual([
    'an older text of the managed patch came back: put back 3; predicted 1 conflict; as built before',
  ]);
});

test('the newest entries win over older ones of the same symbol', async () => {
  await host.save(wishing('RTLWIFI = no;\nE1000E = yes;\nSWAP = yes;'));
  await counted();
  const text = await host.text();
  const entries = await host.entries();
  await host.save(plus(text, 'HIDRAW = no;'));
  await counted();
  await host.save(plus(text, 'HIDRAW = no;\n      BT = no;'));
  await counted();
  expect(await host.entries()).toEqual({ ...entries, HIDRAW: 'n' });
});

test('after an undo the next run begins from what stands there: nothing older came back', async () => {
  await host.save(wishing('RTLWIFI = no;\nHIDRAW = no;\nSWAP = yes;'));
  await counted();
  await host.save(plus(await host.text(), 'CRC32 = no;'));
  const { run: undone } = await counted();
  const entries = await host.entries();
  await undoRun(host.target(), host.history, undone.run);
  expect(Object.keys(await host.entries())).toEqual(['HIDRAW', 'RTLWIFI']);
  const { run } = await counted();
  expect(run.iterations.flatMap(({ restored }) => restored ?? [])).toEqual([]);
  expect(await host.entries()).toEqual(entries);
});
