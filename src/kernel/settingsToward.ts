/** The settings that turn what a target comes to into a configuration that is wanted, and what no setting gives. */
import { effectiveSaid, intentsBySymbol } from '../fallout/intents.ts';
import { isLogic, menusAround, type Kconfig, type KSymbol } from '../kconfig/index.ts';
import type { Cause } from '../model/cause.ts';
import type { Observation } from '../model/observation.ts';
import type { Lost } from '../model/run.ts';
import type { NewOption, NotAskable, SettingReason } from '../model/patchSetting.ts';
import { valueOf, type Value } from '../model/value.ts';
import { questionIn } from '../script/readTranscript.ts';
import { QUESTION } from '../script/logLines.ts';
import { priorityOf, withWishes, type NewWish } from './addedWishes.ts';
import { architectureIn } from './architecture.ts';
import { answersOf, runSession, type AnsweredKernel, type Session } from './answerSession.ts';
import { causesIn } from './causes.ts';
import { unknownCause, type KernelNames } from './kernelNames.ts';
import { needlessSettings, type Asked } from './needless.ts';
import type { Prediction, PredictionInput } from './prediction.ts';
import { finished } from './sideEffects.ts';
import {
  askableIn,
  differing,
  isOption,
  promptOf,
  valuesOf,
  wantedConfig,
  type Values,
  type Wanted,
} from './wantedConfig.ts';

export type TowardInput = {
  /** The target as it stands. */
  asking: PredictionInput;
  wanted: Wanted;
  /** The .config that the changes are told from; null: what the target comes to. Where it is given, only those are asked for. */
  against: string | null;
};

/** A setting of a patch. `menus` are those around it, the outermost first. */
export type PatchSetting = NewWish & { prompt: string | null; menus: string[]; reason: SettingReason };

export type Toward =
  | {
      kind: 'settings';
      settings: PatchSetting[];
      /** What also differs, and follows from the settings. */
      needless: PatchSetting[];
      notAskable: NotAskable[];
      fresh: NewOption[];
    }
  /** What is wanted is another architecture's. */
  | { kind: 'other-architecture'; wanted: string; own: string }
  /** The target comes to nothing that could be changed. */
  | { kind: 'no-present'; outcome: Prediction['outcome'] };

/** A prediction refutes few; each round takes a session. */
const MOST_ROUNDS = 6;

export type Toolbox = {
  kernel: AnsweredKernel;
  names: KernelNames;
  predict: (input: PredictionInput) => Prediction;
};

/** Finds the settings. Pure, and takes as long as a few sessions. */
export function settingsToward(tools: Toolbox, { asking, wanted, against }: TowardInput): Toward {
  const present = tools.predict(asking);
  if (present.outcome.kind !== 'stable' || present.dotConfig === null)
    return { kind: 'no-present', outcome: present.outcome };
  const own = architectureIn(valuesOf(present.dotConfig));
  const other = wanted.kind === 'config' ? architectureIn(valuesOf(wanted.text)) : null;
  if (own !== null && other !== null && own !== other) return { kind: 'other-architecture', wanted: other, own };
  const standing = { ...asking, settings: present.settings, entries: present.entries };
  return new Search(tools, { asking: standing, wanted, against }, present.dotConfig).result();
}

type Wishes = ReadonlyMap<string, NewWish>;

/** The settings that remain, what they come to, and what was asked for in vain. */
type Confirmed = { chosen: Wishes; prediction: Prediction; lost: Lost };

class Search {
  readonly #kconfig: Kconfig;
  readonly #present: Values;
  readonly #target: ReturnType<typeof wantedConfig>;
  /** The symbols that have to come out as wanted. */
  readonly #aims: (symbol: string) => boolean;
  readonly #definitions: ReturnType<typeof intentsBySymbol>;

  constructor(
    private readonly tools: Toolbox,
    private readonly input: TowardInput,
    presentDotConfig: string,
  ) {
    this.#kconfig = tools.kernel.kconfig;
    this.#present = valuesOf(presentDotConfig);
    const base = input.against ?? presentDotConfig;
    this.#target = wantedConfig(this.#kconfig, input.wanted, base);
    const changed = new Set(input.against === null ? [] : differing(valuesOf(base), this.#target.values));
    this.#aims = input.against === null ? () => true : (symbol) => changed.has(symbol);
    const { intents, managedName } = input.asking;
    this.#definitions = intentsBySymbol(intents, managedName);
  }

  result(): Toward {
    const all = this.#everything();
    const { chosen, prediction, lost } = this.#confirmed(all, this.#needed(all));
    return {
      kind: 'settings',
      settings: this.#inMenuOrder([...chosen.values()].map((wish) => this.#described(wish))),
      needless: this.#inMenuOrder(this.#following(chosen)),
      notAskable: this.#notAskable(prediction, lost),
      fresh: this.#target.fresh.map((symbol) => this.#freshOption(symbol)),
    };
  }

  /** Whatever can be asked for, as it is wanted. */
  #everything(): Map<string, NewWish> {
    const wishes = [...askableIn(this.#target.configuration)]
      .filter(([symbol]) => this.#aims(symbol) && !this.#isDecided(symbol))
      .map(([symbol, text]) => [symbol, this.#wish(symbol, text)] as const);
    return new Map(wishes);
  }

  #wish(symbol: string, text: string): NewWish {
    const known = this.#kconfig.byName.get(symbol);
    const value: Value = known !== undefined && isLogic(known) ? valueOf(text) : { kind: 'freeform', text };
    return { symbol, value, priority: priorityOf(value, this.#definitions.get(symbol) ?? []) };
  }

  /** Those that one session with all of them needs. */
  #needed(all: Wishes): Map<string, NewWish> {
    const { kernel } = this.tools;
    const answers = answersOf(withWishes(this.input.asking, [...all.values()]).settings);
    const without = answersOf(this.input.asking.settings);
    const { asked } = recorded(kernel, answers);
    const rules = { ...kernel.protocol, ...kernel };
    const needless = needlessSettings(asked, { answers, without }, rules, all.keys());
    return new Map([...all].filter(([symbol]) => !needless.has(symbol)));
  }

  /** What a prediction refutes comes back. */
  #confirmed(all: Wishes, needed: Wishes): Confirmed {
    const chosen = this.#withoutIdle(needed);
    for (let round = 1; ; round++) {
      const prediction = this.#predicted(chosen);
      const open = this.#misses(prediction).filter((symbol) => !chosen.has(symbol));
      const back = open.filter((symbol) => all.has(symbol));
      if (back.length > 0) for (const symbol of back) chosen.set(symbol, all.get(symbol) as NewWish);
      else if (!this.#addAskable(chosen, open, prediction) || round >= MOST_ROUNDS)
        return this.#withoutVain({ chosen, prediction, lost: prediction.lost });
    }
  }

  /**
   * Without the settings for what is so already and stays so: their first answer may differ although the last does not. Those of
   * them that a prediction refutes stay.
   */
  #withoutIdle(needed: Wishes): Map<string, NewWish> {
    const [idle, changing] = split([...needed.values()], ({ symbol }) => this.#isSoAlready(symbol));
    const chosen = new Map(changing.map((wish) => [wish.symbol, wish]));
    if (idle.length === 0) return chosen;
    const open = new Set(this.#misses(this.#predicted(chosen)));
    const [missing, coming] = split(idle, ({ symbol }) => open.has(symbol));
    // One that comes out right may still keep others as they are wanted.
    const kept = missing.length === 0 && open.size > 0 ? coming : missing;
    for (const wish of kept) chosen.set(wish.symbol, wish);
    return chosen;
  }

  #isSoAlready(symbol: string): boolean {
    return this.#present.get(symbol) === this.#target.values.get(symbol);
  }

  /** Asks for what the result offers and the wanted configuration does not: whether there was any. */
  #addAskable(chosen: Map<string, NewWish>, open: readonly string[], { dotConfig }: Prediction): boolean {
    if (dotConfig === null || open.length === 0) return false;
    const { configuration } = finished(this.#kconfig, dotConfig);
    const offered = open.flatMap((name) => {
      const symbol = this.#kconfig.byName.get(name);
      const wanted = this.#target.values.get(name) ?? 'n';
      const isOffered = symbol !== undefined && isOption(symbol) && configuration.allowsText(symbol, wanted);
      return isOffered && !this.#isDecided(name) ? this.#wish(name, wanted) : [];
    });
    for (const wish of offered) chosen.set(wish.symbol, wish);
    return offered.length > 0;
  }

  /** What is asked for in vain goes, unless it keeps other symbols as they are wanted. */
  #withoutVain(confirmed: Confirmed): Confirmed {
    const { chosen, prediction, lost } = confirmed;
    const open = this.#misses(prediction);
    const kept = new Map([...chosen].filter(([symbol]) => !open.includes(symbol)));
    if (kept.size === chosen.size) return confirmed;
    const without = this.#predicted(kept);
    return this.#misses(without).length > open.length ? confirmed : { chosen: kept, prediction: without, lost };
  }

  #predicted(wishes: Wishes): Prediction {
    return this.tools.predict(withWishes(this.input.asking, [...wishes.values()]));
  }

  /** The symbols that do not come out as wanted. */
  #misses({ dotConfig }: Prediction): string[] {
    return differing(this.#target.values, dotConfig === null ? new Map() : valuesOf(dotConfig)).filter(this.#aims);
  }

  /** What differs, has a prompt, and is left out. */
  #following(chosen: Wishes): PatchSetting[] {
    return differing(this.#present, this.#target.values).flatMap((name) => {
      const symbol = this.#kconfig.byName.get(name);
      if (symbol === undefined || !isOption(symbol) || chosen.has(name) || !this.#aims(name)) return [];
      const text = this.#target.values.get(name) ?? (isLogic(symbol) ? 'n' : '');
      if (text === '') return [];
      return { ...this.#described(this.#wish(name, text)), reason: { kind: 'follows' } };
    });
  }

  #inMenuOrder(settings: readonly PatchSetting[]): PatchSetting[] {
    const place = ({ symbol }: PatchSetting): number => this.#kconfig.byName.get(symbol)?.menus[0]?.id ?? 0;
    return settings.toSorted((a, b) => place(a) - place(b));
  }

  #described(wish: NewWish): PatchSetting {
    const symbol = this.#kconfig.byName.get(wish.symbol);
    const off = symbol !== undefined && isLogic(symbol) ? 'n' : null;
    const [from, to] = [this.#present, this.#target.values].map((values) => values.get(wish.symbol) ?? off);
    const prompt = symbol === undefined ? null : promptOf(symbol);
    const menus = symbol === undefined ? [] : menusAround(symbol);
    return { ...wish, prompt, menus, reason: from === to ? { kind: 'keep' } : { kind: 'change', from: from ?? null } };
  }

  #notAskable(prediction: Prediction, { lost }: Lost): NotAskable[] {
    const given = new Map(this.#target.misses.map(({ symbol, wanted }) => [symbol, wanted]));
    const missed = this.#misses(prediction).filter((symbol) => !given.has(symbol));
    const { values, configuration } = this.#target;
    const got = prediction.dotConfig === null ? new Map<string, string>() : valuesOf(prediction.dotConfig);
    const inTree = this.#causes(configuration);
    const known = new Map(lost.map(({ symbol, cause }) => [symbol, cause]));
    const inResult =
      missed.length === 0 || prediction.dotConfig === null
        ? () => null
        : this.#causes(finished(this.#kconfig, prediction.dotConfig).configuration);
    return [
      ...[...given].map(([symbol, wanted]) => this.#missing(symbol, wanted, values, inTree(symbol, wanted))),
      ...missed.map((symbol) => {
        const wanted = values.get(symbol) ?? 'n';
        return this.#missing(
          symbol,
          wanted,
          got,
          known.get(symbol) ?? this.#decided(symbol) ?? inResult(symbol, wanted),
        );
      }),
    ].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  }

  #missing(symbol: string, wanted: string, got: Values, cause: Cause | null): NotAskable {
    const known = this.#kconfig.byName.get(symbol);
    const isKnown = known !== undefined && known.menus.length > 0;
    return {
      symbol,
      wanted,
      got: got.get(symbol) ?? null,
      prompt: isKnown ? promptOf(known) : null,
      cause: isKnown ? cause : unknownCause(symbol, this.tools.names, []),
    };
  }

  /** A line of an `extraConfig` string has the last word. */
  #isDecided(name: string): boolean {
    return this.input.asking.legacy.some(({ symbol }) => symbol === name);
  }

  #decided(name: string): Cause | null {
    const { intents, legacy, managedName } = this.input.asking;
    if (!this.#isDecided(name)) return null;
    const said = effectiveSaid(intents, managedName, legacy).get(name);
    return said === undefined ? null : { kind: 'overridden', by: said.by, value: said.wanted, position: said.position };
  }

  #causes(configuration: Parameters<typeof causesIn>[0]): ReturnType<typeof causesIn> {
    const { intents, legacy, managedName } = this.input.asking;
    const asked = effectiveSaid(intents, managedName, legacy);
    return causesIn(configuration, { names: this.tools.names, asked, observation: NOTHING_SEEN });
  }

  #freshOption(symbol: KSymbol): NewOption {
    return {
      symbol: symbol.name ?? '',
      value: this.#target.configuration.value(symbol),
      prompt: promptOf(symbol),
    };
  }
}

/** Those that hold, and the others. */
function split<T>(all: readonly T[], holds: (item: T) => boolean): [T[], T[]] {
  return [all.filter(holds), all.filter((item) => !holds(item))];
}

const NOTHING_SEEN: Observation = {
  questions: new Map(),
  choices: [],
  refusals: [],
  complaints: [],
  help: new Map(),
  finalValues: null,
};

/** A session with everything that it was asked. */
function recorded(kernel: AnsweredKernel, answers: ReadonlyMap<string, string>): { session: Session; asked: Asked } {
  const questions: Asked['questions'][number][] = [];
  const onLine = (line: string): void => {
    const question = line.startsWith(QUESTION) ? questionIn(line).question : null;
    if (question !== null) questions.push(question);
  };
  const answerer = kernel.protocol.unoffered === 'clamps' ? 'script' : 'listing';
  const session = runSession(kernel, answers, answerer, onLine);
  return { session, asked: { questions, choices: session.observation.choices } };
}
