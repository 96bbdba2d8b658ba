import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  conflicting,
  decidingLegacyLine,
  effectiveIntent,
  intentsBySymbol,
  overrideFor,
  effectiveSaid,
  rank,
} from '../../src/fallout/intents.ts';
import { askerName, isManaged } from '../../src/model/asker.ts';
import type { Asker, Intent, LegacyLine } from '../../src/model/intent.ts';
import { type Ask, sameAsk, spelled, type Value, valueOf } from '../../src/model/value.ts';

const nixpkgs: Asker = { kind: 'nixpkgs' };
const kernel: Asker = { kind: 'kernel' };
const patch = (index: number, name = `p${index}`): Asker => ({ kind: 'patch', name, index });
/** `n`, `unset`, or a word of its own. */
const valued = (word: string): Value => (word === 'unset' ? { kind: 'unset' } : valueOf(word));
const intent = (word: string, by: Asker, priority = 100, optional = false): Intent => ({
  symbol: 'X',
  ask: { value: valued(word), optional },
  priority,
  by,
  position: null,
});

const shown = (of: Intent | null): string =>
  of === null ? 'none' : `${askerName(of.by)}: ${spelled(of.ask.value) ?? 'unset'}`;

describe('effectiveIntent', () => {
  it.each<[string, Intent[], string]>([
    ['a plain definition', [intent('y', nixpkgs)], 'nixpkgs: y'],
    ['a force over a plain one, wherever it stands', [intent('n', patch(0), 50), intent('y', patch(1))], 'patch p0: n'],
    ['a default under a plain one', [intent('y', nixpkgs), intent('n', patch(0), 1000)], 'nixpkgs: y'],
    [
      'the smallest of all numbers',
      [intent('y', patch(0), 50), intent('n', patch(1), 10), intent('m', patch(2), 40)],
      'patch p1: n',
    ],
    ['of equals freeform, though a tristate comes later', [intent('8', nixpkgs), intent('n', patch(0))], 'nixpkgs: 8'],
    ['of equals freeform, though a tristate came before', [intent('n', nixpkgs), intent('8', patch(0))], 'patch p0: 8'],
    ['a tristate of a smaller number over freeform', [intent('8', nixpkgs), intent('n', patch(0), 50)], 'patch p0: n'],
    ["of equals the user's over nixpkgs'", [intent('y', nixpkgs), intent('n', patch(0))], 'patch p0: n'],
    ["of equals the user's over the kernel's own", [intent('y', kernel), intent('n', patch(0))], 'patch p0: n'],
    ["of two of the user's the later", [intent('y', patch(0)), intent('n', patch(1))], 'patch p1: n'],
    [
      "of equals the user's unset over nixpkgs' tristate",
      [intent('y', nixpkgs), intent('unset', patch(0))],
      'patch p0: unset',
    ],
    ["the user's tristate over nixpkgs' unset", [intent('unset', nixpkgs), intent('y', patch(0))], 'patch p0: y'],
    ['freeform over unset, which gives no answer', [intent('8', nixpkgs), intent('unset', patch(0))], 'nixpkgs: 8'],
    ['a forced unset over everything', [intent('8', nixpkgs), intent('unset', patch(0), 50)], 'patch p0: unset'],
  ])('%s', (_, definitions, expected) => {
    expect(shown(effectiveIntent(definitions))).toBe(expected);
  });

  it('is none where nobody asks', () => {
    expect(effectiveIntent([])).toBeNull();
  });
});

describe('conflicting: what lib.modules refuses to merge', () => {
  it.each<[string, Intent[], number]>([
    ['nothing', [], 0],
    ['one definition', [intent('y', nixpkgs)], 0],
    ['two that agree', [intent('y', nixpkgs), intent('y', patch(0))], 0],
    ['two that agree but for `option`', [intent('y', nixpkgs), intent('y', patch(0), 100, true)], 0],
    ['two tristates', [intent('y', nixpkgs), intent('n', patch(0))], 2],
    ['unset and a tristate', [intent('y', nixpkgs), intent('unset', patch(0))], 2],
    ['two freeforms', [intent('8', nixpkgs), intent('16', patch(0))], 2],
    ['freeform and tristate: two fields', [intent('8', nixpkgs), intent('n', patch(0))], 0],
    ['freeform and unset: two fields', [intent('8', nixpkgs), intent('unset', patch(0))], 0],
    ['freeform beside two tristates', [intent('8', nixpkgs), intent('n', patch(0)), intent('y', patch(1))], 3],
    ['two forces', [intent('y', nixpkgs), intent('y', patch(0), 50), intent('n', patch(1), 50)], 2],
    ['another priority', [intent('y', nixpkgs), intent('n', patch(0), 50)], 0],
    ['what a smaller number hides', [intent('y', nixpkgs), intent('n', patch(0)), intent('m', patch(1), 50)], 0],
  ])('%s', (_, definitions, expected) => {
    expect(conflicting(definitions)).toHaveLength(expected);
  });

  it('is settled by one more definition of the number that overrideFor gives', () => {
    const by = fc.constantFrom<Asker>(nixpkgs, kernel, patch(0), patch(1));
    const some = fc.record({
      word: fc.constantFrom('y', 'm', 'n', 'unset', '8', 'a b'),
      by,
      priority: fc.integer({ min: 0, max: 1500 }),
      optional: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(
          some.map((s) => intent(s.word, s.by, s.priority, s.optional)),
          { minLength: 1, maxLength: 6 },
        ),
        (definitions) => {
          const override = overrideFor(definitions);
          const entry = intent('y', patch(9, 'fallout'), override);
          expect(override).toBeLessThanOrEqual(40);
          expect(conflicting([...definitions, entry])).toEqual([]);
          expect(conflicting([entry, ...definitions])).toEqual([]);
          expect(effectiveIntent([...definitions, entry])).toBe(entry);
          expect(effectiveIntent([entry, ...definitions])).toBe(entry);
          expect(definitions).toContain(effectiveIntent(definitions));
        },
      ),
    );
  });
});

describe('intentsBySymbol', () => {
  it('keeps the order and leaves the managed patch out', () => {
    const list = [
      intent('y', nixpkgs),
      { ...intent('y', kernel), symbol: 'constructor' },
      intent('m', patch(0)),
      intent('n', patch(1, 'fallout'), 40),
    ];
    expect(
      [...intentsBySymbol(list, 'fallout')].map(([symbol, all]) => [symbol, all.map((i) => askerName(i.by))]),
    ).toEqual([
      ['X', ['nixpkgs', 'patch p0']],
      ['constructor', ['kernel']],
    ]);
    expect(intentsBySymbol(list, undefined).get('X')).toHaveLength(3);
    expect(intentsBySymbol(list, 'fallout-two').get('X')).toHaveLength(3);
  });

  it('takes only a patch for the managed one', () => {
    expect(isManaged(patch(0, 'kernel'), 'kernel')).toBe(true);
    expect(isManaged(kernel, 'kernel')).toBe(false);
    expect(isManaged(patch(0, ''), undefined)).toBe(false);
  });
});

describe('legacy lines', () => {
  const line = (value: string, by: Asker): LegacyLine => ({ symbol: 'X', value, optional: false, by, position: null });

  it("the last one decides, the managed patch's own aside", () => {
    const lines = [line('y', kernel), line('m', patch(0)), line('n', patch(1, 'fallout'))];
    expect(decidingLegacyLine(lines, 'X', 'fallout')?.value).toBe('m');
    expect(decidingLegacyLine(lines, 'X', 'other')?.value).toBe('n');
    expect(decidingLegacyLine(lines, 'Y', 'fallout')).toBeNull();
  });

  it('stand over every structured definition', () => {
    const said = effectiveSaid([intent('n', patch(4), 10)], 'fallout', [
      line('y', kernel),
      line('m', patch(1)),
      line('n', patch(2, 'fallout')),
    ]);
    expect(said.get('X')).toEqual({ symbol: 'X', wanted: 'm', optional: false, by: patch(1), position: null });
  });
});

describe('effectiveSaid', () => {
  it("says what counts, in the script's terms", () => {
    const said = effectiveSaid(
      [intent('y', nixpkgs), intent('n', patch(0), 50, true), intent('m', patch(1, 'fallout'), 40)],
      'fallout',
      [],
    );
    expect(said.get('X')).toEqual({ symbol: 'X', wanted: 'n', optional: true, by: patch(0), position: null });
    expect(effectiveSaid([intent('unset', patch(0))], 'fallout', []).get('X')?.wanted).toBeNull();
    expect(effectiveSaid([intent('m', patch(1, 'fallout'))], 'fallout', []).size).toBe(0);
  });

  it('ranks askers in module order', () => {
    expect([patch(1), nixpkgs, patch(0), kernel].sort((a, b) => rank(a) - rank(b)).map(askerName)).toEqual([
      'nixpkgs',
      'kernel',
      'patch p0',
      'patch p1',
    ]);
  });
});

describe('values', () => {
  it('are spelled as the script is told, and read back', () => {
    for (const word of ['y', 'm', 'n', '8', '0x10', 'a b', '', 'Y']) expect(spelled(valueOf(word))).toBe(word);
    expect(spelled({ kind: 'unset' })).toBeNull();
    expect([valueOf('m').kind, valueOf('M').kind]).toEqual(['tristate', 'freeform']);
  });

  it('are the same when value and `option` are', () => {
    const asks: Ask[] = ['y', 'n', '8', 'unset'].flatMap((word) =>
      [true, false].map((optional) => ({ value: valued(word), optional })),
    );
    for (const [i, a] of asks.entries())
      for (const [j, b] of asks.entries()) expect(sameAsk(a, structuredClone(b))).toBe(i === j);
    expect(
      sameAsk({ value: { kind: 'freeform', text: 'y' }, optional: false }, { value: valueOf('y'), optional: false }),
    ).toBe(false);
  });
});
