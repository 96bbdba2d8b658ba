/** The functionality that only what goes made use of. */
import type { Configuration, KSymbol } from '../../kconfig/index.ts';
import type { Candidate } from './candidates.ts';
import { mentioned } from './mentioned.ts';

/**
 * Which of the candidates are libraries without a user left: they have users, all of which go, and nothing else loads them.
 * @param going the candidates that go.
 */
export function idleLibraries(
  configuration: Configuration,
  candidates: readonly Candidate[],
  going: ReadonlySet<Candidate>,
): Set<Candidate> {
  const users = usersIn(configuration);
  const gone = new Set(Array.from(going, ({ symbol }) => symbol));
  const open = candidates.filter(({ role, isOnDemand }) => role === 'functionality' && !isOnDemand);
  const idle = new Set<Candidate>();
  for (let before = -1; before < idle.size;) {
    before = idle.size;
    for (const candidate of open) {
      const own = users.get(candidate.name) ?? [];
      if (own.length === 0 || idle.has(candidate) || !own.every((user) => gone.has(user))) continue;
      idle.add(candidate);
      gone.add(candidate.symbol);
    }
  }
  return idle;
}

/** The symbols that are on and depend on a symbol or select it, under any condition, by its name. */
function usersIn(configuration: Configuration): Map<string, KSymbol[]> {
  const users = new Map<string, KSymbol[]>();
  for (const symbol of configuration.kconfig.symbols) {
    if (symbol.name === null || symbol.constant || configuration.value(symbol) === 'n') continue;
    if (!configuration.isWritten(symbol)) continue;
    for (const name of mentioned(symbol)) users.set(name, [...(users.get(name) ?? []), symbol]);
  }
  return users;
}
