/** The public interface of the Kconfig engine, `falloutd/kconfig`. README.md shows its use. */

export type * from './syntax/ast.ts';
export { formatDiagnostic, KconfigError } from './syntax/diagnostics.ts';
export { dialectOf, grammarOf, type Grammar } from './syntax/grammar.ts';
export { parseText, readTree } from './syntax/readTree.ts';
export { filesBelow, type Files } from './syntax/treeFiles.ts';
export { kernelEnvironment, type EnvironmentOptions } from './syntax/probes/environment.ts';
export { loadTree, type LoadOptions } from './syntax/probes/loadTree.ts';
export { ProbeCache, type ProbeCacheData } from './syntax/probes/probeCache.ts';
export {
  noShell,
  shellProbe,
  shellRunner,
  type Runner,
  type ShellAnswer,
  type ShellOptions,
} from './syntax/probes/shell.ts';
export { buildKconfig } from './tree/buildKconfig.ts';
export { PACKED_TREE_FORMAT, packTree, unpackTree, type PackedTree } from './tree/packedTree.ts';
export { printExpr } from './tree/expressions.ts';
export { isLogic, menusAround, menusBelow, menuText, MOD, NO, YES } from './tree/model.ts';
export type * from './tree/model.ts';
export { isValidText } from './tree/numbers.ts';
export type { UnmetDependency } from './values/calculator.ts';
export { Configuration, type Snapshot } from './values/configuration.ts';
export { fillNew, parseProbability, rewriteTristates, type Filling, type Probability } from './conf/modes.ts';
export { assume, readConfig, readUserValues, type ConfigWarning, type ReadOptions } from './conf/readConfig.ts';
export { askQuestions, EndOfAnswers, type AskOptions, type ConfQuestion } from './conf/askQuestions.ts';
export { compareConfigurations, configLine, listNew, writeConfig, writeDefconfig } from './conf/writeConfig.ts';
export type { ValueDifference } from './conf/writeConfig.ts';
export { needsText } from './explain/conditionText.ts';
export { joined, lackingIn } from './explain/condition.ts';
export type * from './explain/condition.ts';
export { changedBy } from './explain/changedBy.ts';
export { explain, explainLine } from './explain/explanation.ts';
export type * from './explain/explanation.ts';
export { conflictAmong } from './remedy/conflict.ts';
export type * from './remedy/conflict.ts';
export { findRemedies, OTHER_CHANGE } from './remedy/remedies.ts';
export type * from './remedy/remedies.ts';
export { obstacleTo } from './explain/obstacle.ts';
export type * from './explain/obstacle.ts';
