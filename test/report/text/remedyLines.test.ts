import { describe, expect, it } from 'vitest';
import type { FoundRemedies, Overridden } from '../../../src/model/remedy.ts';
import { PLAIN } from '../../../src/report/text/style.ts';
import { remedyLines } from '../../../src/report/text/remedyLines.ts';
import { widthOf } from '../../../src/report/text/width.ts';

const position = { file: '/etc/nixos/patches.nix', line: 12, column: 3 };

const found: FoundRemedies = {
  wanted: [{ symbol: 'RTLWIFI', value: 'n' }],
  outcome: 'found',
  alternatives: [
    {
      settings: [
        { symbol: 'RTL8192CE', value: 'n' },
        { symbol: 'RTL8192SE', value: 'n' },
      ],
      nix: ['RTL8192CE = lib.mkForce no;', 'RTL8192SE = no;'],
      overrides: [{ symbol: 'RTL8192CE', value: 'm', by: { kind: 'nixpkgs' }, position: null }],
      alsoChanges: ['A', 'B', 'C', 'D', 'E'].map((symbol, at) => ({
        symbol,
        from: 'm',
        to: at === 4 ? 'y' : null,
        menu: at === 4 ? '' : 'Device Drivers › Network device support › Wireless LAN',
      })),
    },
    {
      settings: [{ symbol: 'RTL_CARDS', value: 'n' }],
      nix: ['RTL_CARDS = lib.mkForce no;'],
      overrides: [{ symbol: 'RTL_CARDS', value: 'y', by: { kind: 'patch', name: 'wlan', index: 0 }, position }],
      alsoChanges: [],
    },
  ],
};

const lines = (remedies: FoundRemedies, all = false): string =>
  remedyLines(remedies, 'demo', { all }, PLAIN).join('\n');

describe('ways to a value', () => {
  it('as Nix to paste, with what gives way and what else changes', () => {
    expect(lines(found)).toMatchInlineSnapshot(`
      "demo: RTLWIFI = n: each of these 2 ways gives it
        1.
          RTL8192CE = lib.mkForce no;  # overrides nixpkgs' m
          RTL8192SE = no;
          also changes 5 options:
            4 in Device Drivers › Network device support (A, B, C and 1 more)
            1 in the top menu (E)
        2.
          RTL_CARDS = lib.mkForce no;
              # overrides your wish y at /etc/nixos/patches.nix:12
          and changes nothing else"
    `);
    expect(remedyLines(found, 'demo', { all: true }, PLAIN).every((line) => widthOf(line) <= 80)).toBe(true);
  });

  it('what else they take away from those who ask for it', () => {
    const [way] = found.alternatives.slice(1);
    const nixpkgs = { value: 'y', by: { kind: 'nixpkgs' as const }, position: null };
    const overrides: Overridden[] = [
      ...(way?.overrides ?? []),
      { symbol: 'ATH9K', value: 'm', by: { kind: 'patch', name: 'wlan', index: 0 }, position },
      { symbol: 'ATH9K_AHB', ...nixpkgs },
      { symbol: 'ATH9K_HTC', ...nixpkgs, optional: true },
    ];
    const alternatives = way === undefined ? [] : [{ ...way, overrides }];
    expect(lines({ ...found, alternatives })).toContain(
      [
        '    takes away ATH9K = m, your wish at /etc/nixos/patches.nix:12',
        '    takes away ATH9K_AHB = y, which nixpkgs asks for',
        '',
      ].join('\n'),
    );
  });

  it('with --all each change', () => {
    expect(lines(found, true)).toContain('E  m -> y');
  });

  it('what stands in the way for good, and what holds already', () => {
    const none = { ...found, alternatives: [] };
    expect(
      lines({
        ...none,
        outcome: 'blocked',
        blockedBy: [
          {
            symbol: 'ARM64',
            value: 'y',
            cause: { kind: 'unknown', same: [], now: [], elsewhere: ['arm64'], near: [] },
          },
        ],
      }),
    ).toMatchInlineSnapshot(`
      "demo: RTLWIFI = n: no settings give it
        ARM64 cannot be y: only arm64 has it"
    `);
    const culprits = [
      { symbol: 'A', value: 'y' },
      { symbol: 'B', value: 'n' },
    ];
    const cause = { kind: 'selected' as const, by: [{ symbol: 'A', level: 'y' as const }] };
    const blockedBy = [{ symbol: 'B', value: 'n', cause, given: [{ symbol: 'A', value: 'y' }] }];
    expect(lines({ ...none, wanted: culprits, outcome: 'excluded', culprits, blockedBy })).toBe(
      'demo: A = y, B = n: these exclude each other\n  B cannot be n with A = y: selected by A',
    );
    const wanted = [...culprits, { symbol: 'C', value: '1' }];
    expect(lines({ ...none, wanted, outcome: 'excluded', culprits, blockedBy })).toContain(
      '\n  B cannot be n with A = y: selected by A',
    );
    expect(lines({ ...none, wanted, outcome: 'excluded', culprits, blockedBy })).toContain(
      'C = 1: A = y and B = n exclude each other',
    );
    expect(lines({ ...none, wanted: culprits, outcome: 'not-found', culprits: culprits.slice(1) })).toBe(
      'demo: A = y, B = n: no settings were found that give B = n',
    );
    expect(lines({ ...none, outcome: 'holds' })).toBe('demo: RTLWIFI = n: it is so already');
    expect(lines({ ...none, outcome: 'not-found' })).toBe('demo: RTLWIFI = n: no settings were found that give it');
  });
});
