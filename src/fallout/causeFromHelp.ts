/** Why kconfig did not give what was wanted, from the help it printed with live values. */
import type { Cause, Holder } from '../model/cause.ts';
import { below, evaluate, firstSymbol, parseExpression, type Level } from '../script/helpExpression.ts';
import type { Branch, Observation, SymbolHelp } from '../model/observation.ts';

const LEVEL = { n: 0, m: 1, y: 2 } as const;

/** A value that is no tristate asks for as much as y does. */
const levelOf = (value: string | null): Level => (value === 'n' || value === 'm' ? LEVEL[value] : 2);

/** The cause that the session showed for a symbol; null where kconfig printed no help for it, or the help does not say. */
export function causeIn({ help }: Observation, symbol: string, wanted: string | null): Cause | null {
  const own = help.get(symbol);
  return own === undefined ? null : causeOf(own, wanted);
}

/**
 * The cause that a symbol's help gives for a refused answer: what selects it where less was wanted than it has, what
 * its `Depends on:` lacks where more was wanted. Null where the help shows neither.
 */
export function causeOf(help: SymbolHelp, wanted: string | null): Cause | null {
  const wantedLevel = levelOf(wanted);
  const selectors = holders(help.selectedBy).filter(({ level }) => LEVEL[level] > wantedLevel);
  if (selectors.length > 0) return { kind: 'selected', by: selectors };
  const dependsOn = joinOr(help.dependsOn);
  const unmet = lacking('unmet', dependsOn, wantedLevel) ?? lacking('invisible', joinOr(help.visibleIf), wantedLevel);
  if (unmet !== null) return unmet;
  if (wanted === 'm' && help.type !== null && help.type !== 'tristate')
    return { kind: 'not-tristate', type: help.type };
  const impliedBy = holders(help.impliedBy);
  if (impliedBy.length > 0 && wantedLevel < 2) return { kind: 'implied', by: impliedBy };
  if (wanted === 'm' && help.type === 'tristate') return { kind: 'no-modules' };
  return dependsOn === null ? null : { kind: 'dependencies-hold', expression: dependsOn };
}

/** A cause as it is when the symbols have these values; null where they refute it. What no value decides stays. */
export function causeNow(cause: Cause, wanted: string | null, value: (symbol: string) => string): Cause | null {
  const live = (expression: string): string =>
    expression.replace(/([\w.-]+) \[=[^\]]*\]/g, (_, symbol: string) => `${symbol} [=${value(symbol)}]`);
  switch (cause.kind) {
    case 'selected':
    case 'implied': {
      const by = cause.by.filter(({ symbol }) => value(symbol) !== 'n');
      return by.length === 0 ? null : { ...cause, by };
    }
    case 'unmet':
    case 'invisible':
      // What cannot be asked for cannot be turned off either: n misses it as m does.
      return lacking(cause.kind, live(cause.expression), wanted === 'n' ? LEVEL.m : levelOf(wanted));
    case 'dependencies-hold': {
      const expression = live(cause.expression);
      return lacking('unmet', expression, levelOf(wanted)) ?? { ...cause, expression };
    }
    case 'no-modules':
      return value('MODULES') === 'n' ? cause : null;
    case 'not-tristate':
    case 'choice':
    case 'two-yes':
    case 'overridden':
    case 'conflict':
    case 'spelling':
    case 'recorded':
      return cause;
  }
}

function lacking(kind: 'unmet' | 'invisible', expression: string | null, wanted: Level): Cause | null {
  const parsed = expression === null ? null : parseExpression(expression);
  if (expression === null || parsed === null) return null;
  const symbols = new Map(below(parsed, wanted).map((symbol) => [symbol.name, symbol.value]));
  const unmet = [...symbols].map(([symbol, value]) => ({ symbol, value }));
  return unmet.length === 0 ? null : { kind, expression, unmet };
}

/** The selecting symbols of the branches that hold, each with the highest level it holds at. */
function holders(branches: readonly Branch[]): Holder[] {
  const levels = new Map<string, Level>();
  for (const { expression, level } of branches) {
    const symbol = firstSymbol(expression);
    if (symbol === null) continue;
    const parsed = parseExpression(expression);
    const value = parsed === null ? levelOf(level) : evaluate(parsed);
    if (value > 0 && level !== 'n') levels.set(symbol, Math.max(value, levels.get(symbol) ?? 0) as Level);
  }
  return [...levels].map(([symbol, level]) => ({ symbol, level: level === 2 ? 'y' : 'm' }));
}

function joinOr(expressions: readonly string[]): string | null {
  if (expressions.length < 2) return expressions[0] ?? null;
  return expressions.map((expression) => (/&&|\|\|/.test(expression) ? `(${expression})` : expression)).join(' || ');
}
