/** Predictions for runs: makes and keeps kernel facts, and asks the engine. */
import { basename, join } from 'node:path';
import type { Target } from '../config/config.ts';
import { Engine } from '../kernel/engine.ts';
import { dropFacts, keepFacts, keptFacts } from '../kernel/keptFacts.ts';
import type { Prediction } from '../kernel/prediction.ts';
import { limitOf } from '../model/limits.ts';
import type { Problem } from '../model/problem.ts';
import { buildFacts } from '../nix/buildFacts.ts';
import type { BuildProgress } from '../nix/configBuild.ts';
import type { Running } from '../nix/command.ts';
import type { Settings } from '../script/settings.ts';
import { requestWith, wholeRequest } from '../kernel/predictedRequest.ts';
import { unknownProblem } from '../kernel/symbols.ts';
import type { Fallout } from '../model/fallout.ts';
import type { Prepared, Unwritten } from './prepare.ts';

export type Predicted =
  | { kind: 'predicted'; prediction: Prediction; predictMs: number; factsMs: number | null }
  /** There is no prediction for this kernel; `news` says why, the first time. */
  | { kind: 'none'; news: Problem | null }
  | { kind: 'infrastructure'; problem: Problem }
  | { kind: 'aborted' };

export type PredictOptions = Pick<Running, 'processes'> & {
  target: Target;
  signal: AbortSignal;
  /** Whether facts that are missing may be built now. */
  mayBuild: boolean;
  onPhase: (phase: 'facts' | 'predict') => void;
  onProgress: (progress: BuildProgress) => void;
};

type Facts = NonNullable<Prepared['kernel']['facts']>;
type FactsFile = { kind: 'facts'; file: string; factsMs: number | null };
type Failed = Exclude<Predicted, { kind: 'predicted' }>;

/** One for each process that runs targets. */
export class Predictor {
  readonly #folder: string;
  /** What was said already of the kernels that cannot be predicted, by the derivation of their facts. */
  readonly #without = new Set<string>();

  /** @param stateDir where the facts are kept. */
  constructor(
    stateDir: string,
    private readonly engine: Pick<Engine, 'predict' | 'close'> = new Engine(),
  ) {
    this.#folder = join(stateDir, 'facts');
  }

  async close(): Promise<void> {
    await this.engine.close();
  }

  /** What a run of this evaluation would come to. @throws InfrastructureError when nix cannot be started. */
  async predict(prepared: Prepared | Unwritten, options: PredictOptions): Promise<Predicted> {
    const { facts } = prepared.kernel;
    if (facts === null)
      return this.#goWithout(`no facts: ${options.target.name}`, 'its configfile cannot be overridden');
    if (this.#without.has(facts.drvPath)) return { kind: 'none', news: null };
    for (let attempt = 1; attempt <= 2; attempt++) {
      const found = await this.#factsFile(facts, options);
      if (found.kind !== 'facts') return found;
      const predicted = await this.#ask(found, facts, prepared, options);
      if (predicted.kind !== 'bad-facts') return predicted;
      dropFacts(this.#folder, facts.drvPath);
    }
    return this.#goWithout(facts.drvPath, 'its facts cannot be read');
  }

  async #factsFile(
    facts: Facts,
    { target, signal, processes, mayBuild, onPhase, onProgress }: PredictOptions,
  ): Promise<FactsFile | Failed> {
    const kept = keptFacts(this.#folder, facts.drvPath);
    if (kept !== null) return { kind: 'facts', file: kept, factsMs: null };
    if (!mayBuild) return { kind: 'none', news: null };
    onPhase('facts');
    const started = performance.now();
    const { nixArgs, limits, transcriptLimit } = target;
    const limit = limitOf(limits, 'config-build');
    const built = await buildFacts(facts, { nixArgs, signal, limit, transcriptLimit, processes, onProgress });
    if (built.kind === 'failed') return this.#goWithout(facts.drvPath, built.problem.message);
    if (built.kind !== 'built') return built;
    const factsMs = performance.now() - started;
    try {
      return { kind: 'facts', file: keepFacts(this.#folder, facts.drvPath, built.bytes), factsMs };
    } catch (error) {
      return this.#goWithout(facts.drvPath, `its facts cannot be kept: ${error instanceof Error ? error.message : ''}`);
    }
  }

  async #ask(
    { file, factsMs }: FactsFile,
    { drvPath }: Facts,
    prepared: Prepared | Unwritten,
    { target, signal, onPhase }: PredictOptions,
  ): Promise<Predicted | { kind: 'bad-facts' }> {
    onPhase('predict');
    const { intents, legacy } = prepared.kernel;
    const { managedName, managedIndex } = prepared.asked;
    const entries = [...prepared.managed.values()];
    const asked = { settings: requestOf(prepared), intents, legacy, managedName, managedIndex };
    const input = { ...asked, entries, policy: target.policy };
    const reply = await this.engine.predict(file, input, signal);
    switch (reply.kind) {
      case 'predicted':
        return { kind: 'predicted', prediction: reply.prediction, predictMs: reply.loadMs + reply.predictMs, factsMs };
      case 'unpredictable':
        return this.#goWithout(drvPath, reply.reason);
      case 'error': {
        const message = `engine error: ${reply.reason}`;
        return { kind: 'none', news: { message: `${message}; the run goes on without a prediction` } };
      }
      case 'bad-facts':
      case 'aborted':
        return reply;
    }
  }

  #goWithout(key: string, reason: string): Failed {
    if (this.#without.has(key)) return { kind: 'none', news: null };
    this.#without.add(key);
    const message = `this kernel cannot be predicted: ${reason}`;
    return { kind: 'none', news: { message, hint: `${basename(key)}; the config builds show everything, only later` } };
  }
}

/** What the script is asked for with the entries that answer an evaluation, written or not. */
export function requestOf({ kernel, found, managed, asked }: Prepared | Unwritten): Settings {
  return kernel.build === null ? wholeRequest(managed, asked) : requestWith(kernel.settings, found, managed, asked);
}

/** What ends a run that comes to this, without a build. `fallout` is the prediction's, with its places. */
export function blockedBy({ outcome }: Prediction, fallout: readonly Fallout[], target: Target): Problem | null {
  const unknown = target.unknown === 'block' ? fallout.find(({ kind }) => kind === 'unknown') : undefined;
  if (unknown !== undefined) return unknownProblem(unknown);
  return outcome.kind === 'blocked' ? outcome.problem : null;
}
