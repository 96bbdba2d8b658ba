/** The Kconfig engine: reads a Linux source tree and computes what its `scripts/kconfig/conf` computes. It knows nothing of Nix or of the daemon. */

export type {
  Comparison,
  Diagnostic,
  Dialect,
  Expression,
  Location,
  Operand,
  Option,
  Probe,
  Source,
  Statement,
  SymbolType,
  Tree,
} from './ast.ts';
export { KconfigError, formatDiagnostic } from './errors.ts';
export { filesBelow, parseText, readTree, type Files } from './read.ts';
export { grammarOf, UNION, type Grammar } from './grammar.ts';
export { kernelEnvironment, type EnvironmentOptions } from './environment.ts';
export { loadTree, type LoadOptions } from './probes.ts';
export { ProbeCache, type ProbeCacheData } from './probeCache.ts';
export { shellProbe, shellRunner, type Answer, type Runner, type ShellOptions } from './shell.ts';
export { dialectOf } from './dialect.ts';
export { buildKconfig } from './build.ts';
export type { Choice, Kconfig, KSymbol, Menu, Property, Tri } from './model.ts';
export { menusBelow, MOD, NO, YES } from './model.ts';
export { printExpr, type Expr } from './expr.ts';
export { Configuration, type Snapshot } from './configuration.ts';
export type { Unmet } from './calculate.ts';
export {
  configLine,
  defaultText,
  readConfig,
  readUserValues,
  writeConfig,
  writeDefconfig,
  type ConfigWarning,
  type ReadOptions,
} from './configFile.ts';
export { fillNew, parseProbability, rewriteTristates, type Filling, type Probability } from './modes.ts';
export { askQuestions, EndOfAnswers, listNew, type AskOptions, type Question } from './questions.ts';
export {
  compareConfigurations,
  explain,
  explainLine,
  unmetParts,
  type Difference,
  type Explanation,
  type Reason,
  type Reverse,
} from './explain.ts';
