import type { Configuration } from '../values/configuration.ts';
import { holds, partsOf, type Goal, type Need } from './need.ts';
import { isAnswerEnough, settingFor } from './setting.ts';
import { waysTo } from './ways.ts';

/** What a setting costs that changes a symbol; Infinity where it may not be changed. */
export type CostOf = (symbol: string, value: string) => number;

/** So deep is what a need takes looked at; beyond that it is guessed. */
const DEEPEST = 5;
const GUESS = 1;
/** Without a prompt something else has to change, whatever that is. */
const GUESS_WITHOUT_PROMPT = 2;
/** What comes back to itself; there may be another way to it. */
const CIRCLE = 20;

/** How much would have to change for a need, as seen from one configuration. Infinity: as far as this looks, nothing gives it. */
export class Estimate {
  readonly #known = new Map<string, number>();

  constructor(
    private readonly configuration: Configuration,
    private readonly costOf: CostOf,
  ) {}

  of(need: Need, depth = DEEPEST): number {
    if (need.kind === 'all') return need.of.reduce((sum, each) => sum + this.of(each, depth), 0);
    if (need.kind === 'any') return need.of.reduce((least, each) => Math.min(least, this.of(each, depth)), Infinity);
    const key = `${need.kind === 'goal' ? goalKey(need.goal) : `${need.kind} ${need.expr.id} ${need.level}`} ${depth}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, CIRCLE);
    const cost = this.#cost(need, depth);
    this.#known.set(key, cost);
    return cost;
  }

  #cost(need: Need, depth: number): number {
    if (holds(this.configuration, need)) return 0;
    return need.kind === 'goal' ? this.#goal(need.goal, depth) : this.of(partsOf(this.configuration, need), depth);
  }

  #goal(goal: Goal, depth: number): number {
    const { symbol } = goal;
    if (symbol.menus.length === 0) return Infinity;
    const text = settingFor(this.configuration, goal);
    const own = text === null ? 0 : this.costOf(symbol.name ?? '', text);
    if (own === Infinity || isAnswerEnough(this.configuration, goal)) return own;
    if (depth === 0) return own + (text === null ? GUESS_WITHOUT_PROMPT : GUESS);
    return own + this.of(waysTo(this.configuration, goal), depth - 1);
  }
}

/** Equal for goals that ask for the same. */
export function goalKey(goal: Goal): string {
  const { kind, symbol } = goal;
  return `${kind} ${symbol.id} ${goal.kind === 'text' ? goal.text : `${goal.least} ${goal.most}`}`;
}
