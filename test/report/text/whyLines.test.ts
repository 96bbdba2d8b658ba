import { expect, test } from 'vitest';
import type { Why } from '../../../src/model/why.ts';
import { PLAIN } from '../../../src/report/text/style.ts';
import { whyLines } from '../../../src/report/text/whyLines.ts';
import { widthOf } from '../../../src/report/text/width.ts';

const by = { kind: 'patch', name: 'wlan', index: 0 } as const;
const place = (line: number): Why['asked'][number]['position'] => ({ file: '/etc/nixos/patches.nix', line, column: 3 });

const WHY: Why = {
  symbol: 'CRC32',
  type: 'tristate',
  definitions: [{ file: 'lib/Kconfig', line: 171, prompt: 'CRC32/CRC32c functions' }],
  help: '\n  This option is for modules.\n',
  predicted: 'm',
  lastStable: { iteration: 3, value: 'y' },
  asked: [
    { by: { kind: 'nixpkgs' }, position: null, value: 'y', optional: true, priority: 100, wins: false },
    { by, position: place(12), value: 'n', optional: false, priority: 50, wins: true },
  ],
  cause: { kind: 'selected', by: [{ symbol: 'R8169', level: 'm' }] },
  roots: [{ symbol: 'R8169', value: 'm', by, position: place(14) }],
  selectedBy: { on: [{ symbol: 'R8169', level: 'm' }], off: 6 },
  impliedBy: { on: [], off: 0 },
  dependents: { on: 'ABCDEFGHIJ'.split(''), off: 1 },
  couldBe: ['m', 'y'],
  modules: ['crc32'],
  role: 'functionality',
  entry: { setting: 'option m', reason: 'wanted n, offered only m/y: selected by R8169', sinceRun: 4 },
};

const text = (...symbols: Why[]): string => whyLines({ target: 'demo', symbols }, PLAIN).join('\n');

test('a screen has who asks, what it came to, why, and what hangs on it', () => {
  expect(`\n${text(WHY)}\n`).toBe(`
CRC32 = m as predicted, y in the last stable run
  tristate
  lib/Kconfig:171  CRC32/CRC32c functions
  asked for by
       option y  nixpkgs
    →  n         patch wlan, /etc/nixos/patches.nix:12  priority 50
  not honoured: selected by R8169
    because of /etc/nixos/patches.nix:14 R8169 = module
  selected by R8169 (m), and 6 that are off
  what depends on it: A, B, C, D, E, F, G, H and 2 more, and 1 that is off
  could be m, y
  in the managed patch, since run 4: option m  # wanted n, offered only m/y:
  selected by R8169
  makes the module crc32: functionality

      This option is for modules.
`);
});

test('what nobody asks for is told as such, with what holds it, or that nothing does', () => {
  const free: Why = { ...WHY, asked: [], roots: [], entry: null, help: null, lastStable: null };
  expect(text(free).split('\n').slice(0, 5)).toEqual([
    'CRC32 = m, as predicted',
    '  tristate',
    '  lib/Kconfig:171  CRC32/CRC32c functions',
    '  nobody asks for it',
    '  on: selected by R8169',
  ]);
  expect(text({ ...free, predicted: null, cause: null })).toContain('nothing keeps it from another value');
  expect(text({ ...free, couldBe: [] })).toContain('  could be nothing else now\n');
  expect(text({ ...free, predicted: null })).toContain('CRC32 = not in .config, as predicted\n');
});

test('a wish that is honoured needs no cause, and a value that stays is told once', () => {
  const honoured = text({ ...WHY, cause: null, roots: [], predicted: 'n', lastStable: { iteration: 3, value: 'n' } });
  expect(honoured).toContain('CRC32 = n, as predicted and in the last stable run\n');
  expect(honoured).toContain('\n  honoured\n');
});

test('no line is longer than the screen, and a long help is cut', () => {
  const help = Array.from({ length: 20 }, (_, i) => `  ${'word '.repeat(i + 1)}`).join('\n');
  for (let width = 40; width < 121; width += 9) {
    const lines = whyLines({ target: 'demo', symbols: [{ ...WHY, help }] }, { ...PLAIN, width });
    expect(lines.filter((line) => widthOf(line) > width)).toEqual([]);
    expect(lines.at(-1)?.trim()).toBe('…');
  }
});
