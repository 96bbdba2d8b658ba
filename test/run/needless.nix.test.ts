import { beforeEach, describe, expect } from 'vitest';
import { lost } from '../../src/cli/lost.ts';
import { status } from '../../src/cli/status.ts';
import { outcomeLines } from '../../src/report/text/runText.ts';
import { PLAIN } from '../../src/report/text/style.ts';
import { test } from '../helpers/hostTest.ts';
import type { KernelHost } from '../helpers/kernelHost.ts';
import { listText, MANAGED, wishing } from '../helpers/patchesText.ts';
import { stableOf } from '../../src/state/targets.ts';
import type { Run } from '../../src/model/run.ts';

let host: KernelHost;
test.beforeAll(({ host: shared }) => {
  host = shared;
});
beforeEach(() => host.forget());

/** One stable run for these wishes, and how many config builds it took. The entries in the file stay. */
async function settled(wishes: string): Promise<{ run: Run; builds: number }> {
  await host.save(wishes);
  const run = await host.run();
  expect(run.outcome).toEqual({ kind: 'stable' });
  return { run, builds: run.iterations.filter((i) => i.buildMs > 0).length };
}

/** What the user changes of the wishes; the managed patch stays as it is. */
async function changed(from: string, to: string): Promise<string> {
  const text = await host.text();
  expect(text).toContain(from);
  return text.replace(from, to);
}

describe('an entry that the result does not need', () => {
  const DRIVERS =
    'ATH9K = module;\nRTL_CARDS = module;\nSND_HDA_INTEL = module;\nSND_SOC = module;\nUSB_STORAGE = module;\nUSB_SERIAL = module;\nBLK_DEV_SD = module;\nHIDRAW = yes;';
  const OFF = 'WLAN = no;\nSOUND = no;\nUSB = no;\nSCSI = no;\nHID = no;';

  test('subsystems off, then on again: their entries go, in one build', async () => {
    await settled(wishing(`${DRIVERS}\n${OFF}`));
    expect(Object.keys(await host.entries()).length).toBeGreaterThan(6);
    const { run, builds } = await settled(
      (await host.text()).replace(/^ *(WLAN|SOUND|USB|SCSI|HID) = no;$/gm, '      $1 = yes;'),
    );
    expect(await host.entries()).toEqual({});
    expect(builds).toBe(1);
    expect(host.symbols(run).get('ATH9K')).toBe('m');
    expect(run.lost).toEqual([]);
  });

  test('the wish that kept it down is deleted: in one build too', async () => {
    await settled(wishing('ATH9K = module;\nWLAN = no;'));
    const { builds } = await settled(await changed('      WLAN = no;\n', ''));
    expect(await host.entries()).toEqual({});
    expect(builds).toBe(1);
  });

  test('a driver off below a subsystem that was off', async () => {
    await settled(wishing('WLAN = no;\nATH9K = no;'));
    expect(await host.reasons()).toEqual({ ATH9K: 'wanted n, no option: needs WLAN' });
    const { builds } = await settled(await changed('WLAN = no;', 'WLAN = yes;'));
    expect(await host.entries()).toEqual({});
    expect(builds).toBe(1);
  });

  test('what nobody could foresee: the clean patch is built before it is called stable', async () => {
    await settled(wishing('NET = no;\nATH9K = module;\nCFG80211 = module;'));
    await host.save(await changed('NET = no;', 'NET = yes;'));
    const run = await host.run();
    expect(await host.entries()).toEqual({});
    const stable = stableOf(host.history, 'demo');
    const last = run.iterations.at(-1);
    expect(stable?.configDrvPath).toBe(last?.drvPath);
    expect(last).toMatchObject({ outcome: 'green' });
    expect(await host.run()).toMatchObject({ outcome: { kind: 'stable' }, iterations: [{ buildMs: 0 }] });
  });
});

describe('the reason of an entry that stays', () => {
  test('is true of the last .config', async () => {
    await settled(
      wishing('RTLWIFI = no;\nSWAP = yes;\nHIDRAW = yes;\nUSB_SERIAL = module;\nUSB_SERIAL_CONSOLE = yes;'),
    );
    const before = await host.reasons();
    expect(before).toMatchObject({ RTLWIFI: 'wanted n, got m: selected by RTL8192CE' });
    const { builds } = await settled(await changed('SWAP = yes;', 'RTL_CARDS = no;'));
    expect(builds).toBe(1);
    expect(await host.reasons()).toEqual({
      ...before,
      RTLWIFI: 'wanted n, no option: it has no prompt; nothing sets it; needs RTL8192CE and RTL_CARDS',
    });
  });

  test('of a database without causes is replaced as well, without a second build', async () => {
    await settled(wishing('WLAN = no;\nATH9K = module;'));
    const untrue = 'wanted m, no option: depends on BT [=n]';
    host.history.run('UPDATE managed_entries SET cause = NULL, reason = ?', untrue);
    const { builds } = await settled(await changed('WLAN = no;', 'WLAN = no;\n      BT = yes;'));
    expect(builds).toBe(1);
    expect(await host.reasons()).toEqual({ ATH9K: 'wanted m, no option: needs WLAN' });
  });
});

test('wishes that stand in override alone are wishes: the stable line counts them, and lost names their lines', async ({
  newHost,
}) => {
  const own = await newHost({
    wiring: `{ lib, pkgs, ... }: {
      boot.kernelPackages = pkgs.linuxPackagesFor (pkgs.linux.override {
        structuredExtraConfig = with lib.kernel; {
          WLAN = no;
          ATH9K = module;
          SWAP = yes;
        };
      });
      boot.kernelPatches = import ./patches.nix { inherit lib; };
    }`,
  });
  await own.save(listText([MANAGED]));
  const run = await own.run();
  expect(outcomeLines(run, PLAIN)[0]).toContain('1 wish not honoured');
  const line = (await own.flake()).split('\n').findIndex((text) => text.includes('ATH9K')) + 1;
  expect(run.lost).toMatchObject([{ symbol: 'ATH9K', by: { kind: 'kernel' }, position: { line } }]);
  expect(lost(own.history, { style: PLAIN })).toMatch(new RegExp(`flake.nix\\n +${line} +ATH9K`));
  expect(status(own.history, { style: PLAIN })).toMatch(/1 wish not\s+honoured/);
});
