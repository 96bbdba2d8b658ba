/** What follows from a cause, tried on the engine. */
import {
  Configuration,
  MOD,
  NO,
  obstacleTo,
  readConfig,
  YES,
  type Condition,
  type Kconfig,
  type Obstacle,
} from '../../src/kconfig/index.ts';
import type { Cause } from '../../src/model/cause.ts';

type Miss = { symbol: string; wanted: string; cause: Cause; dotConfig: string };

/** Symbols that are held at a value, whatever their dependencies say. */
type Held = Map<string, string>;

/** What is wrong with a cause: null where its consequence is as it says. */
export function consequence(kconfig: Kconfig, { symbol, wanted, cause, dotConfig }: Miss): string | null {
  const configuration = new Configuration(kconfig);
  readConfig(configuration, dotConfig);
  const known = configuration.symbol(symbol);
  switch (cause.kind) {
    case 'needs':
      return tried(configuration, symbol, wanted, held(cause.condition));
    case 'no-prompt': {
      const { needs, setBy, reach } = cause;
      if (needs !== null) return tried(configuration, symbol, wanted, held(needs));
      if (setBy.kind === 'select') return tried(configuration, symbol, wanted, off(setBy.by));
      return reach === undefined ? null : tried(configuration, symbol, wanted, held(reach));
    }
    case 'selected':
      return tried(configuration, symbol, wanted, off(cause.by));
    case 'chosen': {
      const choice = known?.memberOf ?? null;
      if (known === undefined || choice === null) return 'it is in no choice';
      const other = choice.members.find(
        (member) => configuration.chosen(choice) !== member && configuration.allows(member, YES),
      );
      configuration.choose(choice, wanted === 'y' ? known : (other ?? known));
      return wanted === 'y' && configuration.value(known) !== 'y' ? 'choosing it changes nothing' : null;
    }
    case 'range':
      if (known === undefined || !configuration.set(known, cause.nearest)) return `${cause.nearest} is refused`;
      return configuration.set(known, wanted) ? `${wanted} is not refused` : null;
    case 'malformed':
    case 'empty-text':
      return known !== undefined && wanted !== '' && wanted !== '""' && configuration.set(known, wanted)
        ? 'it is not refused'
        : null;
    case 'not-tristate':
      return known?.type === cause.type ? null : 'it is of another type';
    case 'no-modules':
      return configuration.tri(kconfig.modules) === NO ? null : 'there are modules';
    case 'unknown':
      if (known !== undefined && known.menus.length > 0 && !known.transitional) return 'it is defined';
      return cause.near.every((name) => (configuration.symbol(name)?.menus.length ?? 0) > 0)
        ? null
        : 'a near name is not defined';
    case 'first-pass':
    case 'out-of-range':
    case 'implied':
    case 'choice':
    case 'two-yes':
    case 'overridden':
    case 'conflict':
    case 'spelling':
    case 'recorded':
    case 'unmet':
    case 'invisible':
    case 'dependencies-hold':
      return null;
  }
}

const off = (by: readonly { symbol: string }[]): Held => new Map(by.map((each) => [each.symbol, 'n']));

/** Values that make a condition true; null where no symbol can. */
function held(condition: Condition): Held | null {
  switch (condition.kind) {
    case 'symbol':
      return condition.symbol === 'n' || condition.symbol === 'm'
        ? null
        : new Map([[condition.symbol, condition.needed]]);
    case 'off':
      return new Map([[condition.symbol, condition.most]]);
    case 'comparison':
      return null;
    case 'all': {
      const all = condition.of.map(held);
      return all.includes(null) ? null : new Map(all.flatMap((each) => [...(each ?? [])]));
    }
    case 'any':
      return condition.of.map(held).find((each) => each !== null) ?? null;
  }
}

/** Holds the symbols where they are said to have to be: what is in the way then, if anything, is something else. */
function tried(configuration: Configuration, symbol: string, wanted: string, values: Held | null): string | null {
  if (values === null) return null;
  configuration.clear();
  for (const [name, value] of values) {
    const known = configuration.symbol(name);
    if (known === undefined) continue;
    configuration.state.valid[known.id] = 1;
    configuration.state.tri[known.id] = value === 'y' ? YES : value === 'm' ? MOD : NO;
  }
  const left = obstacleTo(configuration, symbol, wanted);
  const repeated = left === null ? [] : missingIn(left).filter(([name, value]) => values.get(name) === value);
  return repeated.length === 0 ? null : `then still ${JSON.stringify(left)}`;
}

/** What an obstacle says of each symbol that it names. */
function missingIn(obstacle: Obstacle): [string, string][] {
  if (obstacle.kind === 'needs') return leaves(obstacle.condition);
  if (obstacle.kind === 'selected') return [...off(obstacle.by)];
  if (obstacle.kind !== 'no-prompt') return [];
  const { needs, setBy, reach } = obstacle;
  const conditions = [needs, reach ?? null].flatMap((condition) => (condition === null ? [] : leaves(condition)));
  return setBy.kind === 'select' ? [...conditions, ...off(setBy.by)] : conditions;
}

function leaves(condition: Condition): [string, string][] {
  switch (condition.kind) {
    case 'symbol':
      return [[condition.symbol, condition.needed]];
    case 'off':
      return [[condition.symbol, condition.most]];
    case 'comparison':
      return [];
    case 'all':
    case 'any':
      return condition.of.flatMap(leaves);
  }
}
