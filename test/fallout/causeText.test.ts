import { describe, expect, it } from 'vitest';
import { causeText, jsonOf } from '../../src/fallout/causeText.ts';
import type { Cause, Holder } from '../../src/model/cause.ts';

const SELECTED: Cause = { kind: 'selected', by: [{ symbol: 'R8169', level: 'm' }] };

const free = (symbol: string): Holder => ({ symbol, level: 'm' });
const held = (symbol: string, ...heldBy: string[]): Holder => ({ symbol, level: 'm', heldBy });

describe('causeText', () => {
  it.each<[Cause, string]>([
    [{ kind: 'two-yes', members: ['A', 'B', 'C'] }, 'two of one choice are asked to be y: A, B, C'],
    [{ kind: 'overridden', by: { kind: 'kernel' }, value: null, position: null }, 'kernel sets unset'],
    [
      {
        kind: 'conflict',
        definitions: [
          { file: 'pkgs/common-config.nix', value: 'y' },
          { file: null, value: 'n' },
        ],
      },
      'pkgs/common-config.nix says y, a patch says n',
    ],
    [{ kind: 'spelling' }, 'the same value in another spelling'],
    [{ kind: 'recorded', text: 'as it was said then' }, 'as it was said then'],
    [
      { kind: 'selected', by: [free('A'), free('B'), free('C'), free('D'), free('E')] },
      'selected by A, B, C and 2 more',
    ],
    [
      { kind: 'selected', by: [free('A'), held('B', 'X'), held('C', 'X'), held('D', 'Y', 'Z'), held('E', 'W')] },
      'selected by A, and by B, C, which X selects, and by D, which Y, Z select, and by 1 more',
    ],
    [{ kind: 'chosen', has: 'A', itself: true }, 'its choice needs a member, and no other took its place'],
  ])('%j', (cause, text) => {
    expect(causeText(cause)).toBe(text);
  });
});

describe('jsonOf', () => {
  it('gives every cause its text, and leaves alone what else is called cause', () => {
    const run = { cause: 'save', lost: [{ symbol: 'CRC32', cause: SELECTED }, { symbol: 'X' }] };
    expect(JSON.parse(jsonOf(run))).toEqual({
      cause: 'save',
      lost: [{ symbol: 'CRC32', cause: { ...SELECTED, text: 'selected by R8169' } }, { symbol: 'X' }],
    });
  });
});
