/** Which settings give a symbol a value that it does not have. */
import { compareConfigurations, type ValueDifference } from '../conf/writeConfig.ts';
import { obstacleTo, type Obstacle } from '../explain/obstacle.ts';
import { isLogic, MOD, nameOf, TRI_TEXT, type Kconfig, type KSymbol, type Tri } from '../tree/model.ts';
import { isValidText } from '../tree/numbers.ts';
import type { Configuration } from '../values/configuration.ts';
import { dependentsCount } from './breadth.ts';
import type { CostOf } from './estimate.ts';
import { isNever, isReached, toReach, numberIn, partsOf, type Goal, type Need } from './need.ts';
import { Search, type Settings } from './search.ts';
import { isAnswerEnough } from './setting.ts';
import { waysTo } from './ways.ts';

/** A symbol's value as in a .config, a text without quotes. */
export type SymbolValue = { symbol: string; value: string };

export type Remedy = {
  /** None of them can be left out. */
  settings: SymbolValue[];
  /** What else would be another value, in the order of the symbols. */
  alsoChanges: ValueDifference[];
};

/** A symbol that would have to come to the value, and cannot. */
export type Blocker = SymbolValue & { obstacle: Obstacle };

export type Remedies =
  /** At most as many as were asked for, the best first. */
  | { kind: 'found'; alternatives: Remedy[] }
  /** All of it holds already. */
  | { kind: 'holds' }
  /** No settings of this tree give it. */
  | { kind: 'blocked'; by: Blocker[] }
  /** The search ended before it had tried everything. */
  | { kind: 'not-found' };

export type RemedyOptions = {
  /** How much a setting is to be avoided; Infinity: not at all. Default: 1 for each. */
  costOf?: CostOf;
  /** How many alternatives; default 3. */
  most?: number;
  /** Whether a way may be taken, given what else it changes. Default: every way. */
  accepts?: (remedy: Remedy) => boolean;
  /** What the other changes of a way weigh, beside its settings. Default: the same for each change. */
  harmOf?: (remedy: Remedy) => number;
  /** How many states are looked at. */
  mostSteps?: number;
  /** The search ends after so many ways that may not be taken. */
  mostRefused?: number;
};

/** So many states are looked at for the first way, and so many more for further ones. */
const MOST_STEPS = 3_000;
/** Of several wishes each state takes longer, and what excludes each other is to be told in seconds. */
export const MOST_STEPS_TOGETHER = 1_000;
const FURTHER_STEPS = 60;
/** Of so many ways the best are given. */
const MOST_COMPARED = 6;
/** What many depend on weighs at most as much as so many settings. */
const MOST_BREADTH = 6;
/** What is turned on helps somebody; what is turned off is missed. */
const OFF = 0.5;
/** What one other change weighs. */
export const OTHER_CHANGE = 1 / 25;

/** Finds settings that give all of `wanted` at once, each as if it stood at the end of the .config that the configuration was read from. */
export function findRemedies(
  configuration: Configuration,
  wanted: readonly SymbolValue[],
  {
    costOf = () => 1,
    most = 3,
    accepts = () => true,
    harmOf = ({ alsoChanges }) => alsoChanges.length * OTHER_CHANGE,
    mostSteps = wanted.length > 1 ? MOST_STEPS_TOGETHER : MOST_STEPS,
    mostRefused = Infinity,
  }: RemedyOptions = {},
): Remedies {
  const sought = wanted.map((each) => goalFor(configuration, each));
  const goals = sought.filter((each) => 'kind' in each);
  const never = sought.filter((each) => 'obstacle' in each);
  if (never.length > 0) return { kind: 'blocked', by: never };
  if (goals.every((goal) => isReached(configuration, goal))) return { kind: 'holds' };
  // What is wanted itself costs nothing.
  const own = new Set(wanted.map(({ symbol }) => symbol));
  const search = new Search(configuration, goals, (symbol, value) =>
    own.has(symbol) ? 0 : costOf(symbol, value) + breadth(configuration.kconfig, symbol, value),
  );
  const found = new Map<string, Remedy | null>();
  const accepted = (): Remedy[] => [...found.values()].filter((each) => each !== null);
  // Every further setting weighs as much.
  const isUnbeaten = (way: Remedy): boolean => way.settings.every(({ symbol }) => own.has(symbol)) && harmOf(way) < 1;
  let limit = mostSteps;
  for (const settings of search.found(() => limit)) {
    if (!search.isEnough(settings)) continue;
    const smallest = minimal(search, settings);
    const key = settingsKey(smallest);
    if (found.has(key)) continue;
    search.apply(smallest);
    const way = remedy(configuration, search.working, smallest, own);
    const isAccepted = accepts(way);
    if (isAccepted && accepted().length === 0) limit = search.steps + FURTHER_STEPS;
    found.set(key, isAccepted ? way : null);
    if (isAccepted && most === 1 && isUnbeaten(way)) break;
    if (accepted().length >= MOST_COMPARED || found.size - accepted().length >= mostRefused) break;
  }
  const alternatives = accepted();
  if (alternatives.length === 0) {
    const by = found.size === 0 && search.isOutOfReach ? blockers(configuration, goals) : [];
    return by.length === 0 ? { kind: 'not-found' } : { kind: 'blocked', by };
  }
  const weight = (way: Remedy): number =>
    way.settings.reduce(
      (sum, { symbol, value }) => sum + (own.has(symbol) ? 0 : costOf(symbol, value) + (value === 'n' ? OFF : 0)),
      0,
    ) + harmOf(way);
  const weights = new Map(alternatives.map((each) => [each, weight(each)]));
  alternatives.sort((a, b) => (weights.get(a) ?? 0) - (weights.get(b) ?? 0));
  return { kind: 'found', alternatives: alternatives.slice(0, most) };
}

/** Turning off what many depend on is to be avoided. */
function breadth(kconfig: Kconfig, name: string, value: string): number {
  const symbol = kconfig.byName.get(name);
  return symbol === undefined || value !== 'n' ? 0 : Math.min(MOST_BREADTH, dependentsCount(kconfig, symbol) / 10);
}

function remedy(before: Configuration, after: Configuration, settings: Settings, wanted: ReadonlySet<string>): Remedy {
  const named = new Set([...settings.keys()].map(nameOf).concat([...wanted]));
  return {
    settings: [...settings].map(([symbol, value]) => ({ symbol: nameOf(symbol), value })),
    alsoChanges: compareConfigurations(before, after).filter(
      (each) => !named.has(each.symbol) && (each.before ?? 'n') !== (each.after ?? 'n'),
    ),
  };
}

/** Leaves out whatever can be left out. */
function minimal(search: Search, settings: Settings): Settings {
  let left = settings;
  for (let size = Infinity; left.size < size;) {
    size = left.size;
    for (const symbol of [...left.keys()].reverse()) {
      const without = new Map(left);
      without.delete(symbol);
      if (search.isEnough(without)) left = without;
    }
  }
  return left;
}

const settingsKey = (settings: Settings): string =>
  [...settings]
    .map(([symbol, value]) => `${symbol.id}=${value}`)
    .sort()
    .join(' ');

/** What a symbol has to come to, or why it never can. */
function goalFor(configuration: Configuration, { symbol: name, value }: SymbolValue): Goal | Blocker {
  const symbol = configuration.symbol(name);
  if (symbol === undefined || symbol.menus.length === 0 || symbol.type === 'unknown' || symbol.transitional)
    return { symbol: name, value, obstacle: obstacleTo(configuration, name, value) ?? { kind: 'undefined', now: [] } };
  if (!isValidText(symbol.type, value))
    return { symbol: name, value, obstacle: { kind: 'malformed', type: symbol.type } };
  if (isLogic(symbol)) {
    const level = levelIn(value);
    if (level === null) return { symbol: name, value, obstacle: { kind: 'malformed', type: symbol.type } };
    if (symbol.type === 'bool' && level === 1)
      return { symbol: name, value, obstacle: { kind: 'not-tristate', type: 'bool' } };
    return { kind: 'level', symbol, least: level, most: level };
  }
  if (symbol.type === 'string') return { kind: 'text', symbol, text: value };
  const number = numberIn(value, symbol);
  return { kind: 'number', symbol, least: number, most: number };
}

function levelIn(text: string): Tri | null {
  const level = TRI_TEXT.indexOf(text as 'n' | 'm' | 'y');
  return level < 0 ? null : (level as Tri);
}

/** The symbols at the ends of all ways, which nothing moves. */
function blockers(configuration: Configuration, goals: readonly Goal[]): Blocker[] {
  const found = new Map<KSymbol, Blocker>();
  const seen = new Set<KSymbol>();
  const open: Need[] = goals.map(toReach);
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at.kind === 'all' || at.kind === 'any') open.push(...at.of);
    else if (at.kind !== 'goal') open.push(partsOf(configuration, at));
    else if (!isReached(configuration, at.goal) && !seen.has(at.goal.symbol)) {
      const { goal } = at;
      seen.add(goal.symbol);
      const ways = waysTo(configuration, goal);
      if (isNever(ways) && !isAnswerEnough(configuration, goal)) found.set(goal.symbol, blocker(configuration, goal));
      else open.push(ways);
    }
  }
  return [...found.values()];
}

function blocker(configuration: Configuration, goal: Goal): Blocker {
  const symbol = nameOf(goal.symbol);
  const value = valueText(configuration, goal);
  const obstacle = obstacleTo(configuration, symbol, value) ?? { kind: 'undefined', now: [] };
  return { symbol, value, obstacle };
}

function valueText(configuration: Configuration, goal: Goal): string {
  if (goal.kind === 'text') return goal.text;
  if (goal.kind === 'number') return String(goal.least ?? goal.most ?? '');
  const level = configuration.tri(goal.symbol) < goal.least ? goal.least : goal.most;
  return level === MOD && goal.symbol.type === 'bool' ? 'y' : TRI_TEXT[level];
}
