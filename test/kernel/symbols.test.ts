import { describe, expect, it } from 'vitest';
import { markUnknown, nearestSymbols, unknownWishes } from '../../src/kernel/symbols.ts';
import type { Declarations } from '../../src/kernel/declarations.ts';
import type { Asker, Intent } from '../../src/model/intent.ts';
import type { Fallout, Wish } from '../../src/model/fallout.ts';

const declared = (...symbols: string[]): Declarations =>
  new Map(symbols.map((symbol) => [symbol, { dependsOn: [], selectedBy: [] }]));
const patch: Asker = { kind: 'patch', name: 'mine', index: 0 };
const nixpkgs: Asker = { kind: 'nixpkgs' };

describe('nearestSymbols', () => {
  const known = declared('EXT2_FS', 'EXT4_FS', 'BTRFS_FS', 'RTLWIFI', 'USB', 'SND_SOC_INTEL_SKYLAKE');

  it.each([
    ['EXT5_FS', ['EXT2_FS', 'EXT4_FS']],
    ['CONFIG_USB', ['USB']],
    ['CONFIG_RTLWIFY', ['RTLWIFI']],
    ['RTL_WIFI', ['RTLWIFI']],
    ['SND_SOC_INTEL_SKYLKE', ['SND_SOC_INTEL_SKYLAKE']],
    ['SOMETHING_QUITE_DIFFERENT', []],
  ])('%s', (symbol, expected) => {
    expect(nearestSymbols(symbol, known)).toEqual(expected);
  });

  it.each([
    ['usb', ['USB']],
    ['config_Usb', ['USB']],
    ['ext4_FS', ['EXT4_FS']],
  ])('%s is the same name in another case', (symbol, expected) => {
    expect(nearestSymbols(symbol, known)).toEqual(expected);
  });

  it('finds nothing near a short name', () => {
    const others = declared('GLOB', 'HPPB', 'IPIC', 'HID', 'IIO_X');
    for (const symbol of ['GPIB', 'IIO', 'IRQ', 'A']) expect(nearestSymbols(symbol, others)).toEqual([]);
  });

  it('gives three at most, the nearest first', () => {
    expect(nearestSymbols('ABCDEFG', declared('ABCDEXX', 'ABCDEFX', 'ABCDEXG', 'XBCDEFG', 'ABCDEF'))).toEqual([
      'ABCDEF',
      'ABCDEFX',
      'ABCDEXG',
    ]);
  });
});

describe('markUnknown', () => {
  const item = (rest: Partial<Fallout>): Fallout => ({
    kind: 'unused',
    symbol: 'EXT5_FS',
    wanted: 'y',
    got: null,
    by: patch,
    ...rest,
  });
  const known = declared('EXT4_FS');

  it("tells a typo of the user's from what is merely unused", () => {
    expect(markUnknown([item({}), item({ by: { kind: 'kernel' } })], known)).toEqual([
      item({ kind: 'unknown', suggestions: ['EXT4_FS'] }),
      item({ kind: 'unknown', by: { kind: 'kernel' }, suggestions: ['EXT4_FS'] }),
    ]);
  });

  it.each<[string, Partial<Fallout>]>([
    ["nixpkgs' own", { by: nixpkgs }],
    ["nobody's", { by: null }],
    ['one that is defined', { symbol: 'EXT4_FS' }],
    ['another kind', { kind: 'value' }],
  ])('leaves %s', (_, rest) => {
    expect(markUnknown([item(rest)], known)).toEqual([item(rest)]);
  });
});

describe('unknownWishes', () => {
  const intent = (symbol: string, rest: Partial<Intent> = {}): Intent => ({
    symbol,
    ask: { value: { kind: 'tristate', tristate: 'n' }, optional: false },
    priority: 100,
    by: patch,
    position: { file: '/p.nix', line: 3, column: 1 },
    ...rest,
  });
  const known = declared('EXT4_FS');

  it('finds the typo that is honoured by accident', () => {
    expect(unknownWishes({ intents: [intent('EXT5_FS')], legacy: [] }, [], known, 'fallout')).toEqual([
      {
        kind: 'unknown',
        symbol: 'EXT5_FS',
        wanted: 'n',
        got: null,
        by: patch,
        position: { file: '/p.nix', line: 3, column: 1 },
        suggestions: ['EXT4_FS'],
      },
    ]);
  });

  it("passes over what is known, listed, unset, nixpkgs' or falloutd's own", () => {
    const listed: Wish = { kind: 'unknown', symbol: 'LISTED', wanted: 'y', got: null, by: patch, position: null };
    const intents = [
      intent('EXT4_FS'),
      intent('LISTED'),
      intent('NONE', { by: nixpkgs }),
      intent('NONE', { by: { kind: 'patch', name: 'fallout', index: 3 } }),
      intent('NONE', { ask: { value: { kind: 'unset' }, optional: false } }),
    ];
    expect(unknownWishes({ intents, legacy: [] }, [listed], known, 'fallout')).toEqual([]);
  });
});
