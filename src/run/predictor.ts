/** Predictions for runs: makes and keeps kernel facts, and asks the engine. */
import { basename, join } from 'node:path';
import type { Target } from '../config/config.ts';
import { Engine } from '../kernel/engine.ts';
import type { EffectsFound, EngineAsk, EngineReply } from '../kernel/engineMessages.ts';
import type { ExplanationInput } from '../kernel/explainBuild.ts';
import { dropFacts, keepFacts, keptFacts } from '../kernel/keptFacts.ts';
import type { PreflightInput } from '../kernel/preflight.ts';
import type { Prediction, PredictionInput } from '../kernel/prediction.ts';
import type { Pursued } from '../kernel/pursuit.ts';
import type { RemediesInput } from '../kernel/remedies.ts';
import type { TowardInput } from '../kernel/settingsToward.ts';
import type { TidyInput } from '../kernel/tidy.ts';
import type { Miss } from '../model/preflight.ts';
import { limitOf } from '../model/limits.ts';
import type { Problem } from '../model/problem.ts';
import { buildFacts } from '../nix/buildFacts.ts';
import type { BuildProgress } from '../nix/configBuild.ts';
import type { Running } from '../nix/command.ts';
import type { EvaluatedKernel } from '../nix/evaluatedKernel.ts';
import type { Settings } from '../script/settings.ts';
import { requestWith, wholeRequest } from '../kernel/predictedRequest.ts';
import { unknownProblem } from '../kernel/symbols.ts';
import type { Fallout } from '../model/fallout.ts';
import type { Prepared, Unwritten } from './prepare.ts';

export type Predicted =
  | {
      kind: 'predicted';
      prediction: Prediction;
      effects: EffectsFound;
      predictMs: number;
      factsMs: number | null;
    }
  /** The facts that it takes are missing, and are not to be built now. */
  | { kind: 'no-facts' }
  /** There is no prediction, and runs go on without. `isNews`: nobody has been told so yet. */
  | { kind: 'unpredictable'; problem: Problem; isNews: boolean }
  | { kind: 'engine-error'; problem: Problem; isNews: boolean }
  | { kind: 'infrastructure'; problem: Problem }
  | { kind: 'aborted' };

export type PredictOptions = Pick<Running, 'processes'> & {
  target: Target;
  signal: AbortSignal;
  /** Whether facts that are missing may be built now. */
  mayBuild: boolean;
  /** Whether what is predicted beyond the wishes is wanted, too; without this it is. */
  withEffects?: boolean;
  /** The modules that the host names, as far as they are known. */
  hostModules?: readonly string[];
  /** What must not be turned off where lost wishes are pursued; without it none is. `kept`: the entries that were made for them stand. */
  needed?: Pursued['needed'] | 'kept' | null;
  onPhase: (phase: 'facts' | 'predict') => void;
  onProgress: (progress: BuildProgress) => void;
};

type Facts = NonNullable<Prepared['kernel']['facts']>;
type FactsFile = { kind: 'facts'; file: string; factsMs: number | null };
export type Failed = Exclude<Predicted, { kind: 'predicted' }>;
type Replied<Kind> = { kind: 'replied'; reply: Reply<Kind>; factsMs: number | null };
type Reply<Kind> = Extract<EngineReply, { kind: Kind }>;

/** One for each process that runs targets. */
export class Predictor {
  readonly #folder: string;
  /** Why kernels cannot be predicted, by the derivation of their facts. */
  readonly #without = new Map<string, Problem>();
  /** What the kernel of each target lacks of what its host needs, as it was last told. */
  readonly #lacking = new Map<string, string>();
  #hasFailed = false;

  /** @param stateDir where the facts are kept. */
  constructor(
    stateDir: string,
    private readonly engine: Pick<Engine, 'ask' | 'close'> = new Engine(),
  ) {
    this.#folder = join(stateDir, 'facts');
  }

  /** Whether this differs from what a target's kernel lacked when it was last told. Nothing at all is no news at first. */
  isNews(target: string, misses: readonly Miss[]): boolean {
    const now = JSON.stringify(misses.map(({ need, symbols }) => [need, symbols]));
    const before = this.#lacking.get(target) ?? '[]';
    this.#lacking.set(target, now);
    return now !== before;
  }

  async close(): Promise<void> {
    await this.engine.close();
  }

  /** What a run of this evaluation would come to. @throws InfrastructureError when nix cannot be started. */
  async predict(prepared: Prepared | Unwritten, options: PredictOptions): Promise<Predicted> {
    const { hostModules = [], withEffects = true } = options;
    const input = { ...inputOf(prepared, options), hostModules: [...hostModules] };
    const replied = await this.#ask(prepared.kernel, { kind: 'predict', input, withEffects }, 'predicted', options);
    if (replied.kind !== 'replied') return replied;
    const { reply, factsMs } = replied;
    const { prediction, effects, loadMs, predictMs, effectsMs } = reply;
    return { kind: 'predicted', prediction, effects, predictMs: loadMs + predictMs + effectsMs, factsMs };
  }

  /** The settings that turn what this evaluation comes to into a configuration. @throws InfrastructureError when nix cannot be started. */
  async toward(
    prepared: Prepared | Unwritten,
    toward: Omit<TowardInput, 'asking'>,
    options: PredictOptions,
  ): Promise<Reply<'toward'> | Failed> {
    const input = { ...toward, asking: inputOf(prepared, { target: options.target }) };
    return this.#reply(prepared.kernel, { kind: 'toward', input }, 'toward', options);
  }

  /** The settings of the user's that can go. @throws InfrastructureError when nix cannot be started. */
  async tidy(
    prepared: Prepared | Unwritten,
    tidy: Omit<TidyInput, 'asking'>,
    options: PredictOptions,
  ): Promise<Reply<'tidied'> | Failed> {
    const input = { ...tidy, asking: inputOf(prepared, options) };
    return this.#reply(prepared.kernel, { kind: 'tidy', input }, 'tidied', options);
  }

  /** Which settings give what is wanted of this evaluation. @throws InfrastructureError when nix cannot be started. */
  async remedies(
    prepared: Prepared | Unwritten,
    sought: Omit<RemediesInput, 'asking'>,
    options: PredictOptions,
  ): Promise<Reply<'remedies'> | Failed> {
    const input = { ...sought, asking: inputOf(prepared, options) };
    return this.#reply(prepared.kernel, { kind: 'remedies', input }, 'remedies', options);
  }

  /** Which options compile a kernel for a processor. @throws InfrastructureError when nix cannot be started. */
  async cpuChoice(kernel: EvaluatedKernel, cpu: string, options: PredictOptions): Promise<Reply<'cpu'> | Failed> {
    return this.#reply(kernel, { kind: 'cpu', cpu }, 'cpu', options);
  }

  /** What a .config lacks of what a host needs. @throws InfrastructureError when nix cannot be started. */
  async preflight(
    kernel: EvaluatedKernel,
    input: PreflightInput,
    options: PredictOptions,
  ): Promise<Reply<'preflight'> | Failed> {
    return this.#reply(kernel, { kind: 'preflight', input }, 'preflight', options);
  }

  /** What a kernel has for a finished .config. @throws InfrastructureError when nix cannot be started. */
  async portray(
    kernel: EvaluatedKernel,
    dotConfig: string,
    options: PredictOptions,
  ): Promise<Reply<'portrayed'> | Failed> {
    return this.#reply(kernel, { kind: 'portray', dotConfig }, 'portrayed', options);
  }

  /** What there is to say of single symbols of what this evaluation comes to. @throws InfrastructureError when nix cannot be started. */
  async explainSymbols(
    prepared: Prepared | Unwritten,
    symbols: readonly string[],
    options: PredictOptions,
  ): Promise<Reply<'symbols'> | Failed> {
    const input = { asking: inputOf(prepared, options), symbols: [...symbols] };
    return this.#reply(prepared.kernel, { kind: 'symbols', input }, 'symbols', options);
  }

  /**
   * Adds to what a build showed which symbols no Kconfig file defines, and why one is missing.
   * @throws InfrastructureError when nix cannot be started.
   */
  async explain(
    kernel: EvaluatedKernel,
    input: ExplanationInput,
    options: PredictOptions,
  ): Promise<Reply<'explained'> | Failed> {
    return this.#reply(kernel, { kind: 'explain', input }, 'explained', options);
  }

  /** @param kind that of the reply which answers the question. */
  async #reply<Kind extends EngineReply['kind']>(
    kernel: EvaluatedKernel,
    ask: EngineAsk,
    kind: Kind,
    options: PredictOptions,
  ): Promise<Reply<Kind> | Failed> {
    const replied = await this.#ask(kernel, ask, kind, options);
    return replied.kind === 'replied' ? replied.reply : replied;
  }

  /** The same with how long facts took. */
  async #ask<Kind extends EngineReply['kind']>(
    { facts, build }: EvaluatedKernel,
    ask: EngineAsk,
    kind: Kind,
    options: PredictOptions,
  ): Promise<Replied<Kind> | Failed> {
    if (facts === null) {
      const reason =
        build === null ? 'definitions conflict beside those of its patches' : 'its configfile cannot be overridden';
      return this.#goWithout(`no facts: ${options.target.name}`, reason);
    }
    const { drvPath } = facts;
    const problem = this.#without.get(drvPath);
    if (problem !== undefined) return { kind: 'unpredictable', problem, isNews: false };
    for (let attempt = 1; attempt <= 2; attempt++) {
      const found = await this.#factsFile(facts, options);
      if (found.kind !== 'facts') return found;
      options.onPhase('predict');
      const reply = await this.engine.ask(found.file, ask, options.signal);
      if (reply.kind === 'bad-facts') dropFacts(this.#folder, drvPath);
      else if (reply.kind === 'aborted') return reply;
      else if (reply.kind === 'unpredictable') return this.#goWithout(drvPath, reply.reason);
      else if (reply.kind === 'error') return this.#failed(reply.reason);
      else if (isOf(reply, kind)) return { kind: 'replied', reply, factsMs: found.factsMs };
      else throw new Error(`${ask.kind} was answered by ${reply.kind}`);
    }
    return this.#goWithout(drvPath, 'its facts cannot be read');
  }

  async #factsFile(
    facts: Facts,
    { target, signal, processes, mayBuild, onPhase, onProgress }: PredictOptions,
  ): Promise<FactsFile | Failed> {
    const kept = keptFacts(this.#folder, facts.drvPath);
    if (kept !== null) return { kind: 'facts', file: kept, factsMs: null };
    if (!mayBuild) return { kind: 'no-facts' };
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

  #goWithout(key: string, reason: string): Failed {
    const message = `this kernel cannot be predicted: ${reason}`;
    const problem = { message, hint: `${basename(key)}; the config builds show everything, only later` };
    const isNews = !this.#without.has(key);
    this.#without.set(key, problem);
    return { kind: 'unpredictable', problem, isNews };
  }

  /** The next prediction may work: the engine starts anew. */
  #failed(reason: string): Failed {
    const isNews = !this.#hasFailed;
    this.#hasFailed = true;
    return { kind: 'engine-error', problem: { message: 'engine error', hint: reason }, isNews };
  }
}

const isOf = <Kind extends EngineReply['kind']>(reply: EngineReply, kind: Kind): reply is Reply<Kind> =>
  reply.kind === kind;

/** What a prediction of an evaluation begins from. */
function inputOf(
  prepared: Prepared | Unwritten,
  { target: { policy, pursue }, needed = null }: Pick<PredictOptions, 'target' | 'needed'>,
): PredictionInput {
  const { intents, legacy } = prepared.kernel;
  const { managedName, managedIndex } = prepared.asked;
  const entries = [...prepared.managed.values()];
  const pursued = needed === 'kept' || needed === null ? needed : { pursue, needed };
  return {
    settings: requestOf(prepared),
    intents,
    legacy,
    managedName,
    managedIndex,
    entries,
    policy,
    ...(pursue === 'none' || pursued === null ? {} : { pursued }),
  };
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
