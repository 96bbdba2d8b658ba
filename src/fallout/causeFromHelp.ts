/** Why kconfig did not give what was wanted, from the help it printed with live values. */
import { isValidText, lackingIn, type Tri } from '../kconfig/index.ts';
import type { Cause, Holder } from '../model/cause.ts';
import { firstSymbol, levelOf, parseExpression } from '../script/helpExpression.ts';
import type { Branch, Observation, Refusal, SymbolHelp } from '../model/observation.ts';

/** How much is asked for; a value that is no tristate asks for as much as y does. */
export const wantedLevel = (value: string | null): Tri => (value === 'n' || value === 'm' ? levelOf(value) : 2);

/** The cause that the session showed for a symbol: in the help that kconfig printed for it, or by how it refused a number. */
export function causeIn({ help, refusals }: Observation, symbol: string, wanted: string | null): Cause | null {
  const own = help.get(symbol);
  return (own === undefined ? null : causeOf(own, wanted)) ?? refusedNumber(refusals, symbol);
}

/** kconfig prints no help where it refuses a number. One that it can read is out of range: it has no other reason. */
function refusedNumber(refusals: readonly Refusal[], symbol: string): Cause | null {
  const refusal = refusals.find((each) => each.kind === 'repeated' && each.symbol === symbol);
  if (refusal?.kind !== 'repeated' || refusal.offered.length > 0 || refusal.current === null) return null;
  const type = /^0[xX]/.test(refusal.current) ? 'hex' : 'int';
  if (!isValidText(type, refusal.current)) return null;
  return isValidText(type, refusal.answer) ? { kind: 'out-of-range' } : { kind: 'malformed', type };
}

/**
 * The cause that a symbol's help gives for a refused answer: what selects it where less was wanted than it has, what
 * its `Depends on:` lacks where more was wanted. Null where the help shows neither.
 */
export function causeOf(help: SymbolHelp, wanted: string | null): Cause | null {
  const level = wantedLevel(wanted);
  const selectors = holders(help.selectedBy).filter((holder) => levelOf(holder.level) > level);
  if (selectors.length > 0) return { kind: 'selected', by: selectors };
  // A bool is offered y wherever it is offered anything.
  const needed = help.type === 'bool' && level > 0 ? 1 : level;
  const dependsOn = joinOr(help.dependsOn);
  const needs = needing(dependsOn, needed) ?? needing(joinOr(help.visibleIf), needed);
  if (needs !== null) return needs;
  if (wanted === 'm' && help.type !== null && help.type !== 'tristate')
    return { kind: 'not-tristate', type: help.type };
  const impliedBy = holders(help.impliedBy);
  if (impliedBy.length > 0 && level < 2) return { kind: 'implied', by: impliedBy };
  if (wanted === 'm' && help.type === 'tristate') return { kind: 'no-modules' };
  return dependsOn === null ? null : { kind: 'dependencies-hold', expression: dependsOn };
}

function needing(expression: string | null, wanted: Tri): Cause | null {
  const parsed = expression === null ? null : parseExpression(expression);
  const condition = parsed === null ? null : lackingIn(parsed, wanted);
  return condition === null ? null : { kind: 'needs', condition };
}

/** The selecting symbols of the branches that hold, each with the highest level it holds at. */
function holders(branches: readonly Branch[]): Holder[] {
  const levels = new Map<string, number>();
  for (const { expression, level } of branches) {
    const symbol = firstSymbol(expression);
    if (symbol === null) continue;
    const value = parseExpression(expression)?.level ?? wantedLevel(level);
    if (value > 0 && level !== 'n') levels.set(symbol, Math.max(value, levels.get(symbol) ?? 0));
  }
  return [...levels].map(([symbol, level]) => ({ symbol, level: level === 2 ? 'y' : 'm' }));
}

function joinOr(expressions: readonly string[]): string | null {
  if (expressions.length < 2) return expressions[0] ?? null;
  return expressions.map((expression) => (/&&|\|\|/.test(expression) ? `(${expression})` : expression)).join(' || ');
}
