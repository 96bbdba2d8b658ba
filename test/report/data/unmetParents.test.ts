import { expect, it } from 'vitest';
import type { Cause, Condition } from '../../../src/model/cause.ts';
import type { Wish } from '../../../src/model/fallout.ts';
import { unmetParents } from '../../../src/report/data/unmetParents.ts';

const by = { kind: 'patch', name: 'mine', index: 0 } as const;
const off = (symbol: string): Condition => ({ kind: 'symbol', symbol, value: 'n', needed: 'm' });

const wish = (symbol: string, cause: Cause, more: Partial<Wish> = {}): Wish => ({
  kind: 'unused',
  symbol,
  wanted: 'y',
  got: null,
  by,
  position: null,
  cause,
  ...more,
});

it('counts for each option how many lost wishes wait for it, directly or at the end of their chain', () => {
  const lost = [
    wish('A', { kind: 'needs', condition: off('INET') }),
    wish('B', {
      kind: 'needs',
      condition: { kind: 'any', of: [off('INET'), { kind: 'all', of: [off('PCI'), off('PCI')] }] },
    }),
    wish(
      'C',
      { kind: 'needs', condition: off('D') },
      { roots: [{ symbol: 'PCI', value: 'n', by: null, position: null }] },
    ),
    wish('E', { kind: 'no-prompt', needs: off('INET'), setBy: { kind: 'nothing' } }),
    wish('F', { kind: 'needs', condition: off('INET') }, { wanted: 'n' }),
    wish('G', { kind: 'needs', condition: off('INET') }, { by: { kind: 'nixpkgs' } }),
    wish('H', { kind: 'needs', condition: { kind: 'symbol', symbol: 'n', value: 'n', needed: 'm' } }),
    wish('I', { kind: 'needs', condition: { kind: 'symbol', symbol: 'n', value: 'n', needed: 'm' } }),
  ];
  expect(unmetParents(lost)).toEqual([
    { symbol: 'INET', waiting: 3 },
    { symbol: 'PCI', waiting: 2 },
  ]);
});
