import { expect, test } from 'vitest';
import type { Root } from '../../src/model/cause.ts';
import type { Wish } from '../../src/model/fallout.ts';
import { lost } from '../../src/cli/lost.ts';
import { lost as lostWishes, run } from '../../src/state/recordedRuns.ts';
import { opened, recordRun } from '../helpers/history.ts';
import { fits, sample } from '../helpers/sampleHistory.ts';
import { documentIn } from '../helpers/documentSchema.ts';

test('wishes in the order of their files and lines, with their cause', () => {
  const db = opened();
  sample(db);
  recordRun(db, { target: 'server', lost: run(db, 1)?.lost ?? [] });
  const text = lost(db);
  expect(fits(text)).toBe(true);
  expect(text).toMatchInlineSnapshot(`
    "nixhost, run 3: 1 wish not honoured
      patch wlan, /etc/nixos/patches.nix
           12  RTLWIFI  wanted n, got m  selected by RTL8192CE [=m]

    server, run 4: 3 wishes not honoured; 1 default not honoured
      patch wlan, /etc/nixos/patches.nix
           12  RTLWIFI  wanted n, got m           selected by RTL8192CE [=m]
           14  EXT5_FS  wanted y, not in .config
            this kernel does not know it; the nearest: EXT4_FS, EXT2_FS
      patch sound
        SND_SOC  wanted m, not in .config
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
  expect(all).toEqual([{ target: 'nixhost', run: 3, lost: lostWishes(db, 'nixhost')[0]?.wishes, parents: [] }]);
  expect(all[0]?.lost).toHaveLength(1);
  recordRun(db, { target: 'server', lost: (run(db, 1)?.lost ?? []).toReversed() });
  const { targets: server } = documentIn('lost', lost(db, { json: true, target: 'server' }));
  const places = server[0]?.lost.map(({ position }) => position?.line ?? null) ?? [];
  expect(places.filter((line) => line !== null)).toEqual([12, 14]);
  expect(places.indexOf(null)).toBe(2);
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

test('what one setting takes away stands together, the largest group first', () => {
  const db = opened();
  const by = { kind: 'patch', name: 'sound', index: 0 } as const;
  const at = (line: number) => ({ file: '/etc/nixos/patches.nix', line, column: 1 });
  const sound = { symbol: 'SND_SOC', value: 'n', by, position: at(11) };
  const usb = { symbol: 'USB', value: 'm', by: { kind: 'nixpkgs' } as const, position: null };
  const nobody = { symbol: 'EXPERT', value: 'n', by: null, position: null };
  const wish = (symbol: string, line: number, root: Root): Wish => ({
    kind: 'unused',
    symbol,
    wanted: 'm',
    got: null,
    by,
    position: at(line),
    roots: [root],
  });
  recordRun(db, {
    target: 'nixhost',
    lost: [
      wish('USB_A', 20, usb),
      wish('USB_B', 21, usb),
      wish('SND_SOC_A', 12, sound),
      wish('SND_SOC_B', 13, sound),
      wish('SND_SOC_C', 14, sound),
      wish('ALONE', 15, nobody),
    ],
  });
  expect(lost(db)).toMatchInlineSnapshot(`
    "nixhost, run 1: 6 wishes not honoured
      most wait for: SND_SOC 3
      because of /etc/nixos/patches.nix:11 SND_SOC = no, 3 not honoured:
        /etc/nixos/patches.nix:12  SND_SOC_A  wanted m, not in .config
        /etc/nixos/patches.nix:13  SND_SOC_B  wanted m, not in .config
        /etc/nixos/patches.nix:14  SND_SOC_C  wanted m, not in .config
      because of nixpkgs: USB = module, 2 not honoured:
        /etc/nixos/patches.nix:20  USB_A  wanted m, not in .config
        /etc/nixos/patches.nix:21  USB_B  wanted m, not in .config
      patch sound, /etc/nixos/patches.nix
           15  ALONE  wanted m, not in .config
    "
  `);
});
