import { expect, test } from 'vitest';
import type { RunEvent } from '../../../src/model/event.ts';
import type { Wish } from '../../../src/model/fallout.ts';
import { predictedLines } from '../../../src/report/text/predictionLines.ts';
import { PLAIN } from '../../../src/report/text/style.ts';
import { widthOf } from '../../../src/report/text/width.ts';

const by = { kind: 'patch', name: 'mine', index: 0 } as const;
const wish = (symbol: string, line: number, more: Partial<Wish>): Wish => ({
  kind: 'value',
  symbol,
  wanted: 'n',
  got: 'm',
  by,
  position: { file: '/etc/nixos/patches.nix', line, column: 7 },
  ...more,
});
const predicted = (lost: Wish[]): Extract<RunEvent, { kind: 'predicted' }> => ({
  ...{ kind: 'predicted', run: 1, iteration: 1, target: 'demo', predictMs: 420, fallout: [], managed: 104, lost },
  entries: [
    { symbol: 'A', from: null, to: 'option n', rung: 1, reason: 'r' },
    { symbol: 'B', from: 'option n', to: null, rung: null, reason: 'r' },
  ],
  sideEffects: { off: 32, on: 3, changed: 0, symbols: ['DRM_I915'], groups: [] },
});

test('the verdict names each wish that misses with its cause and its place, then counts', () => {
  const unknown = { same: [], now: [], elsewhere: [], near: ['DEBUG_FS'] };
  const lines = predictedLines(
    predicted([
      wish('LOG_BUF_SHIFT', 22, {
        wanted: '40',
        got: '25',
        cause: { kind: 'range', low: '12', high: '25', nearest: '25' },
      }),
      wish('DEBUG_FSS', 21, { kind: 'unknown', wanted: 'y', got: null, cause: { kind: 'unknown', ...unknown } }),
      wish('RTLWIFI', 23, { cause: { kind: 'selected', by: [{ symbol: 'RTL8192CE', level: 'm' }] } }),
    ]),
    PLAIN,
  );
  expect(`\n${lines.join('\n')}\n`).toBe(`
  ✗ DEBUG_FSS: no such option; did you mean DEBUG_FS?  /etc/nixos/patches.nix:21
  ! LOG_BUF_SHIFT = 40: out of range 12..25, using 25  /etc/nixos/patches.nix:22
  ! RTLWIFI = n: got m; selected by RTL8192CE          /etc/nixos/patches.nix:23
  predicted in 0.4 s: 3 of your wishes miss, 104 entries (+A; −B)
  beyond your wishes: 32 off (DRM_I915, …), 3 on
`);
});

test('wishes that are lost for one setting share a line', () => {
  const roots = [
    { symbol: 'SND_SOC', value: 'n', by, position: { file: '/etc/nixos/patches.nix', line: 11, column: 7 } },
  ];
  const lost = Array.from({ length: 18 }, (_, i) => wish(`SND_SOC_${i}`, 20 + i, { wanted: 'm', got: null, roots }));
  const [first = '', second = ''] = predictedLines(predicted(lost), PLAIN);
  expect(`${first} ${second.trim()}`).toBe(
    '  ✗ 18 because of /etc/nixos/patches.nix:11 SND_SOC = no: SND_SOC_0, SND_SOC_1, SND_SOC_2, SND_SOC_3 and 14 more',
  );
});

test('no line is longer than the screen, and none loses its mark', () => {
  for (let width = 30; width < 100; width++) {
    const lines = predictedLines(predicted([wish('A_NAME_OF_SOME_LENGTH', 23, {})]), { ...PLAIN, width });
    expect(lines.filter((line) => widthOf(line) > width)).toEqual([]);
    expect(lines[0]).toMatch(/^ {2}! /);
  }
});
