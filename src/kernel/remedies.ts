/** Remedies on a target: the search over the engine begins from what the target comes to, and answering sessions confirm each way. */
import { effectiveSaid, intentsBySymbol } from '../fallout/intents.ts';
import {
  findRemedies,
  menuText,
  OTHER_CHANGE,
  type Kconfig,
  type SymbolValue,
  type ValueDifference,
} from '../kconfig/index.ts';
import { isWish } from '../model/asker.ts';
import { writeBinding } from '../managed/kernelValues.ts';
import type { Intent } from '../model/intent.ts';
import type { FoundRemedies, LostRemedy, Overridden, WantedValue } from '../model/remedy.ts';
import { sameValue } from '../script/dotConfig.ts';
import { priorityOf, withWishes, type NewWish } from './addedWishes.ts';
import type { AskedBy } from './causes.ts';
import type { KernelNames } from './kernelNames.ts';
import { costOver, isTakenBy, settingCost } from './settingCost.ts';
import { valueIn } from './settingValue.ts';
import { standing, type Prediction, type PredictionInput } from './prediction.ts';
import { finished, type Finished } from './finished.ts';
import { differing, valuesOf, type Values } from './wantedConfig.ts';
import { withoutWay } from './withoutWay.ts';

export type RemediesInput = {
  /** The target as it stands. */
  asking: PredictionInput;
  /** All of it at once. */
  wanted: readonly WantedValue[];
  /** How many ways are looked for. */
  most: number;
  /** Other wishes: each way says which of them it gives, too. */
  alsoWanted?: readonly WantedValue[];
};

export type SearchedRemedies = Omit<FoundRemedies, 'alternatives'> & { alternatives: LostRemedy[] };

export type TargetRemedies =
  | { kind: 'searched'; found: SearchedRemedies }
  /** The target comes to nothing that could be changed. */
  | { kind: 'no-present'; outcome: Prediction['outcome'] };

type Toolbox = { kconfig: Kconfig; names: KernelNames; predict: (input: PredictionInput) => Prediction };

/** How often a way that a session refutes is continued from what the session came to. */
const MOST_ROUNDS = 3;
/** So many settings are left out one by one. */
const MOST_TRIALS = 5;

/** What is known of a target while ways are looked for. */
export class Remedies {
  readonly #present: Prediction;
  readonly #standing: PredictionInput;
  readonly #finished: Finished | null;
  readonly #asked: AskedBy;
  readonly #definitions: ReadonlyMap<string, Intent[]>;
  readonly #values: Values;

  constructor(
    private readonly tools: Toolbox,
    asking: PredictionInput,
  ) {
    this.#present = tools.predict(asking);
    // To pursue anew in each prediction would take seconds.
    this.#standing = asking.pursued === undefined ? asking : standing(asking, this.#present);
    const { outcome, dotConfig } = this.#present;
    this.#finished = outcome.kind !== 'stable' || dotConfig === null ? null : finished(tools.kconfig, dotConfig);
    this.#asked = effectiveSaid(asking.intents, asking.managedName, asking.legacy);
    this.#definitions = intentsBySymbol(asking.intents, asking.managedName);
    this.#values = valuesOf(this.#finished?.dotConfig ?? '');
  }

  /** Ways to all that is wanted. Takes as long as a few sessions for each. */
  find({ wanted, most, alsoWanted = [] }: Omit<RemediesInput, 'asking'>): TargetRemedies {
    if (this.#finished === null) return { kind: 'no-present', outcome: this.#present.outcome };
    return { kind: 'searched', found: this.#search(this.#finished, { wanted, most, alsoWanted }) };
  }

  #search(
    { configuration }: Finished,
    { wanted, most, alsoWanted }: Required<Omit<RemediesInput, 'asking'>>,
  ): SearchedRemedies {
    const found = findRemedies(configuration, wanted, { costOf: this.#costOf, harmOf: this.#harmOf, most });
    const result = { wanted: [...wanted], alternatives: [] };
    if (found.kind === 'holds') return { ...result, outcome: 'holds' };
    if (found.kind !== 'found') {
      const known = { names: this.tools.names, asked: this.#asked, costOf: this.#costOf };
      return { ...result, ...withoutWay(found, wanted, configuration, known) };
    }
    const alternatives = found.alternatives.flatMap(
      ({ settings }) => this.#confirmed(settings, wanted, alsoWanted) ?? [],
    );
    const distinct = [...new Map(alternatives.map((each) => [each.nix.join('\n'), each])).values()];
    return { ...result, outcome: distinct.length === 0 ? 'not-found' : 'found', alternatives: distinct };
  }

  readonly #costOf = (symbol: string, value: string): number => settingCost(this.#asked.get(symbol), value);

  /** What the other changes of a way weigh: the most where they take away what somebody asks for. */
  readonly #harmOf = ({ alsoChanges }: { alsoChanges: readonly ValueDifference[] }): number =>
    alsoChanges.reduce((sum, change) => {
      const said = this.#asked.get(change.symbol);
      return sum + (said !== undefined && isTakenBy(change, said) ? costOver(said) : OTHER_CHANGE);
    }, 0);

  /** A way that whole sessions bear out, without the settings that the target does not need; null where there is none. */
  #confirmed(
    proposed: readonly SymbolValue[],
    wanted: readonly WantedValue[],
    alsoWanted: readonly WantedValue[],
  ): LostRemedy | null {
    let settings = [...this.#unasked(proposed), ...this.#rivals(proposed)];
    for (let round = 1; ; round++) {
      const prediction = this.#predicted(settings);
      const { dotConfig } = prediction;
      if (prediction.outcome.kind !== 'stable' || dotConfig === null) return null;
      if (areSo(dotConfig, wanted)) {
        const [left, result] = this.#smallest(settings, wanted, dotConfig);
        return this.#remedy(left, result, { wanted, alsoWanted });
      }
      if (round === MOST_ROUNDS) return null;
      // The script's own answers came in between.
      const { configuration } = finished(this.tools.kconfig, dotConfig);
      const further = findRemedies(configuration, [...settings, ...wanted], { costOf: this.#costOf, most: 1 });
      const more = further.kind === 'found' ? this.#unasked(further.alternatives[0]?.settings ?? []) : [];
      const named = new Set(settings.map(({ symbol }) => symbol));
      const fresh = more.filter(({ symbol }) => !named.has(symbol));
      if (fresh.length === 0) return null;
      settings = [...settings, ...fresh];
    }
  }

  /** Without what is asked for so already. */
  #unasked(settings: readonly SymbolValue[]): SymbolValue[] {
    return settings.filter(({ symbol, value }) => this.#asked.get(symbol)?.wanted !== value);
  }

  /** The members of a choice that the user asks to be y beside one that is to be y: which of them stays would depend on their order. */
  #rivals(settings: readonly SymbolValue[]): SymbolValue[] {
    const named = new Set(settings.map(({ symbol }) => symbol));
    const members = settings
      .filter(({ value }) => value === 'y')
      .flatMap(({ symbol }) => this.tools.kconfig.byName.get(symbol)?.memberOf?.members ?? []);
    return members.flatMap(({ name }) => {
      const said = name === null || named.has(name) ? undefined : this.#asked.get(name);
      return name !== null && said?.wanted === 'y' && isWish(said) ? { symbol: name, value: 'n' } : [];
    });
  }

  /**
   * Leaves out what the session does not need. Turned off, a symbol would stay on in a session as in the search; what is turned on can come
   * of the script's own answers: all of that together, or else a few one by one.
   */
  #smallest(
    settings: readonly SymbolValue[],
    wanted: readonly WantedValue[],
    dotConfig: string,
  ): [SymbolValue[], string] {
    const on = settings.filter((each) => each.value !== 'n' && !this.#isFixed(each, wanted));
    if (settings.length < 2 || on.length === 0) return [[...settings], dotConfig];
    const trials = on.length === 1 ? [on] : [on, ...on.slice(0, MOST_TRIALS).map((one) => [one])];
    let [left, result] = [[...settings], dotConfig];
    for (const trial of trials) {
      const without = left.filter((each) => !trial.includes(each));
      if (without.length === left.length || without.length === 0) continue;
      const prediction = this.#predicted(without);
      if (prediction.outcome.kind !== 'stable' || prediction.dotConfig === null) continue;
      if (areSo(prediction.dotConfig, wanted)) [left, result] = [without, prediction.dotConfig];
    }
    return [left, result];
  }

  /** Where lost wishes are pursued, what is wanted is asked for: nothing else keeps a pursuit from turning it off again. */
  #isFixed({ symbol }: SymbolValue, wanted: readonly WantedValue[]): boolean {
    return this.#standing.pursued !== undefined && wanted.some((each) => each.symbol === symbol);
  }

  #predicted(settings: readonly SymbolValue[]): Prediction {
    return this.tools.predict(
      withWishes(
        this.#standing,
        settings.map((setting) => this.#wish(setting)),
      ),
    );
  }

  #wish({ symbol, value: text }: SymbolValue): NewWish {
    const value = valueIn(this.tools.kconfig, symbol, text);
    return { symbol, value, priority: priorityOf(value, this.#definitions.get(symbol) ?? []) };
  }

  #remedy(
    settings: SymbolValue[],
    dotConfig: string,
    { wanted, alsoWanted }: Record<'wanted' | 'alsoWanted', readonly WantedValue[]>,
  ): LostRemedy {
    const named = new Set([...settings, ...wanted].map(({ symbol }) => symbol));
    const values = valuesOf(dotConfig);
    const changes = differing(this.#values, values)
      .filter((symbol) => !named.has(symbol))
      .sort();
    return {
      settings,
      nix: settings.map((setting) => {
        const { symbol, value, priority } = this.#wish(setting);
        return writeBinding(symbol, value, priority);
      }),
      overrides: [
        ...settings.flatMap(({ symbol }) => this.#overridden(symbol) ?? []),
        ...changes.flatMap((symbol) => this.#takenAway(symbol, values.get(symbol) ?? null) ?? []),
      ],
      alsoChanges: changes.map((symbol) => ({
        symbol,
        from: this.#values.get(symbol) ?? null,
        to: values.get(symbol) ?? null,
        menu: menuText(this.tools.kconfig.byName.get(symbol)),
      })),
      gives: alsoWanted.filter((each) => isSo(values, each)).map(({ symbol }) => symbol),
    };
  }

  #overridden(symbol: string): Overridden | null {
    const said = this.#asked.get(symbol);
    if (said === undefined) return null;
    const { wanted: value, by, position, optional } = said;
    return { symbol, value, by, position, ...(optional ? { optional } : {}) };
  }

  /** Whoever asks for a symbol that changes with the settings, and has it now. */
  #takenAway(symbol: string, after: string | null): Overridden | null {
    const said = this.#asked.get(symbol);
    const change = { symbol, before: this.#values.get(symbol) ?? null, after };
    return said !== undefined && isTakenBy(change, said) ? this.#overridden(symbol) : null;
  }
}

const isSo = (values: Values, { symbol, value }: WantedValue): boolean => sameValue(value, values.get(symbol) ?? 'n');

function areSo(dotConfig: string, wanted: readonly WantedValue[]): boolean {
  const values = valuesOf(dotConfig);
  return wanted.every((each) => isSo(values, each));
}
