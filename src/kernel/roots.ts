/** From a symbol to the settings that made it what it is. */
import { obstacleTo, type Condition, type Configuration, type Obstacle } from '../kconfig/index.ts';
import { isOfWish } from '../model/asker.ts';
import type { Root } from '../model/cause.ts';
import type { Wish } from '../model/fallout.ts';
import type { Lost } from '../model/run.ts';
import type { AskedBy } from './causes.ts';

/** Where the chain of causes of a symbol's value ends, if `wanted` is the value that it does not have. */
export type RootsOf = (symbol: string, wanted: string) => Root[];

/** So many symbols are looked at for one chain, and so many ends of it are told. */
const MOST_VISITED = 200;
const MOST_ROOTS = 4;

/**
 * Follows causes: what is missing, why that is missing, and so on, or what selects, and what selects that. A chain ends at a symbol that
 * is what somebody asks it to be, or where nobody asks. The user's wishes come first; where there are any, they are all.
 */
export function rootFinder(configuration: Configuration, asked: AskedBy): RootsOf {
  return (symbol, wanted) => {
    const found: Root[] = [];
    const seen = new Set([symbol]);
    const open = linksOf(obstacleTo(configuration, symbol, wanted));
    for (let link = open.shift(); link !== undefined && seen.size < MOST_VISITED; link = open.shift()) {
      // What a comparison names can be a text.
      if (seen.has(link.symbol) || configuration.symbol(link.symbol) === undefined) continue;
      seen.add(link.symbol);
      const value = valueOf(configuration, link.symbol);
      const said = asked.get(link.symbol);
      const next = said?.wanted === value ? [] : linksOf(obstacleTo(configuration, link.symbol, link.wanted));
      if (said?.wanted === value) found.push({ symbol: link.symbol, value, by: said.by, position: said.position });
      else if (next.length === 0) found.push({ symbol: link.symbol, value, by: null, position: null });
      open.push(...next);
    }
    return nearest(found);
  };
}

/** What is lost, each with its roots. */
export function withRoots(
  { lost, lostDefaults, ...apart }: Lost,
  configuration: Configuration | null,
  asked: AskedBy,
): Lost {
  if (configuration === null) return { ...apart, lost, ...(lostDefaults && { lostDefaults }) };
  const rootsOf = rootFinder(configuration, asked);
  const rooted = (wish: Wish): Wish => {
    const roots = wish.kind === 'overridden' ? [] : rootsOf(wish.symbol, wish.wanted);
    return roots.length === 0 ? wish : { ...wish, roots };
  };
  return { ...apart, lost: lost.map(rooted), ...(lostDefaults && { lostDefaults: lostDefaults.map(rooted) }) };
}

/** A symbol further on, and the value that it would have to have. */
type Link = { symbol: string; wanted: string };

function linksOf(obstacle: Obstacle | null): Link[] {
  if (obstacle === null) return [];
  switch (obstacle.kind) {
    case 'needs':
      return linksIn(obstacle.condition);
    case 'no-prompt': {
      const { needs, setBy, reach } = obstacle;
      const holding = setBy.kind === 'select' || setBy.kind === 'imply' ? turnedOff(setBy.by) : [];
      return [...holding, ...(needs === null ? [] : linksIn(needs)), ...(reach === undefined ? [] : linksIn(reach))];
    }
    case 'not-tristate':
      return obstacle.needs === undefined ? [] : linksIn(obstacle.needs);
    case 'selected':
      return turnedOff(obstacle.by);
    case 'chosen':
      return [{ symbol: obstacle.has, wanted: 'n' }];
    case 'no-modules':
      return [{ symbol: 'MODULES', wanted: 'y' }];
    case 'undefined':
    case 'malformed':
    case 'empty-text':
    case 'range':
      return [];
  }
}

const turnedOff = (by: readonly { symbol: string }[]): Link[] => by.map(({ symbol }) => ({ symbol, wanted: 'n' }));

function linksIn(condition: Condition): Link[] {
  switch (condition.kind) {
    case 'symbol':
      return isConstant(condition.symbol) ? [] : [{ symbol: condition.symbol, wanted: condition.needed }];
    case 'off':
      return [{ symbol: condition.symbol, wanted: condition.most }];
    case 'comparison':
      return [{ symbol: condition.left, wanted: condition.rightValue }];
    case 'all':
    case 'any':
      return condition.of.flatMap(linksIn);
  }
}

const isConstant = (symbol: string): boolean => symbol === 'n' || symbol === 'm';

function valueOf(configuration: Configuration, name: string): string {
  const symbol = configuration.symbol(name);
  return symbol === undefined || symbol.menus.length === 0 ? 'n' : configuration.value(symbol);
}

/** The user's wishes; where there are none, the defaults of nixpkgs; else what nobody asks for. */
function nearest(found: readonly Root[]): Root[] {
  const wishes = found.filter(isOfWish);
  const defaults = found.filter(({ by }) => by !== null);
  return (wishes.length > 0 ? wishes : defaults.length > 0 ? defaults : found).slice(0, MOST_ROOTS);
}
