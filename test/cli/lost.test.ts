import { expect, test } from 'vitest';
import { lost } from '../../src/cli/lost.ts';
import { lost as lostWishes, run } from '../../src/state/recordedRuns.ts';
import { opened, recordRun } from '../helpers/history.ts';
import { fits, sample } from '../helpers/sampleHistory.ts';
import { documentIn } from '../helpers/documentSchema.ts';

test('wishes by patch and line with their cause, unknown symbols first', () => {
  const db = opened();
  sample(db);
  recordRun(db, { target: 'server', lost: run(db, 1)?.lost ?? [] });
  const text = lost(db);
  expect(fits(text)).toBe(true);
  expect(text).toMatchInlineSnapshot(`
    "nixhost, run 3: 1 wish not honoured
      patch wlan, /etc/nixos/patches.nix
           12  RTLWIFI  wanted n, got m  selected by RTL8192CE [=m]

    server, run 4: 3 wishes not honoured, 1 default not
      patch sound
        SND_SOC  wanted m, not in .config
      patch wlan, /etc/nixos/patches.nix
           14  EXT5_FS  wanted y, not in .config
            this kernel does not know it; the nearest: EXT4_FS, EXT2_FS
           12  RTLWIFI  wanted n, got m           selected by RTL8192CE [=m]
      nixpkgs
        SND_SOC_A_VERY_LONG_NAME_OF_A_CODEC_MODULE  wanted y, not in .config
            depends on SND_SOC [=n]
    "
  `);
});

test('as JSON, each target with its wish objects', () => {
  const db = opened();
  sample(db);
  const { targets: all } = documentIn('lost', lost(db, { json: true }));
  expect(all).toEqual([{ target: 'nixhost', run: 3, lost: lostWishes(db, 'nixhost')[0]?.wishes }]);
  expect(all[0]?.lost).toHaveLength(1);
  expect(documentIn('lost', lost(db, { json: true, target: 'laptop' }))).toEqual({ targets: [] });
});

test('every wish honoured, and nothing judged yet', () => {
  const db = opened();
  expect(lost(db)).toBe('no result yet: falloutd once or falloutd watch gives the first\n');
  expect(lost(db, { target: 'laptop' })).toBe(
    'no result of laptop yet: falloutd once or falloutd watch gives the first\n',
  );
  recordRun(db);
  expect(lost(db)).toBe('nixhost, run 1: every wish honoured\n');
});
