import { afterEach, beforeEach, vi } from 'vitest';
import type { History } from '../../src/state/historyDatabase.ts';
import { markStable, saveManaged, setHold } from '../../src/state/targets.ts';
import { keep } from '../../src/state/contents.ts';
import type { Fallout, Wish } from '../../src/model/fallout.ts';
import type { Position } from '../../src/model/intent.ts';
import { recordRun } from './history.ts';

beforeEach(() => void vi.stubEnv('TZ', 'UTC'));
afterEach(() => void vi.unstubAllEnvs());

export const NOW = Date.parse('2026-03-04T05:16:07.000Z');

const wlan = { kind: 'patch', name: 'wlan', index: 1 } as const;
const sound = { kind: 'patch', name: 'sound', index: 0 } as const;
const at = (line: number): Position => ({ file: '/etc/nixos/patches.nix', line, column: 5 });

const FALLOUT: Fallout[] = [
  {
    kind: 'value',
    symbol: 'RTLWIFI',
    wanted: 'n',
    got: 'm',
    by: wlan,
    position: at(12),
    offered: ['m', 'y'],
    cause: { kind: 'recorded', text: 'selected by RTL8192CE [=m], RTL8192SE [=m], RTL8192DE [=m] and 4 others' },
  },
  {
    kind: 'unused',
    symbol: 'SND_SOC_A_VERY_LONG_NAME_OF_A_CODEC_MODULE',
    wanted: 'y',
    got: null,
    by: { kind: 'nixpkgs' },
    cause: { kind: 'recorded', text: 'depends on SND_SOC [=n]' },
  },
  {
    kind: 'unknown',
    symbol: 'EXT5_FS',
    wanted: 'y',
    got: null,
    by: wlan,
    position: at(14),
    suggestions: ['EXT4_FS', 'EXT2_FS'],
  },
];

const LOST: Wish[] = [
  {
    kind: 'value',
    symbol: 'RTLWIFI',
    wanted: 'n',
    got: 'm',
    by: wlan,
    position: at(12),
    cause: { kind: 'recorded', text: 'selected by RTL8192CE [=m]' },
  },
  {
    kind: 'unknown',
    symbol: 'EXT5_FS',
    wanted: 'y',
    got: null,
    by: wlan,
    position: at(14),
    suggestions: ['EXT4_FS', 'EXT2_FS'],
  },
  { kind: 'unused', symbol: 'SND_SOC', wanted: 'm', got: null, by: sound, position: null },
  {
    kind: 'unused',
    symbol: 'SND_SOC_A_VERY_LONG_NAME_OF_A_CODEC_MODULE',
    wanted: 'y',
    got: null,
    by: { kind: 'nixpkgs' },
    position: null,
    cause: { kind: 'recorded', text: 'depends on SND_SOC [=n]' },
  },
];

const BEFORE = '{ lib, ... }:\n[\n  { name = "sound"; }\n]\n';
const AFTER = '{ lib, ... }:\n[\n  { name = "sound"; }\n  { name = "wlan"; }\n]\n';

/** Two targets: nixhost went stable and then stalled, laptop is blocked. Iterations 1 to 5. */
export function sample(history: History): void {
  const before = keep(history, 'patches', Buffer.from(BEFORE));
  const after = keep(history, 'patches', Buffer.from(AFTER));
  recordRun(history, {
    iterations: [
      {
        outcome: 'fallout',
        durationMs: 43_200,
        evaluateMs: 1000,
        buildMs: 42_000,
        patchesSha256: before,
        drvPath: '/nix/store/4y0a9cblqv4hgm1lkwc8h3pxkd8hv1k5-linux-config-6.12.117.drv',
        fallout: FALLOUT,
        entries: [
          { symbol: 'RTLWIFI', from: null, to: 'option no', rung: 1, reason: 'wanted n, got m: selected by RTL8192CE' },
          { symbol: 'USB', from: 'option yes', to: 'option module', rung: 2, reason: 'wanted y, offered only n/m' },
          { symbol: 'OLD', from: 'unset', to: null, rung: null, reason: 'its intent changed' },
        ],
        extras: {
          questions: 2871,
          transcript: 'GOT: *\nerror: unused option: X\n',
          settings: { A: { tristate: 'y', freeform: null, optional: false } },
        },
      },
      {
        outcome: 'green',
        durationMs: 72_000,
        evaluateMs: 1000,
        buildMs: 70_800,
        patchesSha256: after,
        extras: {
          dotConfig: 'CONFIG_A=y\nCONFIG_GONE="a b"\n# CONFIG_B is not set\nCONFIG_N=8\n',
          settings: {
            A: { tristate: 'n', freeform: null, optional: true },
            NR: { tristate: null, freeform: '8', optional: false },
            U: { tristate: null, freeform: null, optional: false },
          },
        },
      },
    ],
    absorbed: 1,
    durationMs: 115_400,
    lost: LOST,
  });
  markStable(history, {
    target: 'nixhost',
    inputsHash: 'h',
    configDrvPath: '/c.drv',
    kernelDrvPath: null,
    iteration: 2,
    at: '2026-03-03T05:08:02.000Z',
  });
  recordRun(history, {
    target: 'laptop',
    startedAt: '2026-03-04T05:16:00.000Z',
    outcome: {
      kind: 'blocked',
      problem: {
        message: "undefined variable 'yess'",
        file: '/etc/nixos/patches.nix',
        line: 12,
        column: 5,
        hint: 'did you mean yes? It is in lib.kernel: write `with lib.kernel;` before the braces',
      },
    },
    iterations: [{ outcome: 'blocked', durationMs: 900, evaluateMs: 890 }],
  });
  setHold(history, 'laptop', { kind: 'paused', since: '2026-03-04T05:16:06.000Z' });
  recordRun(history, {
    startedAt: '2026-03-04T05:10:00.000Z',
    cause: 'command',
    durationMs: 90_000,
    outcome: { kind: 'stalled', reason: 'no-rung', symbols: ['A', 'B', 'C', 'D', 'E', 'F', 'G'] },
    lost: LOST.slice(0, 1),
    iterations: [
      { probe: true, outcome: 'fallout', durationMs: 40_000, fallout: FALLOUT.slice(1, 2) },
      {
        outcome: 'green',
        durationMs: 50_000,
        buildMs: 49_000,
        patchesSha256: after,
        extras: { dotConfig: 'CONFIG_A=m\nCONFIG_NEW=""\n# CONFIG_B is not set\nCONFIG_N=8\n' },
      },
    ],
  });
  saveManaged(history, 'nixhost', [
    {
      symbol: 'RTLWIFI',
      ask: { value: { kind: 'tristate', tristate: 'n' }, optional: true },
      override: 40,
      via: 'structured',
      rung: 1,
      reason: 'r',
      origin: { kind: 'wish', intent: null },
    },
  ]);
}

/** True when no line is wider than 80 columns. */
export function fits(text: string): boolean {
  return text.split('\n').every((line) => line.length <= 80);
}
