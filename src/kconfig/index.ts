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
} from './syntax/ast.ts';
export { KconfigError, formatDiagnostic } from './syntax/errors.ts';
export { filesBelow, parseText, readTree, type Files } from './syntax/read.ts';
export { grammarOf, UNION, type Grammar } from './syntax/grammar.ts';
export { kernelEnvironment, type EnvironmentOptions } from './syntax/environment.ts';
export { loadTree, type LoadOptions } from './syntax/probes.ts';
export { ProbeCache, type ProbeCacheData } from './syntax/probeCache.ts';
export { shellProbe, shellRunner, type Answer, type Runner, type ShellOptions } from './syntax/shell.ts';
export { dialectOf } from './tree/dialect.ts';
export { buildKconfig } from './tree/build.ts';
export type { Choice, Kconfig, KSymbol, Menu, Property, Tri } from './tree/model.ts';
export { menusBelow, MOD, NO, YES } from './tree/model.ts';
export { printExpr, type Expr } from './tree/expr.ts';
export { Configuration, type Snapshot } from './values/configuration.ts';
export type { Unmet } from './values/calculate.ts';
export {
  configLine,
  defaultText,
  readConfig,
  readUserValues,
  writeConfig,
  writeDefconfig,
  type ConfigWarning,
  type ReadOptions,
} from './conf/configFile.ts';
export { fillNew, parseProbability, rewriteTristates, type Filling, type Probability } from './conf/modes.ts';
export { askQuestions, EndOfAnswers, listNew, type AskOptions, type Question } from './conf/questions.ts';
export {
  compareConfigurations,
  explain,
  explainLine,
  unmetParts,
  type Difference,
  type Explanation,
  type Reason,
  type Reverse,
} from './explain/explain.ts';
