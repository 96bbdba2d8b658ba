/** The settings of the user's own files that can go: all are left out at once, and predictions confirm that the .config stays. */
import { effectiveIntent, effectiveSaid, intentsBySymbol } from '../fallout/intents.ts';
import { changedBy, obstacleTo, type Configuration, type KSymbol } from '../kconfig/index.ts';
import { isOfWish } from '../model/asker.ts';
import type { Intent } from '../model/intent.ts';
import type { NeedlessReason } from '../model/tidy.ts';
import { spelled } from '../model/value.ts';
import { isHonoured, parseDotConfig } from '../script/dotConfig.ts';
import { answersOf, type AnsweredKernel } from './answerSession.ts';
import { askedWith } from './askedSession.ts';
import { doubledBy, falloutLine, isIdleForce, opensConflict, without, type Definitions } from './idleDefinitions.ts';
import { unknownCause, type KernelNames } from './kernelNames.ts';
import { needlessSettings } from './needless.ts';
import { standing, type Prediction, type PredictionInput } from './prediction.ts';
import { withoutIntents } from './removedWishes.ts';
import { rootFinder } from './roots.ts';
import { finished } from './finished.ts';
import { differing, valuesOf, type Values } from './wantedConfig.ts';

/** A definition that may be edited: its index among the intents, and whether a `mkForce` of its own can be taken off it. */
type OwnSetting = { intent: number; isForced: boolean };

export type TidyInput = {
  /** The target as it stands. */
  asking: PredictionInput;
  own: OwnSetting[];
  /** Whether what is true anyway today counts too. */
  withImplied: boolean;
};

/** A setting that can go, or lose its `mkForce`. */
export type FoundNeedless = { intent: number; reason: NeedlessReason };

export type Tidy =
  | { kind: 'tidy'; needless: FoundNeedless[]; dotConfig: string }
  /** The target comes to nothing that could stay the same. */
  | { kind: 'no-present'; outcome: Prediction['outcome'] };

export type TidyToolbox = {
  kernel: AnsweredKernel;
  names: KernelNames;
  predict: (input: PredictionInput) => Prediction;
};

/** Finds them. Pure, and takes as long as a few sessions. */
export function tidy(tools: TidyToolbox, input: TidyInput): Tidy {
  const present = tools.predict(input.asking);
  const { outcome, dotConfig } = present;
  if (outcome.kind !== 'stable' || dotConfig === null) return { kind: 'no-present', outcome };
  const asking = standing(input.asking, present);
  return { kind: 'tidy', needless: new Search(tools, { ...input, asking }, dotConfig).result(), dotConfig };
}

/** A prediction refutes few; each round takes a session. */
const MOST_ROUNDS = 6;
/** And so many more where nothing tells which of them matter. */
const MOST_HALVINGS = 40;

type Reasons = Map<Intent, NeedlessReason>;

class Search {
  readonly #values: Values;
  readonly #written: ReadonlyMap<string, string>;
  readonly #configuration: Configuration;
  readonly #definitions = new Map<string, Definitions>();
  readonly #forced: ReadonlySet<Intent>;
  readonly #found: Reasons = new Map();
  /** The symbols that have an entry without what was found so far. */
  #entered: ReadonlySet<string>;
  #halvings = 0;

  constructor(
    private readonly tools: TidyToolbox,
    private readonly input: TidyInput,
    private readonly dotConfig: string,
  ) {
    this.#values = valuesOf(dotConfig);
    this.#written = parseDotConfig(dotConfig);
    this.#configuration = finished(tools.kernel.kconfig, dotConfig).configuration;
    const { intents, legacy, managedName, entries } = input.asking;
    this.#entered = new Set(entries.map(({ symbol }) => symbol));
    const intentOf = ({ intent }: OwnSetting): Intent[] => intents.slice(intent, intent + 1);
    const own = new Set(input.own.flatMap(intentOf));
    this.#forced = new Set(input.own.filter(({ isForced }) => isForced).flatMap(intentOf));
    // A line of an `extraConfig` string has the last word, and is left alone.
    const decided = new Set(legacy.map(({ symbol }) => symbol));
    for (const [symbol, all] of intentsBySymbol(intents, managedName))
      if (!decided.has(symbol) && all.some((each) => own.has(each)))
        this.#definitions.set(symbol, { all, own: all.filter((each) => own.has(each)) });
  }

  result(): FoundNeedless[] {
    this.#take(new Map([...this.#unknown(), ...this.#falloutLines()]));
    this.#take(this.#doubled());
    if (this.input.withImplied) this.#take(this.#implied(), this.#entered);
    const index = new Map(this.input.asking.intents.map((intent, i) => [intent, i]));
    return [...this.#found, ...this.#idleForces()].map(([intent, reason]) => ({
      intent: index.get(intent) ?? 0,
      reason,
    }));
  }

  /** Those of a name that this kernel does not have. */
  #unknown(): Reasons {
    const { names } = this.tools;
    const unknown = [...this.#definitions].filter(([symbol]) => !names.defined.has(symbol));
    return new Map(
      unknown.flatMap(([symbol, { own }]) => {
        const obstacle = obstacleTo(this.#configuration, symbol, 'y');
        const cause = unknownCause(symbol, names, obstacle?.kind === 'undefined' ? obstacle.now : []);
        return own.map((intent) => [intent, { kind: 'unknown-name', cause }] as const);
      }),
    );
  }

  #falloutLines(): Reasons {
    const lines = this.#each((definitions, intent) => {
      const line = this.#isKnown(intent) ? falloutLine(definitions, intent) : null;
      return line === null ? null : { line };
    });
    const asked = new Set([...lines].flatMap(([intent, { line }]) => (line === 'asked' ? intent : [])));
    const needless = this.#needless(asked);
    return new Map(
      [...lines.keys()]
        .filter((intent) => !asked.has(intent) || needless.has(intent))
        .map((intent) => [intent, { kind: 'fallout-line' }]),
    );
  }

  /** One after the other: of two that say the same one has to stay. */
  #doubled(): Reasons {
    const found: Reasons = new Map();
    for (const definitions of this.#definitions.values()) {
      let left = definitions;
      for (const intent of definitions.own) {
        const by = this.#isKnown(intent) ? doubledBy(left, intent) : null;
        if (by === null) continue;
        found.set(intent, { kind: 'doubled', by: by.by, position: by.position });
        left = without(left, intent);
      }
    }
    return found;
  }

  /** Those that have what they ask for, and would have it without them. What was asked for in vain stays a wish. */
  #implied(): Reasons {
    const candidates = this.#each((definitions, intent) => {
      const wanted = spelled(intent.ask.value);
      const isHonoured = this.#isKnown(intent) && wanted !== null && this.#isHonoured(intent.symbol, wanted);
      return isHonoured && !opensConflict(definitions, intent) ? { wanted } : null;
    });
    const needless = new Set([...this.#needless(new Set(candidates.keys())), ...this.#settled(candidates.keys())]);
    const { intents, legacy, managedName } = this.input.asking;
    const left = intents.filter((intent) => !this.#found.has(intent) && !needless.has(intent));
    const rootsOf = rootFinder(this.#configuration, effectiveSaid(left, managedName, legacy));
    const why = (intent: Intent, wanted: string): NeedlessReason => {
      const other = effectiveIntent(this.#others(intent));
      if (other !== null && spelled(other.ask.value) === wanted) return { kind: 'repeated', by: other.by };
      const by = rootsOf(intent.symbol, wanted === 'n' ? 'y' : 'n').filter(isOfWish);
      return by.length === 0 ? { kind: 'default' } : { kind: 'implied', by };
    };
    return new Map([...needless].map((intent) => [intent, why(intent, candidates.get(intent)?.wanted ?? '')]));
  }

  /**
   * Those that are asked in vain: what the first pass asks is gone in the end, or is off for another member of its choice, for whose sake an
   * entry says so anyway.
   */
  #settled(candidates: Iterable<Intent>): Intent[] {
    const { kconfig } = this.tools.kernel;
    return [...candidates].filter(({ symbol }) => {
      if (!this.#written.has(symbol)) return true;
      const isMember = kconfig.byName.get(symbol)?.memberOf != null;
      return isMember && this.#entered.has(symbol) && !this.#isHonoured(symbol, 'y');
    });
  }

  #others(intent: Intent): readonly Intent[] {
    return (this.#definitions.get(intent.symbol)?.all ?? []).filter((each) => each !== intent);
  }

  #idleForces(): Reasons {
    return this.#each((definitions, intent) =>
      this.#forced.has(intent) && this.#isKnown(intent) && isIdleForce(definitions, intent)
        ? { kind: 'idle-force' }
        : null,
    );
  }

  /** What `say` says of each definition that may be edited and is still there. */
  #each<T>(say: (definitions: Definitions, intent: Intent) => T | null): Map<Intent, T> {
    const said = new Map<Intent, T>();
    for (const definitions of this.#definitions.values())
      for (const intent of definitions.own) {
        const item = say(definitions, intent);
        if (item !== null) said.set(intent, item);
      }
    return said;
  }

  readonly #isKnown = ({ symbol }: Intent): boolean => this.tools.names.defined.has(symbol);

  #isHonoured(symbol: string, wanted: string): boolean {
    const got = this.#written.get(symbol) ?? null;
    return isHonoured(got, wanted);
  }

  /** Those that one session with all of them does without. */
  #needless(candidates: ReadonlySet<Intent>): Set<Intent> {
    if (candidates.size === 0) return new Set();
    const { kernel } = this.tools;
    const standing = this.#without([]);
    const answers = answersOf(standing.settings);
    const left = answersOf(this.#without(candidates).settings);
    const rules = { ...kernel.protocol, ...kernel };
    const symbols = new Set([...candidates].map(({ symbol }) => symbol));
    const needless = needlessSettings(askedWith(kernel, answers), { answers, without: left }, rules, symbols);
    return new Set([...candidates].filter(({ symbol }) => needless.has(symbol)));
  }

  /** Takes out what predictions do not refute. @param entered the only symbols that may have an entry then. */
  #take(reasons: Reasons, entered: ReadonlySet<string> | null = null): void {
    for (const intent of this.#confirmed([...reasons.keys()], entered)) {
      const reason = reasons.get(intent);
      const definitions = this.#definitions.get(intent.symbol);
      if (reason === undefined || definitions === undefined) continue;
      this.#found.set(intent, reason);
      this.#definitions.set(intent.symbol, without(definitions, intent));
    }
  }

  /** Those without which the .config stays. What a prediction refutes comes back. */
  #confirmed(candidates: readonly Intent[], entered: ReadonlySet<string> | null): readonly Intent[] {
    let left = candidates;
    for (let round = 1; round <= MOST_ROUNDS; round++) {
      if (left.length === 0) return left;
      const predicted = this.tools.predict(this.#without(left));
      if (this.#isSame(predicted, entered)) return left;
      const back = this.#refuted(left, predicted);
      if (back.size === 0) break;
      left = left.filter((intent) => !back.has(intent));
    }
    return this.#halved(left, [], entered);
  }

  /** Those whose symbols differ, and of them those that differ by themselves or with their choice, where there are any. */
  #refuted(candidates: readonly Intent[], { outcome, dotConfig }: Prediction): Set<Intent> {
    if (outcome.kind !== 'stable' || dotConfig === null) return new Set();
    const open = new Set(differing(this.#values, valuesOf(dotConfig)));
    const after = finished(this.tools.kernel.kconfig, dotConfig).configuration;
    const differs = candidates.filter(({ symbol }) => open.has(symbol));
    const first = differs.filter(({ symbol: name }) => {
      const symbol = after.symbol(name);
      if (symbol === undefined) return false;
      const isOfChoice = ({ memberOf }: KSymbol): boolean => memberOf !== null && memberOf === symbol.memberOf;
      return changedBy(this.#configuration, after, symbol).every(isOfChoice);
    });
    return new Set(first.length > 0 ? first : differs);
  }

  /** The same by halves, where the differences do not tell which of them matter. `kept` are confirmed already. */
  #halved(
    candidates: readonly Intent[],
    kept: readonly Intent[],
    entered: ReadonlySet<string> | null,
  ): readonly Intent[] {
    if (candidates.length === 0 || ++this.#halvings > MOST_HALVINGS) return kept;
    const predicted = this.tools.predict(this.#without([...kept, ...candidates]));
    if (this.#isSame(predicted, entered)) return [...kept, ...candidates];
    if (candidates.length === 1) return kept;
    const middle = candidates.length >> 1;
    const first = this.#halved(candidates.slice(0, middle), kept, entered);
    return this.#halved(candidates.slice(middle), first, entered);
  }

  #isSame({ outcome, dotConfig, entries }: Prediction, entered: ReadonlySet<string> | null): boolean {
    if (outcome.kind !== 'stable' || dotConfig !== this.dotConfig) return false;
    const symbols = entries.map(({ symbol }) => symbol);
    if (entered !== null && !symbols.every((symbol) => entered.has(symbol))) return false;
    this.#entered = new Set(symbols);
    return true;
  }

  /** The request without what has been taken out, and without these. */
  #without(more: Iterable<Intent>): PredictionInput {
    return withoutIntents(this.input.asking, new Set([...this.#found.keys(), ...more]));
  }
}
