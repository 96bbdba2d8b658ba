/** The engine of one kernel: loaded once from its facts, asked many times. */
import { KconfigError } from '../kconfig/index.ts';
import { recogniseScript } from './answeringScript.ts';
import type { AnsweredKernel } from './answerSession.ts';
import { readDeclarations } from './declarations.ts';
import { explainMisses } from './explainMisses.ts';
import type { KernelFacts } from './kernelFacts.ts';
import { kconfigOf, MissingAnswer } from './kernelTree.ts';
import { predict, type Explainer, type Prediction, type PredictionInput } from './prediction.ts';
import { unknownWishes } from './symbols.ts';

export type Loaded =
  | { kind: 'engine'; engine: KernelEngine }
  /** The kernel's answering script is none of nixpkgs'. */
  | { kind: 'unknown-script' }
  /** The tree cannot be read as the builder's conf read it. */
  | { kind: 'unreadable-tree'; reason: string };

export type KernelEngine = { predict: (input: PredictionInput) => Prediction };

/** Makes an engine from facts. Takes about as long as conf takes to read the tree. */
export function loadEngine(facts: KernelFacts): Loaded {
  const protocol = recogniseScript(facts.script);
  if (protocol === null) return { kind: 'unknown-script' };
  try {
    const { baseConfig, autoModules, preferBuiltin, ignoreConfigErrors } = facts;
    const rules = { protocol, baseConfig, autoModules, preferBuiltin, ignoreConfigErrors };
    return { kind: 'engine', engine: engineFor({ ...rules, kconfig: kconfigOf(facts) }, facts) };
  } catch (error) {
    if (error instanceof MissingAnswer || error instanceof KconfigError)
      return { kind: 'unreadable-tree', reason: error.message };
    throw error;
  }
}

function engineFor(kernel: AnsweredKernel, { files }: KernelFacts): KernelEngine {
  const kconfigFiles = [...files].filter(([name]) => /(?:^|\/)Kconfig[^/]*$/.test(name)).map(([, text]) => text);
  let declarations: ReturnType<typeof readDeclarations> | null = null;
  const declared = () => (declarations ??= readDeclarations(kconfigFiles));
  const explainer: Explainer = {
    explain: (misses, observation) => (misses.length === 0 ? [] : explainMisses(misses, observation, declared())),
    unknownAmong: (input, lost) => unknownWishes(input, lost, declared(), input.managedName),
  };
  return { predict: (input) => predict(kernel, input, explainer) };
}
