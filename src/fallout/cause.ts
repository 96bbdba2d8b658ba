/** Why kconfig did not give what was wanted, from the help it printed with live values. */
import type { Cause, Tristate } from '../words.ts';
import { below, evaluate, firstSymbol, parseExpression, type Level } from './expression.ts';
import type { Branch, SymbolHelp } from './help.ts';

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

  const holding = selectedBy.filter((selector) => LEVEL[selector.level ?? 'y'] === undefined || (LEVEL[selector.level ?? 'y'] ?? 0) > wantedLevel);
  const text =
    holding.length > 0
      ? `selected by ${list(holding.map((selector) => selector.symbol))}`
      : lacking.length > 0
        ? `depends on ${list(lacking.map((symbol) => `${symbol.name} [=${symbol.value}]`))}`
        : wanted === 'm' && (help.type === 'bool' || help.type === 'boolean')
          ? 'it is a bool: it cannot be m'
          : impliedBy.length > 0 && selectedBy.length === 0 && wantedLevel < 2
            ? `implied by ${list(impliedBy.map((symbol) => symbol.symbol))}`
            : null;
  return text === null && Object.keys(cause).length === 0 ? null : { ...cause, text: text ?? `depends on ${dependsOn ?? 'what this log does not say'}` };
}

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
