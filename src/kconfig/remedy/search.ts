/** The search for settings: what is needed is taken apart until answers give it, the cheapest way first. */
import type { KSymbol } from '../tree/model.ts';
import { assume, lineFor, readConfig } from '../conf/readConfig.ts';
import { writeConfig } from '../conf/writeConfig.ts';
import { Configuration, type Snapshot } from '../values/configuration.ts';
import { Estimate, goalKey, type CostOf } from './estimate.ts';
import { holds, isReached, toReach, partsOf, type Goal, type Need } from './need.ts';
import { settingFor } from './setting.ts';
import { waysTo } from './ways.ts';

export type Settings = ReadonlyMap<KSymbol, string>;

/** What is still needed, the next one first. */
type Open = { need: Need; then: Open } | null;

type State = {
  settings: Settings;
  /** What was asked of each symbol on this way. */
  asked: ReadonlyMap<KSymbol, Goal>;
  /** The goals that were taken apart, and the settings then: one that comes back unreached with the same leads nowhere. */
  tried: ReadonlyMap<string, Settings>;
  open: Open;
  cost: number;
  /** How often the goals were looked at again, since what one needs can take away another. */
  rounds: number;
};

/** Of the alternatives of one need, so many are followed. */
const MOST_BRANCHES = 24;
const MOST_ROUNDS = 3;

export class Search {
  /** What the search moves about; `apply` says where it stands. */
  readonly working: Configuration;
  readonly #base: Snapshot;
  /** Before 6.11 the order in which values are computed can decide: what stands is read anew with the settings. */
  readonly #text: string | null;
  readonly #estimate: Estimate;
  #states: { state: State; rank: number }[] = [];
  /** How many states were looked at. */
  steps = 0;

  /** @param before the present configuration, finished. It stays as it is. */
  constructor(
    before: Configuration,
    private readonly goals: readonly Goal[],
    private readonly costOf: CostOf,
  ) {
    this.#base = before.snapshot();
    this.working = new Configuration(before.kconfig);
    this.working.restore(this.#base);
    this.#text = before.calculator.ranked ? null : writeConfig(this.working);
    this.#estimate = new Estimate(before, costOf);
    const open = goals.reduceRight<Open>((then, goal) => ({ need: toReach(goal), then }), null);
    this.#add({ settings: new Map(), asked: new Map(), tried: new Map(), open, cost: 0, rounds: 0 }, 0);
  }

  /** The settings of each way that is found within so many steps. */
  *found(mostSteps: () => number): Generator<Settings> {
    while (this.steps < mostSteps()) {
      const next = this.#states.pop();
      if (next === undefined) return;
      this.steps++;
      const settings = this.#follow(next.state);
      if (settings !== null) yield settings;
    }
  }

  /** Whether the goals are reached with these settings alone. */
  isEnough(settings: Settings): boolean {
    this.apply(settings);
    return this.goals.every((goal) => isReached(this.working, goal));
  }

  /** Whether nothing that the search knows of gives the goals: not because it ended, and not because something may not be changed. */
  get isOutOfReach(): boolean {
    return this.goals.some((goal) => this.#estimate.of(toReach(goal)) === Infinity);
  }

  /** Makes the configuration the one that the search began with, with these settings. */
  apply(settings: Settings): void {
    if (this.#text !== null) {
      readConfig(this.working, this.#text + [...settings].map(([symbol, text]) => lineFor(symbol, text)).join(''));
      return;
    }
    this.working.restore(this.#base);
    for (const [symbol, text] of settings) assume(this.working, symbol, text);
  }

  /** Follows a way until it branches. Gives the settings where nothing more is needed. */
  #follow(from: State): Settings | null {
    let state: State | null = from;
    this.apply(state.settings);
    while (state !== null) {
      if (state.open === null) {
        const lost = this.#unreached();
        if (lost.length === 0) return state.settings;
        state = this.#again(state, lost);
        continue;
      }
      const { need, then }: NonNullable<Open> = state.open;
      if (holds(this.working, need)) state = { ...state, open: then };
      else if (need.kind === 'goal') state = this.#toward(state, need.goal);
      else if (need.kind === 'any') return this.#branch(state, need.of, then);
      else if (need.kind === 'all') state = { ...state, open: prepended(need.of, then) };
      else state = { ...state, open: { need: partsOf(this.working, need), then } };
    }
    return null;
  }

  #unreached(): Goal[] {
    return this.goals.filter((goal) => !isReached(this.working, goal));
  }

  #again(state: State, lost: readonly Goal[]): State | null {
    if (state.rounds === MOST_ROUNDS) return null;
    return { ...state, rounds: state.rounds + 1, tried: new Map(), open: prepended(lost.map(toReach), null) };
  }

  /** Answers as the goal asks, and where that is not enough, goes on to what it takes. */
  #toward(state: State, wanted: Goal): State | null {
    const goal = both(state.asked.get(wanted.symbol), wanted);
    if (goal === null) return null;
    const { symbol } = goal;
    const text = settingFor(this.working, goal);
    if (text !== null && state.settings.get(symbol) !== text) {
      const cost = state.cost + this.costOf(symbol.name ?? '', text);
      if (cost === Infinity) return null;
      assume(this.working, symbol, text);
      const settings = new Map(state.settings).set(symbol, text);
      return { ...state, settings, cost, asked: new Map(state.asked).set(symbol, goal) };
    }
    const key = goalKey(goal);
    const before = state.tried.get(key);
    // What was needed after it may have taken it away again.
    if (before !== undefined) return before === state.settings ? null : this.#again(state, this.#unreached());
    const open = { need: waysTo(this.working, goal), then: state.open };
    return {
      ...state,
      open,
      tried: new Map(state.tried).set(key, state.settings),
      asked: new Map(state.asked).set(symbol, goal),
    };
  }

  #branch(state: State, alternatives: readonly Need[], then: Open): null {
    const rest = this.#remaining(then);
    const ranked = alternatives
      .map((need) => ({ need, rank: this.#estimate.of(need) }))
      .filter(({ rank }) => rank < Infinity)
      .sort((a, b) => a.rank - b.rank);
    for (const { need, rank } of ranked.slice(0, MOST_BRANCHES).reverse())
      this.#add({ ...state, open: { need, then } }, state.cost + rank + rest);
    return null;
  }

  #remaining(open: Open): number {
    let cost = 0;
    for (let at = open; at !== null; at = at.then)
      if (!holds(this.working, at.need)) cost += Math.min(this.#estimate.of(at.need), 100);
    return cost;
  }

  /** The one with the lowest rank comes last; of equal ones the newest. */
  #add(state: State, rank: number): void {
    let [from, to] = [0, this.#states.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#states[middle]?.rank ?? 0) >= rank) from = middle + 1;
      else to = middle;
    }
    this.#states.splice(from, 0, { state, rank });
  }
}

const prepended = (needs: readonly Need[], then: Open): Open =>
  needs.reduceRight<Open>((rest, need) => ({ need, then: rest }), then);

/** What two goals of one symbol ask for together; null where they exclude each other. */
function both(a: Goal | undefined, b: Goal): Goal | null {
  if (a === undefined) return b;
  if (a.kind === 'text' || b.kind === 'text') return goalKey(a) === goalKey(b) ? b : null;
  if (a.kind === 'level' && b.kind === 'level') {
    const [least, most] = [a.least > b.least ? a.least : b.least, a.most < b.most ? a.most : b.most];
    return least > most ? null : { ...b, least, most };
  }
  if (a.kind !== 'number' || b.kind !== 'number') return null;
  const least = a.least === null || (b.least !== null && b.least > a.least) ? b.least : a.least;
  const most = a.most === null || (b.most !== null && b.most < a.most) ? b.most : a.most;
  return least !== null && most !== null && least > most ? null : { ...b, least, most };
}
