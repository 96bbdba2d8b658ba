import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printExpr } from '../../../src/kconfig/tree/expressions.ts';
import { ExpressionTable } from '../../../src/kconfig/tree/expressionTable.ts';
import type { Expr, KSymbol, Tri } from '../../../src/kconfig/tree/model.ts';
import { Simplifier } from '../../../src/kconfig/tree/simplifier.ts';
import { SymbolTable } from '../../../src/kconfig/tree/symbolTable.ts';

const table = new SymbolTable();
const symbols = ['B', 'C', 'T', 'U'].map((name, index) =>
  Object.assign(table.symbol(name), { type: index < 2 ? 'bool' : 'tristate' } as const),
);
const expressions = new ExpressionTable(table.y, table.m, table.n);
const simplifier = new Simplifier(expressions, false, () => undefined);

function exprsOf(operands: readonly KSymbol[], constants: readonly KSymbol[]): fc.Arbitrary<Expr> {
  const operand = fc.constantFrom(...operands),
    constant = fc.constantFrom(...constants);
  return fc.letrec<{ expr: Expr }>((tie) => ({
    expr: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.oneof(operand, constant).map((symbol) => expressions.symbol(symbol)),
      fc
        .tuple(fc.constantFrom('=' as const, '!=' as const), operand, constant)
        .map(([operator, left, right]) => expressions.compare(operator, left, right)),
      tie('expr').map((inner) => expressions.not(inner)),
      fc
        .tuple(fc.constantFrom('and' as const, 'or' as const), tie('expr'), tie('expr'))
        .map(([kind, left, right]) => expressions.join(kind, left, right)),
    ),
  })).expr;
}

const expr = exprsOf(symbols, [table.y, table.m, table.n]);
/** Of tristates kconfig takes `!A` for the opposite of `A != n`, which is wrong where A is m; it asks about them all the same. */
const boolExpr = exprsOf(symbols.slice(0, 2), [table.y, table.n]);

/** Every assignment of the four symbols. */
const assignments = [0, 2].flatMap((b) =>
  [0, 2].flatMap((c) =>
    [0, 1, 2].flatMap((t) =>
      [0, 1, 2].map(
        (u) => new Map<KSymbol, number>(symbols.map((symbol, index) => [symbol, [b, c, t, u][index] ?? 0])),
      ),
    ),
  ),
);

function valueOf(e: Expr, values: ReadonlyMap<KSymbol, number>): Tri {
  const of = (symbol: KSymbol): number =>
    symbol === table.y ? 2 : symbol === table.m ? 1 : symbol === table.n ? 0 : (values.get(symbol) ?? 0);
  switch (e.kind) {
    case 'symbol':
      return of(e.symbol) as Tri;
    case 'not':
      return (2 - valueOf(e.operand, values)) as Tri;
    case 'and':
      return Math.min(valueOf(e.left, values), valueOf(e.right, values)) as Tri;
    case 'or':
      return Math.max(valueOf(e.left, values), valueOf(e.right, values)) as Tri;
    case 'compare':
      return (of(e.left) === of(e.right)) === (e.operator === '=') ? 2 : 0;
  }
}

function sameValues(a: Expr | null, b: Expr): void {
  for (const values of assignments)
    expect(a === null ? 2 : valueOf(a, values), `${printExpr(a)} for ${printExpr(b)}`).toBe(valueOf(b, values));
}

test('equal expressions are one object', () => {
  fc.assert(
    fc.property(expr, (e) => {
      const again = (x: Expr): Expr =>
        x.kind === 'symbol'
          ? expressions.symbol(x.symbol)
          : x.kind === 'compare'
            ? expressions.compare(x.operator, x.left, x.right)
            : x.kind === 'not'
              ? expressions.not(again(x.operand))
              : expressions.join(x.kind, again(x.left), again(x.right));
      expect(again(e)).toBe(e);
    }),
  );
});

test('transforming keeps every value', () => {
  fc.assert(fc.property(expr, (e) => sameValues(simplifier.transform(e), e)));
});

test('taking duplicates out keeps every value and is done when done', () => {
  fc.assert(
    fc.property(expr, (e) => {
      const transformed = simplifier.transform(e);
      const distinct = simplifier.distinct(transformed);
      sameValues(distinct, e);
      expect(simplifier.distinct(distinct)).toBe(distinct);
    }),
  );
});

test('compared with n, an expression is y exactly where it is not n', () => {
  fc.assert(
    fc.property(boolExpr, (e) => {
      const compared = simplifier.comparedWithNo(e, '!=');
      for (const values of assignments) expect(valueOf(compared, values)).toBe(valueOf(e, values) === 0 ? 0 : 2);
    }),
  );
});

test('where nothing is left of the second, the first implies it', () => {
  fc.assert(
    fc.property(boolExpr, boolExpr, (a, b) => {
      const [both, part] = [
        simplifier.comparedWithNo(expressions.join('and', a, b), '!='),
        simplifier.comparedWithNo(b, '!='),
      ].map((e) => simplifier.distinct(simplifier.transform(e)));
      if (both === undefined || part === undefined || !simplifier.isYes(simplifier.withoutCommon(both, part)[1]))
        return;
      for (const values of assignments) expect(valueOf(both, values)).toBeLessThanOrEqual(valueOf(part, values));
    }),
  );
});
