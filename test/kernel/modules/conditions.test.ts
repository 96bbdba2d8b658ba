import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALWAYS, Conditions, judgeOf, NEVER, type Condition } from '../../../src/kernel/modules/conditions.ts';

type Formula =
  | { kind: 'is'; symbol: string; value: 'y' | 'm' | 'n' }
  | { kind: 'not'; of: Formula }
  | { kind: 'and' | 'or'; left: Formula; right: Formula };

const SYMBOLS = ['A', 'B', 'C', 'BOOL'];
const values = fc.record({
  ...Object.fromEntries(['A', 'B', 'C'].map((name) => [name, fc.constantFrom('y', 'm', 'n')])),
  BOOL: fc.constantFrom('y', 'n'),
}) as fc.Arbitrary<Record<string, string>>;

const { formula } = fc.letrec<{ formula: Formula }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 5 },
    fc.record({
      kind: fc.constant('is' as const),
      symbol: fc.constantFrom(...SYMBOLS),
      value: fc.constantFrom('y' as const, 'm' as const, 'n' as const),
    }),
    fc.record({ kind: fc.constant('not' as const), of: tie('formula') }),
    fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), left: tie('formula'), right: tie('formula') }),
  ),
}));

function built(conditions: Conditions, of: Formula): Condition {
  if (of.kind === 'is') return conditions.is(of.symbol, of.value);
  if (of.kind === 'not') return conditions.not(built(conditions, of.of));
  return conditions[of.kind](built(conditions, of.left), built(conditions, of.right));
}

function holds(of: Formula, under: Record<string, string>): boolean {
  if (of.kind === 'is') return under[of.symbol] === of.value;
  if (of.kind === 'not') return !holds(of.of, under);
  const [left, right] = [holds(of.left, under), holds(of.right, under)];
  return of.kind === 'and' ? left && right : left || right;
}

const isTristate = (symbol: string): boolean => symbol !== 'BOOL';
const all = ['y', 'm', 'n'].flatMap((A) =>
  ['y', 'm', 'n'].flatMap((B) => ['y', 'm', 'n'].flatMap((C) => ['y', 'n'].map((BOOL) => ({ A, B, C, BOOL })))),
);

describe('conditions', () => {
  it('hold where the formula does', () => {
    fc.assert(
      fc.property(formula, values, (of, under) => {
        const conditions = new Conditions(isTristate);
        const condition = built(conditions, of);
        const judge = judgeOf(conditions.pack(), (symbol) => under[symbol] ?? null);
        expect(judge(condition)).toBe(holds(of, under));
      }),
    );
  });

  it('that hold for the same values are the same', () => {
    fc.assert(
      fc.property(formula, formula, (a, b) => {
        const conditions = new Conditions(isTristate);
        const same = all.every((under) => holds(a, under) === holds(b, under));
        expect(built(conditions, a) === built(conditions, b)).toBe(same);
      }),
    );
  });

  it('never have m of a symbol that is no tristate', () => {
    const conditions = new Conditions(isTristate);
    expect(conditions.is('BOOL', 'm')).toBe(NEVER);
    expect(conditions.or(conditions.is('BOOL', 'y'), conditions.is('BOOL', 'n'))).toBe(ALWAYS);
  });

  it('can ask for any value', () => {
    const conditions = new Conditions();
    const condition = conditions.and(conditions.equals('BITS', '64'), conditions.is('A', 'm'));
    const under = (values: Record<string, string>): boolean =>
      judgeOf(conditions.pack(), (symbol) => values[symbol] ?? null)(condition);
    expect([under({ A: 'm', BITS: '64' }), under({ A: 'm', BITS: '32' }), under({ BITS: '64' })]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('say which symbols have to be on, those first for which m counts', () => {
    const conditions = new Conditions(isTristate);
    const modular = conditions.and(conditions.is('A', 'm'), conditions.is('BOOL', 'y'));
    expect(conditions.neededFor(modular)).toEqual({ tristate: ['A'], other: ['BOOL'] });
    const either = conditions.or(conditions.is('A', 'm'), conditions.is('B', 'm'));
    expect(conditions.neededFor(either)).toEqual({ tristate: ['A', 'B'], other: [] });
    const without = conditions.and(conditions.is('A', 'm'), conditions.is('B', 'n'));
    expect(conditions.neededFor(without)).toEqual({ tristate: ['A'], other: [] });
    const withoutBool = conditions.and(conditions.is('A', 'm'), conditions.not(conditions.is('BOOL', 'y')));
    expect(conditions.neededFor(withoutBool)).toEqual({ tristate: ['A'], other: [] });
  });
});
