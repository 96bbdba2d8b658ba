import { describe, expect, it } from 'vitest';
import { namesOf } from '../../src/kernel/kernelNames.ts';
import { markUnknown, unknownWishes } from '../../src/kernel/symbols.ts';
import type { Cause } from '../../src/model/cause.ts';
import type { Asker, Intent } from '../../src/model/intent.ts';
import type { Fallout, Wish } from '../../src/model/fallout.ts';

const CAUSE: Cause = { kind: 'unknown', same: [], now: [], elsewhere: [], near: ['EXT4_FS'] };
const patch: Asker = { kind: 'patch', name: 'mine', index: 0 };
const nixpkgs: Asker = { kind: 'nixpkgs' };

describe('markUnknown', () => {
  const item = (rest: Partial<Fallout>): Fallout => ({
    kind: 'unused',
    symbol: 'EXT5_FS',
    wanted: 'y',
    got: null,
    by: patch,
    cause: CAUSE,
    ...rest,
  });

  it("tells a typo of the user's from what is merely unused", () => {
    expect(markUnknown([item({}), item({ by: { kind: 'kernel' } })])).toEqual([
      item({ kind: 'unknown', suggestions: ['EXT4_FS'] }),
      item({ kind: 'unknown', by: { kind: 'kernel' }, suggestions: ['EXT4_FS'] }),
    ]);
  });

  it.each<[string, Partial<Fallout>]>([
    ["nixpkgs' own", { by: nixpkgs }],
    ["nobody's", { by: null }],
    ['one that is defined', { cause: { kind: 'no-modules' } }],
    ['one that another architecture defines', { cause: { ...CAUSE, elsewhere: ['arm64'] } }],
    ['another kind', { kind: 'value' }],
  ])('leaves %s', (_, rest) => {
    expect(markUnknown([item(rest)])).toEqual([item(rest)]);
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
  const known = namesOf(['EXT4_FS'], new Map([['ARM64_VHE', ['arm64']]]));

  it('finds the typo that is honoured by accident', () => {
    expect(unknownWishes({ intents: [intent('EXT5_FS')], legacy: [] }, [], known, 'fallout')).toEqual([
      {
        kind: 'unknown',
        symbol: 'EXT5_FS',
        wanted: 'n',
        got: null,
        by: patch,
        position: { file: '/p.nix', line: 3, column: 1 },
        cause: CAUSE,
        suggestions: ['EXT4_FS'],
      },
    ]);
  });

  it("passes over what is known, also elsewhere, listed, unset, nixpkgs' or falloutd's own", () => {
    const listed: Wish = { kind: 'unknown', symbol: 'LISTED', wanted: 'y', got: null, by: patch, position: null };
    const intents = [
      intent('EXT4_FS'),
      intent('ARM64_VHE'),
      intent('LISTED'),
      intent('NONE', { by: nixpkgs }),
      intent('NONE', { by: { kind: 'patch', name: 'fallout', index: 3 } }),
      intent('NONE', { ask: { value: { kind: 'unset' }, optional: false } }),
    ];
    expect(unknownWishes({ intents, legacy: [] }, [listed], known, 'fallout')).toEqual([]);
  });
});
