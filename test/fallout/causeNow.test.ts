import { describe, expect, it } from 'vitest';
import { causeNow } from '../../src/fallout/causeNow.ts';
import type { Cause, Condition } from '../../src/model/cause.ts';

const symbol = (name: string, value = 'n', needed: 'm' | 'y' = 'm'): Condition => ({
  kind: 'symbol',
  symbol: name,
  value,
  needed,
});
const gcc: Condition = {
  kind: 'comparison',
  left: 'GCC_VERSION',
  operator: '>=',
  right: '130000',
  leftValue: '120200',
  rightValue: '130000',
};
const now = (cause: Cause, values: Record<string, string>): Cause | null =>
  causeNow(cause, 'y', (name) => values[name]);
const needs = (condition: Condition): Cause => ({ kind: 'needs', condition });

describe('causeNow', () => {
  it('leaves out who selects no more, and who holds them no more', () => {
    const by = [
      { symbol: 'A', level: 'm' as const },
      { symbol: 'B', level: 'm' as const, heldBy: ['P', 'Q'] },
      { symbol: 'C', level: 'm' as const, heldBy: ['P'] },
    ];
    expect(now({ kind: 'selected', by }, { B: 'm', C: 'm', Q: 'm' })).toEqual({
      kind: 'selected',
      by: [
        { symbol: 'B', level: 'm', heldBy: ['Q'] },
        { symbol: 'C', level: 'm' },
      ],
    });
    expect(now({ kind: 'selected', by }, { P: 'y' })).toBeNull();
  });

  it.each<[Condition, Record<string, string>, Condition | null]>([
    [symbol('P'), {}, symbol('P')],
    [symbol('P'), { P: 'm' }, null],
    [symbol('P', 'n', 'y'), { P: 'm' }, symbol('P', 'm', 'y')],
    [{ kind: 'off', symbol: 'Q', value: 'y', most: 'n' }, {}, null],
    [gcc, {}, gcc],
    [gcc, { GCC_VERSION: '140000' }, null],
    [{ kind: 'all', of: [symbol('P'), symbol('Q')] }, { P: 'y' }, symbol('Q')],
    [{ kind: 'any', of: [symbol('P'), symbol('Q')] }, { P: 'y' }, null],
    [
      { kind: 'any', of: [symbol('P'), symbol('Q')], more: 3 },
      {},
      { kind: 'any', of: [symbol('P'), symbol('Q')], more: 3 },
    ],
    [symbol('n'), { n: 'y' }, symbol('n')],
  ])('%j with %j', (condition, values, left) => {
    expect(now(needs(condition), values)).toEqual(left === null ? null : needs(left));
  });

  it('knows that a symbol without a prompt can be set, or asked for', () => {
    const cause: Cause = { kind: 'no-prompt', needs: null, setBy: { kind: 'nothing' }, reach: symbol('S') };
    expect(now(cause, {})).toEqual(cause);
    expect(now(cause, { S: 'y' })).toBeNull();
    const hidden: Cause = {
      kind: 'no-prompt',
      needs: symbol('E'),
      setBy: { kind: 'select', by: [{ symbol: 'S', level: 'y' }] },
    };
    expect(now(hidden, { S: 'y' })).toEqual(hidden);
    expect(now(hidden, { S: 'y', E: 'y' })).toBeNull();
    expect(now(hidden, {})).toBeNull();
  });

  it('keeps the words of what earlier versions recorded', () => {
    const recorded: Cause = { kind: 'unmet', expression: 'P [=n] && R [=y]', unmet: [{ symbol: 'P', value: 'n' }] };
    expect(now(recorded, { R: 'y' })).toEqual(recorded);
    expect(now(recorded, { R: 'y', P: 'y' })).toBeNull();
  });
});
