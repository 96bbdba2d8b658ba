import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Asked, Managed } from '../../src/fallout/absorb.ts';
import { causeNow } from '../../src/fallout/causeNow.ts';
import { intentsBySymbol } from '../../src/fallout/intents.ts';
import { reviewEntries, withEntryCauses, withoutEnded } from '../../src/fallout/reviewEntries.ts';
import type { Cause } from '../../src/model/cause.ts';
import type { ManagedEntry } from '../../src/model/entry.ts';
import type { Wish } from '../../src/model/fallout.ts';
import type { Intent } from '../../src/model/intent.ts';
import type { Tristate } from '../../src/model/value.ts';
import type { Settings } from '../../src/script/settings.ts';

const mine = { kind: 'patch', name: 'mine', index: 0 } as const;
const tri = (tristate: Tristate) => ({ kind: 'tristate', tristate }) as const;
const intent = (symbol: string, value: Tristate): Intent => ({
  symbol,
  ask: { value: tri(value), optional: false },
  priority: 100,
  by: mine,
  position: null,
});
const asking = (wanted: Record<string, Tristate>): Asked => ({
  intents: intentsBySymbol(
    Object.entries(wanted).map(([symbol, value]) => intent(symbol, value)),
    'fallout',
  ),
  legacy: [],
  managedName: 'fallout',
  managedIndex: 9,
});
const needs = (symbol: string, value = 'n'): Cause => ({
  kind: 'unmet',
  expression: `${symbol} [=${value}]`,
  unmet: [{ symbol, value }],
});
const option = (symbol: string, value: Tristate, cause?: Cause): ManagedEntry => ({
  symbol,
  ask: { value: tri(value), optional: true },
  override: 40,
  via: 'structured',
  rung: 1,
  reason: `why ${symbol}`,
  origin: {
    kind: 'wish',
    intent: { by: { kind: 'patch', name: 'mine' }, ask: { value: tri(value), optional: false }, via: 'structured' },
  },
  ...(cause === undefined ? {} : { cause }),
});
const managed = (...entries: ManagedEntry[]): Managed => new Map(entries.map((entry) => [entry.symbol, entry]));
const wish = (symbol: string, wanted: string, got: string | null, rest: Partial<Wish> = {}): Wish => ({
  kind: got === null ? 'unused' : 'value',
  symbol,
  wanted,
  got,
  by: mine,
  position: null,
  ...rest,
});
const NONE = new Set<string>();

describe('reviewEntries', () => {
  it('of random results: takes out what the .config has anyway, and leaves no cause that is not true', () => {
    const level = fc.constantFrom<Tristate>('y', 'm', 'n');
    fc.assert(
      fc.property(level, fc.option(level), level, fc.boolean(), (wanted, got, parent, isSelected) => {
        const cause: Cause = isSelected ? { kind: 'selected', by: [{ symbol: 'P', level: 'y' }] } : needs('P');
        const values = new Map([['P', parent], ...(got === null ? [] : [['X', got as string] as const])]);
        const lost = got === wanted ? [] : [wish('X', wanted, got)];
        const entries = managed(option('X', wanted, cause));
        const reviewed = reviewEntries(entries, asking({ X: wanted }), { values, lost: { lost } }, NONE);
        expect(reviewed.has('X')).toBe(got !== wanted);
        const kept = reviewed.get('X');
        const value = (symbol: string): string => values.get(symbol) ?? 'n';
        if (kept?.cause !== undefined) expect(causeNow(kept.cause, wanted, value)).toEqual(kept.cause);
        if (kept !== undefined && causeNow(cause, wanted, value) === null) expect(kept.reason).not.toContain(':');
        // What was reviewed is not changed again.
        expect(reviewEntries(reviewed, asking({ X: wanted }), { values, lost: { lost } }, NONE)).toEqual(reviewed);
      }),
    );
  });

  it('keeps what was taken out before and came back, what is by hand, and what settles a conflict', () => {
    const values = new Map([['X', 'n']]);
    const entry = option('X', 'n');
    const review = (kept: ManagedEntry, asked: Asked, stays = NONE): Managed =>
      reviewEntries(managed(kept), asked, { values, lost: { lost: [] } }, stays);
    expect(review(entry, asking({ X: 'n' })).size).toBe(0);
    expect(review(entry, asking({ X: 'n' }), new Set(['X'])).size).toBe(1);
    expect(review({ ...entry, origin: { kind: 'hand', intent: null } }, asking({ X: 'n' })).size).toBe(1);
    const both = [{ ...intent('X', 'y'), by: { kind: 'nixpkgs' } as const }, intent('X', 'n')];
    expect(review(entry, { ...asking({}), intents: intentsBySymbol(both, 'fallout') }).size).toBe(1);
  });

  it('replaces a reason by the one that the result shows, or by what is left of it', () => {
    const entries = managed(option('X', 'm', needs('BT')));
    const values = new Map([['BT', 'm']]);
    const reason = (cause?: Cause): string | undefined => {
      const lost = [wish('X', 'm', null, cause === undefined ? {} : { cause })];
      return reviewEntries(entries, asking({ X: 'm' }), { values, lost: { lost } }, NONE).get('X')?.reason;
    };
    expect(reason(needs('WLAN'))).toBe('wanted m, no option: depends on WLAN [=n]');
    expect(reason()).toBe('wanted m, no option');
  });
});

describe('withEntryCauses', () => {
  it('gives a lost wish the cause of its entry, if it is true and the result shows none', () => {
    const causes = (value: string, lost: Wish): (Cause | undefined)[] =>
      withEntryCauses({ lost: [lost] }, managed(option('X', 'm', needs('P'))), new Map([['P', value]])).lost.map(
        ({ cause }) => cause,
      );
    expect(causes('n', wish('X', 'm', null))).toEqual([needs('P')]);
    expect(causes('y', wish('X', 'm', null))).toEqual([undefined]);
    expect(causes('n', wish('X', 'm', null, { cause: needs('Q') }))).toEqual([needs('Q')]);
  });
});

describe('withoutEnded', () => {
  const setting = (tristate: Tristate): Settings[string] => ({ tristate, freeform: null, optional: false });
  const left = (wanted: Record<string, Tristate>, then: Record<string, Tristate>, ...causes: Cause[]): string[] => {
    const entries = managed(...causes.map((cause, i) => option(`X${i}`, 'm', cause)));
    const own = Object.fromEntries(causes.map((_, i) => [`X${i}`, 'm' as const]));
    const settings = Object.fromEntries(Object.entries(then).map(([symbol, value]) => [symbol, setting(value)]));
    return [...withoutEnded(entries, entries, asking({ ...own, ...wanted }), { settings, values: new Map() }).keys()];
  };

  it('leaves out the entries whose cause is asked away, and only those', () => {
    expect(left({ P: 'y', Q: 'n' }, { P: 'n', Q: 'n' }, needs('P'), needs('Q'), needs('R'))).toEqual(['X1', 'X2']);
    expect(left({}, { P: 'n' }, needs('P'))).toEqual([]);
    // Asked for all the time, and never given.
    expect(left({ P: 'y' }, { P: 'y' }, needs('P'))).toEqual(['X0']);
  });

  it('leaves out what the last result did not need', () => {
    const [entries, own] = [managed(option('X', 'm')), asking({ X: 'm' })];
    const after = (got: string): number =>
      withoutEnded(entries, entries, own, { settings: {}, values: new Map([['X', got]]) }).size;
    expect([after('m'), after('y')]).toEqual([0, 1]);
  });

  it('takes what nobody asks for to follow what is asked', () => {
    const both: Cause = {
      kind: 'unmet',
      expression: 'P [=n] && BELOW_P [=n]',
      unmet: [
        { symbol: 'P', value: 'n' },
        { symbol: 'BELOW_P', value: 'n' },
      ],
    };
    expect(left({ P: 'y' }, { P: 'n' }, both)).toEqual([]);
  });
});
