/** Causes that were found before, in the light of a result. */
import { joined, lackingIn } from '../kconfig/index.ts';
import type { Cause, Condition, Holder } from '../model/cause.ts';
import { holds, levelOf, parseExpression } from '../script/helpExpression.ts';
import { wantedLevel } from './causeFromHelp.ts';

/** What a result gives a symbol; undefined where it does not name it. */
export type ValueOf = (symbol: string) => string | undefined;

/** A cause as it is when the symbols have these values: itself where they change nothing, null where they refute it. What no value decides stays. */
export function causeNow(cause: Cause, wanted: string | null, value: ValueOf): Cause | null {
  switch (cause.kind) {
    case 'selected':
    case 'implied': {
      const by = stillOn(cause.by, value);
      if (by.length === 0) return null;
      return by.length === cause.by.length ? cause : { ...cause, by };
    }
    case 'needs': {
      const condition = conditionNow(cause.condition, value);
      if (condition === null) return null;
      return condition === cause.condition ? cause : { ...cause, condition };
    }
    case 'no-prompt':
      return noPromptNow(cause, value);
    case 'not-tristate': {
      const { needs, ...rest } = cause;
      const lacks = needs === undefined ? null : conditionNow(needs, value);
      return lacks === null ? rest : { ...rest, needs: lacks };
    }
    case 'chosen':
      return value(cause.has) === 'y' ? cause : null;
    case 'unmet':
    case 'invisible':
    case 'dependencies-hold':
      return recordedNow(cause, wanted, value);
    case 'no-modules':
      return (value('MODULES') ?? 'n') === 'n' ? cause : null;
    case 'range':
    case 'out-of-range':
    case 'malformed':
    case 'empty-text':
    case 'first-pass':
    case 'unknown':
    case 'choice':
    case 'two-yes':
    case 'overridden':
    case 'conflict':
    case 'spelling':
    case 'recorded':
      return cause;
  }
}

function stillOn(by: readonly Holder[], value: ValueOf): Holder[] {
  const isOn = (symbol: string): boolean => (value(symbol) ?? 'n') !== 'n';
  return by
    .filter(({ symbol }) => isOn(symbol))
    .map(({ heldBy = [], ...holder }) => {
      const held = heldBy.filter(isOn);
      return held.length === 0 ? holder : { ...holder, heldBy: held };
    });
}

/** What is still lacking, itself where nothing changed; null where the condition holds. A symbol that a result does not name is n. */
function conditionNow(condition: Condition, value: ValueOf): Condition | null {
  switch (condition.kind) {
    case 'symbol': {
      const now = constant(condition.symbol) ?? value(condition.symbol) ?? 'n';
      return levelOf(now) >= levelOf(condition.needed) ? null : withValue(condition, now);
    }
    case 'off': {
      const now = constant(condition.symbol) ?? value(condition.symbol) ?? 'n';
      return levelOf(now) <= levelOf(condition.most) ? null : withValue(condition, now);
    }
    case 'comparison': {
      // What stands in no .config, as an architecture's name, stays what it was.
      const leftValue = value(condition.left) ?? condition.leftValue;
      const rightValue = value(condition.right) ?? condition.rightValue;
      if (holds(leftValue, condition.operator, rightValue)) return null;
      const isSame = leftValue === condition.leftValue && rightValue === condition.rightValue;
      return isSame ? condition : { ...condition, leftValue, rightValue };
    }
    case 'all':
    case 'any': {
      const of = condition.of.map((each) => conditionNow(each, value));
      if (of.every((each, index) => each === condition.of[index])) return condition;
      if (condition.kind === 'any' && of.includes(null)) return null;
      const now = joined(condition.kind, of);
      return now?.kind === condition.kind && condition.more !== undefined ? { ...now, more: condition.more } : now;
    }
  }
}

const withValue = <Leaf extends { value: string }>(leaf: Leaf, value: string): Leaf =>
  leaf.value === value ? leaf : { ...leaf, value };

const constant = (symbol: string): string | null => (symbol === 'n' || symbol === 'm' ? symbol : null);

/** Once it can be asked for, or nothing sets it any more, the cause has gone. */
function noPromptNow(cause: Extract<Cause, { kind: 'no-prompt' }>, value: ValueOf): Cause | null {
  const needs = cause.needs === null ? null : conditionNow(cause.needs, value);
  if (cause.needs !== null && needs === null) return null;
  const { setBy, reach } = cause;
  const reachNow = reach === undefined ? undefined : conditionNow(reach, value);
  if (reachNow === null) return null;
  const lacks = reachNow === undefined ? {} : { reach: reachNow };
  const isSame = needs === cause.needs && reachNow === reach;
  if (setBy.kind !== 'select' && setBy.kind !== 'imply') return isSame ? cause : { ...cause, needs, ...lacks };
  const by = stillOn(setBy.by, value);
  if (by.length === 0) return null;
  return isSame && by.length === setBy.by.length ? cause : { ...cause, needs, setBy: { ...setBy, by }, ...lacks };
}

/** The kinds that earlier versions recorded keep their words. */
function recordedNow(
  cause: Extract<Cause, { kind: 'unmet' | 'invisible' | 'dependencies-hold' }>,
  wanted: string | null,
  value: ValueOf,
): Cause | null {
  const expression = cause.expression.replace(
    /([\w.-]+) \[=[^\]]*\]/g,
    (_, symbol: string) => `${symbol} [=${value(symbol) ?? 'n'}]`,
  );
  const parsed = parseExpression(expression);
  // What cannot be asked for cannot be turned off either: n misses it as m does.
  const isHidden = wanted === 'n' && cause.kind !== 'dependencies-hold';
  const condition = parsed === null ? null : lackingIn(parsed, isHidden ? 1 : wantedLevel(wanted));
  if (condition === null) return cause.kind === 'dependencies-hold' ? { ...cause, expression } : null;
  if (cause.kind === 'dependencies-hold') return { kind: 'needs', condition };
  const unmet = new Map(leaves(condition).map((leaf) => [leaf.symbol, leaf.value]));
  return { kind: cause.kind, expression, unmet: [...unmet].map(([symbol, now]) => ({ symbol, value: now })) };
}

function leaves(condition: Condition): { symbol: string; value: string }[] {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.flatMap(leaves);
    case 'comparison':
      return [{ symbol: condition.left, value: condition.leftValue }];
    case 'symbol':
    case 'off':
      return [condition];
  }
}
