/** Why kconfig did not give what was wanted, from the help it printed with live values. */
import type { Cause } from '../model/cause.ts';
import type { Tristate } from '../model/value.ts';
import { below, evaluate, firstSymbol, parseExpression, type Level } from '../script/helpExpression.ts';
import type { Branch, SymbolHelp } from '../script/symbolHelp.ts';

const LEVEL: Record<string, Level> = { n: 0, m: 1, y: 2 };
const TRISTATE: Tristate[] = ['n', 'm', 'y'];

/**
 * The cause that a symbol's help gives for a refused answer: what selects it where less was wanted than it has, what
 * its `Depends on:` lacks where more was wanted. Null where the help tells neither.
 */
export function causeOf(help: SymbolHelp, wanted: string | null): Cause | null {
  const cause: Omit<Cause, 'text'> = {};
  const selectedBy = holders(help.selectedBy);
  const impliedBy = holders(help.impliedBy);
  if (selectedBy.length > 0) cause.selectedBy = selectedBy;
  if (impliedBy.length > 0) cause.impliedBy = impliedBy;
  const dependsOn = joinOr(help.dependsOn);
  if (dependsOn !== null) cause.dependsOn = dependsOn;
  const wantedLevel = LEVEL[wanted ?? ''] ?? 2;
  const expression = dependsOn === null ? null : parseExpression(dependsOn);
  const lacking = expression === null ? [] : distinct(below(expression, wantedLevel));
  if (lacking.length > 0) cause.unmet = lacking.map((symbol) => symbol.name);

  const hidden = joinOr(help.visibleIf);
  const condition = hidden === null ? null : parseExpression(hidden);
  const invisible = condition === null ? [] : distinct(below(condition, wantedLevel));

  const holding = selectedBy.filter(({ level }) => (LEVEL[level ?? 'y'] ?? 2) > wantedLevel);
  const text = ((): string | null => {
    if (holding.length > 0) return `selected by ${list(holding.map((selector) => selector.symbol))}`;
    if (lacking.length > 0) return `depends on ${withValues(lacking)}`;
    if (invisible.length > 0) return `visible if ${withValues(invisible)}`;
    if (wanted === 'm' && help.type !== null && help.type !== 'tristate') return `it is a ${help.type}: it cannot be m`;
    if (impliedBy.length > 0 && wantedLevel < 2) return `implied by ${list(impliedBy.map((symbol) => symbol.symbol))}`;
    if (wanted === 'm' && help.type === 'tristate') return 'there are no modules: MODULES is off';
    return dependsOn === null ? null : `depends on ${dependsOn}, which holds: the log does not say more`;
  })();
  return text === null ? null : { ...cause, text };
}

const withValues = (symbols: { name: string; value: string }[]): string =>
  list(symbols.map(({ name, value }) => `${name} [=${value}]`));

/** The selecting symbols of the branches that hold, each with the highest level it holds at. */
function holders(branches: readonly Branch[]): { symbol: string; level: Tristate | null }[] {
  const levels = new Map<string, Level>();
  for (const { expression, level } of branches) {
    const symbol = firstSymbol(expression);
    if (symbol === null) continue;
    const parsed = parseExpression(expression);
    const value = parsed === null ? (LEVEL[level ?? 'y'] ?? 2) : evaluate(parsed);
    if (value > 0 && level !== 'n') levels.set(symbol, Math.max(value, levels.get(symbol) ?? 0) as Level);
  }
  return [...levels].map(([symbol, level]) => ({ symbol, level: TRISTATE[level] ?? null }));
}

function joinOr(expressions: readonly string[]): string | null {
  if (expressions.length < 2) return expressions[0] ?? null;
  return expressions.map((expression) => (/&&|\|\|/.test(expression) ? `(${expression})` : expression)).join(' || ');
}

function distinct(symbols: { name: string; value: string }[]): { name: string; value: string }[] {
  return [...new Map(symbols.map((symbol) => [symbol.name, symbol])).values()];
}

function list(names: string[]): string {
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}
