/** Remedies on a target: the search over the engine begins from what the target comes to, and answering sessions confirm each way. */
import { effectiveSaid, intentsBySymbol } from '../fallout/intents.ts';
import { findRemedies, menusAround, type Kconfig, type SymbolValue, type ValueDifference } from '../kconfig/index.ts';
import { writeSetting } from '../managed/kernelValues.ts';
import { isWish } from '../model/asker.ts';
import type { Intent } from '../model/intent.ts';
import type { FoundRemedies, LostRemedy, Overridden, WantedValue } from '../model/remedy.ts';
import { attributeName } from '../nixfile/strings.ts';
import { sameNumber } from '../script/dotConfig.ts';
import { priorityOf, withWishes, type NewWish } from './addedWishes.ts';
import { causeOf, holdersIn, type AskedBy } from './causes.ts';
import type { KernelNames } from './kernelNames.ts';
import { valueIn } from './settingValue.ts';
import type { Prediction, PredictionInput } from './prediction.ts';
import { finished, type Finished } from './sideEffects.ts';
import { differing, valuesOf, type Values } from './wantedConfig.ts';

export type RemediesInput = {
  /** The target as it stands. */
  asking: PredictionInput;
  /** All of it at once. */
  wanted: readonly WantedValue[];
  /** How many ways are looked for. */
  most: number;
  /** Of these symbols it is told what each way gives. */
  alsoWanted?: readonly WantedValue[];
};

export type SearchedRemedies = Omit<FoundRemedies, 'alternatives'> & { alternatives: LostRemedy[] };

export type TargetRemedies =
  | { kind: 'searched'; found: SearchedRemedies }
  /** The target comes to nothing that could be changed. */
  | { kind: 'no-present'; outcome: Prediction['outcome'] };

type Toolbox = { kconfig: Kconfig; names: KernelNames; predict: (input: PredictionInput) => Prediction };

/** What a setting is to be avoided that overrides a default of nixpkgs, or a wish of the user. */
const OVER_DEFAULT = 3;
const OVER_WISH = 20;
/** Any other option that changes. */
const CHANGE = 1 / 25;

/** How often a way that a session refutes is continued from what the session came to. */
const MOST_ROUNDS = 3;
/** So many settings are left out one by one. */
const MOST_TRIALS = 5;

/** What is known of a target while ways are looked for. */
export class Remedies {
  readonly #present: Prediction;
  readonly #finished: Finished | null;
  readonly #asked: AskedBy;
  readonly #definitions: ReadonlyMap<string, Intent[]>;
  readonly #values: Values;

  constructor(
    private readonly tools: Toolbox,
    private readonly asking: PredictionInput,
  ) {
    this.#present = tools.predict(asking);
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
    if (found.kind === 'holds' || found.kind === 'not-found') return { ...result, outcome: found.kind };
    if (found.kind === 'blocked') {
      const holdersOf = holdersIn(configuration, this.#asked);
      const known = { names: this.tools.names, holdersOf };
      const blockedBy = found.by.map(({ symbol, value, obstacle }) => ({
        symbol,
        value,
        cause: causeOf(symbol, obstacle, known),
      }));
      return { ...result, outcome: 'blocked', blockedBy };
    }
    const alternatives = found.alternatives.flatMap(
      ({ settings }) => this.#confirmed(settings, wanted, alsoWanted) ?? [],
    );
    const distinct = [...new Map(alternatives.map((each) => [each.nix.join('\n'), each])).values()];
    return { ...result, outcome: distinct.length === 0 ? 'not-found' : 'found', alternatives: distinct };
  }

  readonly #costOf = (symbol: string, value: string): number => {
    const said = this.#asked.get(symbol);
    if (said === undefined || said.wanted === value) return 1;
    return isWish(said) ? OVER_WISH : OVER_DEFAULT;
  };

  /** What others ask for and would lose, and the number of changes. */
  readonly #harmOf = ({ alsoChanges }: { alsoChanges: readonly ValueDifference[] }): number =>
    alsoChanges.reduce((sum, { symbol, before, after }) => {
      const said = this.#asked.get(symbol);
      const isLost = said !== undefined && said.wanted === (before ?? 'n') && said.wanted !== (after ?? 'n');
      return sum + (isLost ? (isWish(said) ? OVER_WISH : OVER_DEFAULT) : CHANGE);
    }, 0);

  /** A way that whole sessions bear out, without the settings that the target does not need; null where there is none. */
  #confirmed(
    proposed: readonly SymbolValue[],
    wanted: readonly WantedValue[],
    alsoWanted: readonly WantedValue[],
  ): LostRemedy | null {
    let settings = this.#unasked(proposed);
    for (let round = 1; ; round++) {
      const prediction = this.#predicted(settings);
      const { dotConfig } = prediction;
      if (prediction.outcome.kind !== 'stable' || dotConfig === null) return null;
      if (isSo(dotConfig, wanted)) {
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
    return settings.filter(({ symbol, value }) => {
      const said = this.#asked.get(symbol);
      return said?.wanted !== value;
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
    const on = settings.filter(({ value }) => value !== 'n');
    if (settings.length < 2 || on.length === 0) return [[...settings], dotConfig];
    const trials = on.length === 1 ? [on] : [on, ...on.slice(0, MOST_TRIALS).map((one) => [one])];
    let [left, result] = [[...settings], dotConfig];
    for (const trial of trials) {
      const without = left.filter((each) => !trial.includes(each));
      if (without.length === left.length || without.length === 0) continue;
      const prediction = this.#predicted(without);
      if (prediction.outcome.kind !== 'stable' || prediction.dotConfig === null) continue;
      if (isSo(prediction.dotConfig, wanted)) [left, result] = [without, prediction.dotConfig];
    }
    return [left, result];
  }

  #predicted(settings: readonly SymbolValue[]): Prediction {
    return this.tools.predict(
      withWishes(
        this.asking,
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
    const changes = differing(this.#values, values).filter((symbol) => !named.has(symbol));
    return {
      settings,
      nix: settings.map((setting) => this.#nix(setting)),
      overrides: settings.flatMap(({ symbol }) => this.#overridden(symbol) ?? []),
      alsoChanges: changes.sort().map((symbol) => ({
        symbol,
        from: this.#values.get(symbol) ?? null,
        to: values.get(symbol) ?? null,
        menu: this.#menuOf(symbol),
      })),
      gives: alsoWanted.filter((each) => isSo(dotConfig, [each])).map(({ symbol }) => symbol),
    };
  }

  #nix(setting: SymbolValue): string {
    const { symbol, value, priority } = this.#wish(setting);
    return `${attributeName(symbol)} = ${writeSetting(value, priority)};`;
  }

  #overridden(symbol: string): Overridden | null {
    const said = this.#asked.get(symbol);
    return said === undefined ? null : { symbol, value: said.wanted, by: said.by, position: said.position };
  }

  #menuOf(name: string): string {
    const symbol = this.tools.kconfig.byName.get(name);
    return symbol === undefined ? '' : menusAround(symbol).join(' › ');
  }
}

function isSo(dotConfig: string, wanted: readonly WantedValue[]): boolean {
  const values = valuesOf(dotConfig);
  return wanted.every(({ symbol, value }) => {
    const is = values.get(symbol) ?? 'n';
    return is === value || sameNumber(is, value);
  });
}
