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
    const found = await this.#factsFile(facts, options);
    if (found.kind !== 'facts') return found;
    const predicted = await this.#ask(found.file, prepared, options);
    if (predicted.kind !== 'bad-facts')
      return predicted.kind === 'predicted' ? { ...predicted, factsMs: found.factsMs } : predicted;
    dropFacts(this.#folder, facts.drvPath);
    const again = await this.#factsFile(facts, options);
    if (again.kind !== 'facts') return again;
    const second = await this.#ask(again.file, prepared, options);
    if (second.kind === 'bad-facts') return this.#goWithout(facts.drvPath, 'its facts cannot be read');
    return second.kind === 'predicted' ? { ...second, factsMs: again.factsMs } : second;
  }

  async #factsFile(
    facts: Facts,
    { target, signal, processes, mayBuild, onPhase, onProgress }: PredictOptions,
  ): Promise<{ kind: 'facts'; file: string; factsMs: number | null } | Failed> {
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
    file: string,
    prepared: Prepared | Unwritten,
    { target, signal, onPhase }: PredictOptions,
  ): Promise<
    | Exclude<Predicted, { kind: 'predicted' }>
    | Omit<Extract<Predicted, { kind: 'predicted' }>, 'factsMs'>
    | { kind: 'bad-facts' }
  > {
    onPhase('predict');
    const { kernel, managed, asked } = prepared;
    const { intents, legacy } = kernel;
    const { managedName, managedIndex } = asked;
    const settings = requestOf(prepared);
    const input = {
      settings,
      intents,
      legacy,
      managedName,
      managedIndex,
      entries: [...managed.values()],
      policy: target.policy,
    };
    const reply = await this.engine.predict(file, input, signal);
    switch (reply.kind) {
      case 'predicted':
        return { kind: 'predicted', prediction: reply.prediction, predictMs: reply.loadMs + reply.predictMs };
      case 'unpredictable':
        return this.#goWithout(kernel.facts?.drvPath ?? file, reply.reason);
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
export function requestOf(prepared: Prepared | Unwritten): Settings {
  const { kernel, managed, asked } = prepared;
  if (prepared.kind === 'ready') return kernel.settings;
  if (kernel.build === null) return wholeRequest(managed, asked);
  return requestWith(kernel.settings, prepared.found, managed, asked);
}
