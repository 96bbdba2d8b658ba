/** The engine of one kernel: loaded once from its facts, asked many times. */
import { KconfigError, packTree, unpackTree, type Kconfig } from '../kconfig/index.ts';
import { wholeFile } from '../system/wholeFile.ts';
import { recogniseScript } from './answeringScript.ts';
import { readDeclarations } from './declarations.ts';
import { explainMisses } from './explainMisses.ts';
import type { Fallout, Wish } from '../model/fallout.ts';
import type { Observation } from '../model/observation.ts';
import type { Lost } from '../model/run.ts';
import { readFacts, type KernelFacts } from './kernelFacts.ts';
import { keepKernel, keptKernel, type KeptKernel } from './keptTree.ts';
import { kconfigOf, MissingAnswer } from './kernelTree.ts';
import { predict, type Explainer, type Prediction, type PredictionInput, type UnknownInput } from './prediction.ts';
import { unknownWishes } from './symbols.ts';

export type Loaded =
  | { kind: 'engine'; engine: KernelEngine }
  /** The kernel's answering script is none of nixpkgs'. */
  | { kind: 'unknown-script' }
  /** The tree cannot be read as the builder's conf read it. */
  | { kind: 'unreadable-tree'; reason: string };

/** What a build showed: its misses have their place in the log and the .config, but no cause that these do not name. */
export type ExplanationInput = UnknownInput & {
  observation: Observation;
  fallout: readonly Fallout[];
  lost: Lost;
};

export type Explained = {
  fallout: Fallout[];
  lost: Lost;
  /** Wishes that are honoured only because no Kconfig file defines the symbol. */
  unknown: Wish[];
};

export type KernelEngine = {
  predict: (input: PredictionInput) => Prediction;
  explain: (input: ExplanationInput) => Explained;
};

/**
 * Makes an engine from a file of kept facts: of what is kept beside them where that can be had, else of the facts, and
 * then it is kept.
 * @throws UnreadableFile.
 */
export function openEngine(factsFile: string): Loaded | { kind: 'bad-facts' } {
  const kept = keptKernel(factsFile);
  if (kept !== null) return engineFor(kept, unpackTree(kept.tree));
  const read = readFacts(wholeFile(factsFile));
  if (read.kind !== 'facts') return { kind: 'bad-facts' };
  return loadEngine(read.facts, (kernel) => keepKernel(factsFile, kernel));
}

/**
 * Makes an engine from facts. Takes about as long as conf takes to read the tree.
 * @param keep takes what another engine can be made of.
 */
export function loadEngine(facts: KernelFacts, keep?: (kernel: KeptKernel) => void): Loaded {
  if (recogniseScript(facts.script) === null) return { kind: 'unknown-script' };
  try {
    const kconfig = kconfigOf(facts);
    const { script, baseConfig, autoModules, preferBuiltin, ignoreConfigErrors, files } = facts;
    const kconfigFiles = [...files].filter(([name]) => /(?:^|\/)Kconfig[^/]*$/.test(name)).map(([, text]) => text);
    const declarations = [...readDeclarations(kconfigFiles)];
    const rules = { script, baseConfig, autoModules, preferBuiltin, ignoreConfigErrors, declarations };
    keep?.({ ...rules, tree: packTree(kconfig) });
    return engineFor(rules, kconfig);
  } catch (error) {
    if (error instanceof MissingAnswer || error instanceof KconfigError)
      return { kind: 'unreadable-tree', reason: error.message };
    throw error;
  }
}

function engineFor({ script, declarations, ...rules }: Omit<KeptKernel, 'tree'>, kconfig: Kconfig): Loaded {
  const protocol = recogniseScript(script);
  if (protocol === null) return { kind: 'unknown-script' };
  const kernel = { ...rules, protocol, kconfig };
  const declared = new Map(declarations);
  const explainer: Explainer = {
    explain: (misses, observation) => (misses.length === 0 ? [] : explainMisses(misses, observation, declared)),
    unknownAmong: (input, lost) => unknownWishes(input, lost, declared, input.managedName),
  };
  const engine: KernelEngine = {
    predict: (input) => predict(kernel, input, explainer),
    explain: ({ observation, fallout, lost: { lost, lostDefaults }, ...asked }) => {
      const explained = explainer.explain(lost, observation);
      return {
        fallout: explainer.explain(fallout, observation),
        lost: {
          lost: explained,
          ...(lostDefaults && { lostDefaults: explainer.explain(lostDefaults, observation) }),
        },
        unknown: observation.finalValues === null ? [] : explainer.unknownAmong(asked, explained),
      };
    },
  };
  return { kind: 'engine', engine };
}
