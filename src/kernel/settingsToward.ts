/** The settings that turn what a target comes to into a configuration that is wanted, and what no setting gives. */
import { effectiveSaid, intentsBySymbol } from '../fallout/intents.ts';
import type { Kconfig } from '../kconfig/index.ts';
import type { Cause } from '../model/cause.ts';
import type { Lost } from '../model/run.ts';
import type { NewOption, NotAskable } from '../model/patchSetting.ts';
import { isOff } from '../script/dotConfig.ts';
import { priorityOf, withWishes, type NewWish } from './addedWishes.ts';
import { architectureIn } from './architecture.ts';
import { answersOf, type AnsweredKernel } from './answerSession.ts';
import { askedWith } from './askedSession.ts';
import type { KernelNames } from './kernelNames.ts';
import { addModules } from './machine/addModules.ts';
import { keepModules } from './machine/keepModules.ts';
import type { MachineGoal, MachineModules } from './machine/machine.ts';
import type { ModuleIndex } from './modules/moduleIndex.ts';
import { objectsUnder } from './modules/moduleQueries.ts';
import { needlessSettings } from './needless.ts';
import { newOptions, SettingsBetween, type PatchSetting } from './patchSettings.ts';
import { valueIn } from './settingValue.ts';
import { standing, type Prediction, type PredictionInput } from './prediction.ts';
import { settingCost } from './settingCost.ts';
import { finished } from './finished.ts';
import { unreached } from './unreached.ts';
import {
  askableIn,
  differing,
  isOption,
  valuesOf,
  wantedConfig,
  type Values,
  type Wanted,
  type WantedConfig,
} from './wantedConfig.ts';

export type Goal = Wanted | MachineGoal;

export type TowardInput = {
  /** The target as it stands. */
  asking: PredictionInput;
  wanted: Goal;
  /** The .config that the changes are told from; null: what the target comes to. Where it is given, only those are asked for. */
  against: string | null;
};

export type FoundSettings = {
  kind: 'settings';
  settings: PatchSetting[];
  /** What also differs, and follows from the settings. */
  needless: PatchSetting[];
  notAskable: NotAskable[];
  fresh: NewOption[];
  /** How many objects are compiled as it stands, and with the settings; null where the Makefiles are not known. */
  objects: { before: number; after: number } | null;
  /** What stays and what goes, where the settings are for a machine. */
  machine?: MachineModules;
  /** Where modules are added: the answering script makes one of whatever else can be one. */
  autoModules?: true;
};

export type Toward =
  | FoundSettings
  | OtherArchitecture
  /** The Makefiles are not known, and with them the modules. */
  | { kind: 'no-modules' }
  /** None of the modules that are loaded is one of this kernel. */
  | { kind: 'foreign-modules' }
  /** What is to be kept is nothing of this kernel. */
  | { kind: 'unknown-keep'; names: string[] }
  /** The target comes to nothing that could be changed. */
  | { kind: 'no-present'; outcome: Prediction['outcome'] };

/** What is wanted is another architecture's. */
export type OtherArchitecture = { kind: 'other-architecture'; wanted: string; own: string };

export type Toolbox = {
  kernel: AnsweredKernel;
  names: KernelNames;
  predict: (input: PredictionInput) => Prediction;
  modules: () => ModuleIndex | null;
};

/** Finds the settings. Pure, and takes as long as a few sessions. */
export function settingsToward(tools: Toolbox, { asking, wanted, against }: TowardInput): Toward {
  const present = tools.predict(asking);
  if (present.outcome.kind !== 'stable' || present.dotConfig === null)
    return { kind: 'no-present', outcome: present.outcome };
  const { dotConfig } = present;
  const said = effectiveSaid(asking.intents, asking.managedName, asking.legacy);
  const costOf = (symbol: string, value: string): number => settingCost(said.get(symbol), value);
  const goal = readGoal(wanted, { kconfig: tools.kernel.kconfig, dotConfig, modules: tools.modules, costOf });
  if (goal.kind !== 'goal') return goal;
  const input = {
    asking: standing(asking, present),
    wanted: goal.wanted,
    against: goal.isAddition ? dotConfig : against,
  };
  const refusal = otherArchitecture(valuesOf(dotConfig), goal.wanted);
  if (refusal !== null) return refusal;
  const found = withMachine(new Search(tools, input, dotConfig).result(), goal);
  return goal.isAddition && tools.kernel.autoModules ? { ...found, autoModules: true } : found;
}

type ReadGoal = {
  kind: 'goal';
  wanted: Wanted;
  machine: MachineModules | null;
  /** Whether the rest of the configuration may become whatever it likes. */
  isAddition: boolean;
};

type Present = {
  kconfig: Kconfig;
  dotConfig: string;
  modules: () => ModuleIndex | null;
  /** How much a setting is to be avoided; default: all alike. */
  costOf?: (symbol: string, value: string) => number;
};

/** What is wanted, as a configuration or changes of the present one. */
export function readGoal(
  goal: Goal,
  { kconfig, dotConfig, modules, costOf = () => 1 }: Present,
): ReadGoal | Extract<Toward, { kind: 'no-modules' | 'foreign-modules' | 'unknown-keep' }> {
  if (goal.kind !== 'machine') return { kind: 'goal', wanted: goal, machine: null, isAddition: false };
  const index = modules();
  if (index === null) return { kind: 'no-modules' };
  const { machine } = goal;
  const present = finished(kconfig, dotConfig);
  const isAddition = machine.kind === 'added-modules';
  const kept = isAddition ? addModules(present, index, machine, costOf) : keepModules(present, index, machine);
  const unknown = new Set(kept.modules.unknown);
  if (machine.kind !== 'hardware' && machine.modules.every((module) => unknown.has(module)))
    return { kind: 'foreign-modules' };
  const unknownKeep = machine.keep.filter((name) => unknown.has(name));
  if (unknownKeep.length > 0) return { kind: 'unknown-keep', names: unknownKeep };
  return { kind: 'goal', wanted: kept.wanted, machine: kept.modules, isAddition };
}

/** Of a machine's modules nobody gave the other options. */
export function withMachine(settings: FoundSettings, { machine, isAddition }: ReadGoal): FoundSettings {
  if (machine === null) return settings;
  // Of what only comes along, any value will do.
  const isMissed = ({ got }: NotAskable): boolean => !isAddition || isOff(got);
  return { ...settings, fresh: [], notAskable: settings.notAskable.filter(isMissed), machine };
}

/** Refuses the .config of another architecture than that of these values. */
export function otherArchitecture(values: Values, wanted: Wanted): OtherArchitecture | null {
  const own = architectureIn(values);
  const other = wanted.kind === 'config' ? architectureIn(valuesOf(wanted.text)) : null;
  return own === null || other === null || own === other ? null : { kind: 'other-architecture', wanted: other, own };
}

/** A prediction refutes few; each round takes a session. */
const MOST_ROUNDS = 6;

type Wishes = ReadonlyMap<string, NewWish>;

/** The settings that remain, what they come to, and what was asked for in vain. */
type Confirmed = { chosen: Wishes; prediction: Prediction; lost: Lost };

class Search {
  readonly #kconfig: Kconfig;
  readonly #present: Values;
  readonly #target: WantedConfig;
  /** The symbols that have to come out as wanted. */
  readonly #aims: (symbol: string) => boolean;
  readonly #definitions: ReturnType<typeof intentsBySymbol>;
  #last: { key: string; prediction: Prediction } | null = null;

  constructor(
    private readonly tools: Toolbox,
    private readonly input: TowardInput & { wanted: Wanted },
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

  result(): FoundSettings {
    const all = this.#everything();
    const { chosen, prediction, lost } = this.#confirmed(all, this.#needed(all));
    const between = new SettingsBetween(this.#kconfig, this.#present, this.#target);
    const isAsked = (symbol: string): boolean => chosen.has(symbol) || !this.#aims(symbol);
    return {
      kind: 'settings',
      settings: between.described(chosen.values()),
      needless: between.following(isAsked, (symbol, text) => this.#wish(symbol, text)),
      notAskable: this.#notAskable(prediction, lost),
      fresh: newOptions(this.#target),
      objects: objectsBetween(this.tools.modules(), this.#present, resultOf(prediction)),
    };
  }

  /** Whatever can be asked for, as it is wanted. */
  #everything(): Map<string, NewWish> {
    const canBeEmpty = this.tools.kernel.protocol.emptyTexts === 'emptied';
    const wishes = [...askableIn(this.#target.configuration, { canBeEmpty })]
      .filter(([symbol]) => this.#aims(symbol) && !this.#isDecided(symbol))
      .map(([symbol, text]) => [symbol, this.#wish(symbol, text)] as const);
    return new Map(wishes);
  }

  #wish(symbol: string, text: string): NewWish {
    const value = valueIn(this.#kconfig, symbol, text);
    return { symbol, value, priority: priorityOf(value, this.#definitions.get(symbol) ?? []) };
  }

  /** Those that one session with all of them needs. */
  #needed(all: Wishes): Map<string, NewWish> {
    const { kernel } = this.tools;
    const answers = answersOf(withWishes(this.input.asking, [...all.values()]).settings);
    const without = answersOf(this.input.asking.settings);
    const rules = { ...kernel.protocol, ...kernel };
    const needless = needlessSettings(askedWith(kernel, answers), { answers, without }, rules, all.keys());
    return new Map([...all].filter(([symbol]) => !needless.has(symbol)));
  }

  /** What a prediction refutes comes back. */
  #confirmed(all: Wishes, needed: Wishes): Confirmed {
    const chosen = this.#withoutIdle(needed);
    for (let round = 1; ; round++) {
      const prediction = this.#predicted(chosen);
      const open = this.#misses(prediction).filter((symbol) => !chosen.has(symbol));
      const back = open.flatMap((symbol) => all.get(symbol) ?? []);
      const added = back.length > 0 ? back : this.#offered(open, prediction);
      if (added.length === 0 || round === MOST_ROUNDS)
        return this.#withoutVain({ chosen, prediction, lost: prediction.lost });
      for (const wish of added) chosen.set(wish.symbol, wish);
    }
  }

  /**
   * Without the settings for what is so already and stays so: their first answer may differ although the last does not. Those of
   * them that a prediction refutes stay.
   */
  #withoutIdle(needed: Wishes): Map<string, NewWish> {
    const isIdle = ({ symbol }: NewWish): boolean => this.#present.get(symbol) === this.#target.values.get(symbol);
    const [idle, changing] = split([...needed.values()], isIdle);
    const chosen = new Map(changing.map((wish) => [wish.symbol, wish]));
    if (idle.length === 0) return chosen;
    const open = new Set(this.#misses(this.#predicted(chosen)));
    const [missing, coming] = split(idle, ({ symbol }) => open.has(symbol));
    // One that comes out right may still keep others as they are wanted.
    const kept = missing.length === 0 && open.size > 0 ? coming : missing;
    for (const wish of kept) chosen.set(wish.symbol, wish);
    return chosen;
  }

  /** Wishes for what the result offers and the wanted configuration does not. */
  #offered(open: readonly string[], { dotConfig }: Prediction): NewWish[] {
    if (dotConfig === null || open.length === 0) return [];
    const { configuration } = finished(this.#kconfig, dotConfig);
    return open.flatMap((name) => {
      const symbol = this.#kconfig.byName.get(name);
      const wanted = this.#target.values.get(name) ?? 'n';
      const isOffered = symbol !== undefined && isOption(symbol) && configuration.allowsText(symbol, wanted);
      return isOffered && !this.#isDecided(name) ? this.#wish(name, wanted) : [];
    });
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

  /** Of the same wishes a prediction is made once. */
  #predicted(wishes: Wishes): Prediction {
    const key = [...wishes.keys()].sort().join();
    if (this.#last?.key !== key) {
      const prediction = this.tools.predict(withWishes(this.input.asking, [...wishes.values()]));
      this.#last = { key, prediction };
    }
    return this.#last.prediction;
  }

  /** The symbols that do not come out as wanted. */
  #misses(prediction: Prediction): string[] {
    return differing(this.#target.values, resultOf(prediction)).filter(this.#aims);
  }

  #notAskable(prediction: Prediction, { lost }: Lost): NotAskable[] {
    const { dotConfig } = prediction;
    const result = {
      values: resultOf(prediction),
      configuration: () => (dotConfig === null ? null : finished(this.#kconfig, dotConfig).configuration),
      missed: this.#misses(prediction),
    };
    const causes = new Map(lost.map(({ symbol, cause }) => [symbol, cause]));
    const { intents, legacy, managedName } = this.input.asking;
    const asked = effectiveSaid(intents, managedName, legacy);
    const known = (symbol: string): Cause | null => {
      const said = this.#isDecided(symbol) ? asked.get(symbol) : undefined;
      if (said !== undefined) return { kind: 'overridden', by: said.by, value: said.wanted, position: said.position };
      return causes.get(symbol) ?? null;
    };
    return unreached(this.#target, result, { names: this.tools.names, asked, known });
  }

  /** A line of an `extraConfig` string has the last word. */
  #isDecided(name: string): boolean {
    return this.input.asking.legacy.some(({ symbol }) => symbol === name);
  }
}

const resultOf = ({ dotConfig }: Prediction): Values => (dotConfig === null ? new Map() : valuesOf(dotConfig));

/** How many objects two configurations compile. */
export function objectsBetween(index: ModuleIndex | null, before: Values, after: Values): FoundSettings['objects'] {
  if (index === null || index.objects.size === 0) return null;
  const count = (values: Values): number => objectsUnder(index, (symbol) => values.get(symbol) ?? null);
  return { before: count(before), after: count(after) };
}

/** Those that hold, and the others. */
function split<T>(all: readonly T[], holds: (item: T) => boolean): [T[], T[]] {
  return [all.filter(holds), all.filter((item) => !holds(item))];
}
