import type { Dialect } from '../syntax/ast.ts';
import { ExpressionTable } from './expressionTable.ts';
import type { Expr, Kconfig } from './model.ts';
import { Simplifier } from './simplifier.ts';
import type { SymbolTable } from './symbolTable.ts';

/** Compares expressions of a tree that is complete. The table of them is made when it is first needed, which is seldom. */
export function equality(
  table: SymbolTable,
  expressions: readonly Expr[],
  dialect: Dialect,
): Kconfig['equalExpressions'] {
  let simplifier: Simplifier | null = null;
  return (a, b) => {
    simplifier ??= new Simplifier(
      new ExpressionTable(table.y, table.m, table.n, expressions),
      dialect.choices === 'symbol',
      () => undefined,
    );
    return simplifier.equal(a, b);
  };
}
