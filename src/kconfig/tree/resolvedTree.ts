import type { Diagnostic, Dialect } from '../syntax/ast.ts';
import type { ChoiceBlock, Expr, KSymbol, Menu } from './model.ts';
import type { Simplifier } from './simplifier.ts';

/** A whole tree, resolved. Any number of Configurations can share it. */
export type Kconfig = {
  /** The root menu; its prompt is the mainmenu. */
  root: Menu;
  /** All symbols by id. */
  symbols: KSymbol[];
  /** All symbols in the order of conf's hash table. Before 6.11 randconfig sets them in this order. */
  hashOrder: KSymbol[];
  menus: Menu[];
  choices: ChoiceBlock[];
  byName: ReadonlyMap<string, KSymbol>;
  expressions: Expr[];
  /** The symbol with the option `modules`, or the constant n. */
  modules: KSymbol;
  constants: { y: KSymbol; m: KSymbol; n: KSymbol };
  dialect: Dialect;
  /** Compares expressions. It may make new ones, whose values no Configuration keeps. */
  simplifier: Simplifier;
  /** What conf prints while it reads the tree, in its order. */
  diagnostics: Diagnostic[];
};
