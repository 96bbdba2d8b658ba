/** The engine of one kernel: loaded once from its facts, asked many times. */
import { KconfigError, packTree, unpackTree, type Kconfig } from '../kconfig/index.ts';
import { effectiveSaid } from '../fallout/intents.ts';
import type { Preflight } from '../model/preflight.ts';
import type { SideEffect } from '../model/sideEffects.ts';
import { wholeFile } from '../system/wholeFile.ts';
import { recogniseScript } from './answeringScript.ts';
import { Baseline, wishesOf, type Asking } from './baseline.ts';
import { cpuChoice, cpuOptions, type CpuChoice, type CpuOptions } from './cpuOptions.ts';
import { explainBuild, type Explained, type ExplanationInput } from './explainBuild.ts';
import { explainSymbols, type ExplainedSymbols, type SymbolsInput } from './explainSymbols.ts';
import { definedNames, namesElsewhere, namesOf, type KernelNames } from './kernelNames.ts';
import { readFacts, type KernelFacts } from './kernelFacts.ts';
import { baselineBeside } from './keptFacts.ts';
import { keepKernel, keptKernel, type KeptKernel } from './keptTree.ts';
import { kconfigOf, MissingAnswer } from './kernelTree.ts';
import { promptsOf, promptsOfOthers, successorsOf, type Prompts } from './formerNames.ts';
import { finished, type Finished } from './finished.ts';
import { sideEffects } from './sideEffects.ts';
import { settingsToward, type Toward, type TowardInput } from './settingsToward.ts';
import { indexOf, modulesOf } from './modules/keptModules.ts';
import type { ModuleIndex } from './modules/moduleIndex.ts';
import { symbolsOf } from './modules/moduleQueries.ts';
import { portraitOf, type Portrait } from './portrait.ts';
import { preflight, type PreflightInput } from './preflight.ts';
import { Remedies, type RemediesInput, type TargetRemedies } from './remedies.ts';
import { rootFinder } from './roots.ts';
import { predict, type Prediction, type PredictionInput } from './prediction.ts';
import { tidy, type Tidy, type TidyInput } from './tidy.ts';

export type Loaded =
  | { kind: 'engine'; engine: KernelEngine }
  /** The kernel's answering script is none of nixpkgs'. */
  | { kind: 'unknown-script' }
  /** The tree cannot be read as the builder's conf read it. */
  | { kind: 'unreadable-tree'; reason: string };

export type KernelEngine = {
  predict: (input: PredictionInput) => Prediction;
  explain: (input: ExplanationInput) => Explained;
  /** The settings that turn what the target comes to into a configuration. */
  toward: (input: TowardInput) => Toward;
  /** The settings of the user's that can go. */
  tidy: (input: TidyInput) => Tidy;
  /** The .config of the same host without the user's settings; null where there is none that builds. */
  baseline: (asking: Asking) => string | null;
  /** What a finished .config holds beyond what the user asked for; null where there is no baseline. */
  sideEffects: (asking: Asking, dotConfig: string) => SideEffect[] | null;
  /** Which module is which symbol's; null where the facts are gone. It is made when it is first asked for. */
  modules: () => ModuleIndex | null;
  /** What there is to say of single symbols of what the target comes to. */
  explainSymbols: (input: SymbolsInput) => ExplainedSymbols;
  /** Which settings give what is wanted. What a target comes to is computed once for the same target. */
  remedies: (input: RemediesInput) => TargetRemedies;
  /** Which options compile this kernel for a processor. */
  cpuChoice: (cpu: string) => CpuChoice;
  /** What a .config lacks of what a host needs. */
  preflight: (input: PreflightInput) => Preflight;
  /** What the kernel has for a finished .config. */
  portray: (dotConfig: string) => Portrait;
};

/** What an engine finds beside its kernel's facts. */
type Beside = {
  baselineFile: string | null;
  others: () => Prompts[];
  modules: () => ModuleIndex | null;
  cpus: () => CpuOptions;
};

type Keep = (kernel: KeptKernel, found: { names: readonly string[]; prompts: Prompts }) => void;

/**
 * Makes an engine from a file of kept facts: of what is kept beside them where that can be had, else of the facts, and
 * then it is kept.
 * @throws UnreadableFile.
 */
export function openEngine(factsFile: string): Loaded | { kind: 'bad-facts' } {
  const kept = keptKernel(factsFile);
  const beside: Beside = {
    baselineFile: baselineBeside(factsFile),
    others: () => promptsOfOthers(factsFile),
    modules: () => modulesOf(factsFile),
    cpus: () => cpusIn(factsFile),
  };
  if (kept !== null) return engineFor(kept, unpackTree(kept.tree), beside);
  const read = readFacts(wholeFile(factsFile));
  if (read.kind !== 'facts') return { kind: 'bad-facts' };
  return loadEngine(read.facts, { keep: (kernel, found) => keepKernel(factsFile, kernel, found), ...beside });
}

/**
 * Makes an engine from facts. Takes about as long as conf takes to read the tree.
 * @param keep takes what another engine can be made of, and the names and prompts that the tree defines.
 * @param baselineFile where the baseline is kept.
 * @param others gives the prompts of other kernels, which tell what an option was called before.
 */
export function loadEngine(
  facts: KernelFacts,
  {
    keep,
    baselineFile = null,
    others = () => [],
    modules = () => indexOf(facts),
    cpus = () => cpusOf(facts),
  }: Partial<Beside & { keep: Keep }> = {},
): Loaded {
  if (recogniseScript(facts.script) === null) return { kind: 'unknown-script' };
  try {
    const kconfig = kconfigOf(facts);
    const { script, baseConfig, autoModules, preferBuiltin, ignoreConfigErrors, files } = facts;
    const names = definedNames(kconfig);
    const elsewhere = namesElsewhere(files, new Set(names));
    const rules = { script, baseConfig, autoModules, preferBuiltin, ignoreConfigErrors, elsewhere };
    keep?.({ ...rules, tree: packTree(kconfig) }, { names, prompts: promptsOf(kconfig) });
    return engineFor(rules, kconfig, { baselineFile, others, modules, cpus });
  } catch (error) {
    if (error instanceof MissingAnswer || error instanceof KconfigError)
      return { kind: 'unreadable-tree', reason: error.message };
    throw error;
  }
}

function engineFor(
  { script, elsewhere, ...rules }: Omit<KeptKernel, 'tree'>,
  kconfig: Kconfig,
  { baselineFile, others, modules, cpus }: Beside,
): Loaded {
  const protocol = recogniseScript(script);
  if (protocol === null) return { kind: 'unknown-script' };
  const kernel = { ...rules, protocol, kconfig };
  let prompts: { own: Prompts; others: Prompts[] } | null = null;
  const names: KernelNames = {
    ...namesOf(definedNames(kconfig), elsewhere),
    successorsOf: (name) => {
      prompts ??= { own: promptsOf(kconfig), others: others() };
      return successorsOf(name, prompts.own, prompts.others);
    },
  };
  const predicted = (input: PredictionInput): Prediction => predict(kernel, input, names, () => engine.modules());
  const baseline = new Baseline(predicted, baselineFile);
  /** The configuration of the last baseline: while its .config is the same, that is not read again. */
  let reference: Finished | null = null;
  let index: ModuleIndex | null = null;
  let target: { key: string; remedies: Remedies } | null = null;
  const engine: KernelEngine = {
    predict: predicted,
    baseline: (asking) => baseline.dotConfig(asking),
    sideEffects: (asking, dotConfig) => {
      const before = baseline.dotConfig(asking);
      if (before === null) return null;
      if (reference?.dotConfig !== before) reference = finished(kconfig, before);
      const { hostModules = [] } = asking;
      const found = hostModules.length === 0 ? null : engine.modules();
      const ofHost = found === null ? new Set<string>() : symbolsOf(found, hostModules);
      return sideEffects(reference, finished(kconfig, dotConfig), wishesOf(asking), ofHost);
    },
    explain: (input) => explainBuild(kernel, input, names),
    explainSymbols: (input) =>
      explainSymbols(input, { kconfig, names, predict: predicted, modules: () => engine.modules() }),
    toward: (input) => settingsToward({ kernel, names, predict: predicted, modules: () => engine.modules() }, input),
    tidy: (input) => tidy({ kernel, names, predict: predicted }, input),
    remedies: ({ asking, ...sought }) => {
      const key = JSON.stringify(asking);
      if (target?.key !== key) target = { key, remedies: new Remedies({ kconfig, names, predict: predicted }, asking) };
      return target.remedies.find(sought);
    },
    modules: () => (index ??= modules()),
    cpuChoice: (cpu) => cpuChoice(kconfig, cpus(), cpu),
    preflight: ({ asking, dotConfig, wanted, foreign, judged }) => {
      const { configuration } = finished(kconfig, dotConfig);
      const asked = effectiveSaid(asking.intents, asking.managedName, asking.legacy);
      const rootsOf = rootFinder(configuration, asked);
      const found = { configuration, modules: engine.modules(), asked, rootsOf };
      return preflight(wanted, { ...found, foreign: new Set(foreign), judged: new Map(judged) });
    },
    portray: (dotConfig) => portraitOf(finished(kconfig, dotConfig).configuration, engine.modules()),
  };
  return { kind: 'engine', engine };
}

const cpusOf = ({ files, environment }: KernelFacts): CpuOptions => cpuOptions(files, environment['SRCARCH'] ?? '');

/** @throws UnreadableFile. */
function cpusIn(factsFile: string): CpuOptions {
  const read = readFacts(wholeFile(factsFile));
  return read.kind === 'facts' ? cpusOf(read.facts) : new Map();
}
