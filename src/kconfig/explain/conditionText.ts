import type { Condition } from './condition.ts';

/** So many operands of a condition are named, and so many of one in parentheses. */
const MOST_NAMED = 4;
const MOST_INSIDE = 2;

/** What has to change so that a condition holds: `needs EXPERT or PREEMPT_RT`, `Q must be off`, `needs USB=y, it is m`. */
export function needsText(condition: Condition): string {
  switch (condition.kind) {
    case 'off':
      return `${condition.symbol} must ${condition.most === 'n' ? 'be off' : 'not be y'}`;
    case 'symbol':
      // What a compiler or an architecture does not offer stands in the tree as `n`.
      if (condition.symbol === 'n') return 'never offered by this compiler and architecture';
      if (condition.symbol === 'm') return 'never more than m';
      return `needs ${symbolText(condition)}${isAlmost(condition) ? `, it is ${condition.value}` : ''}`;
    case 'comparison':
      return `needs ${comparisonText(condition)}, it is ${shown(condition.leftValue)}`;
    case 'all':
    case 'any':
      return `needs ${operandText(condition, MOST_NAMED)}`;
  }
}

/** A condition within a sentence: `EXPERT and (SMP or Q off)`. */
function operandText(condition: Condition, most: number): string {
  switch (condition.kind) {
    case 'off':
      return `${condition.symbol} ${condition.most === 'n' ? 'off' : 'not y'}`;
    case 'symbol':
      return isAlmost(condition) ? `${symbolText(condition)} (it is ${condition.value})` : symbolText(condition);
    case 'comparison':
      return `${comparisonText(condition)} (it is ${shown(condition.leftValue)})`;
    case 'all':
    case 'any': {
      const all = condition.of.map((each) => {
        const text = operandText(each, MOST_INSIDE);
        return each.kind === 'all' || each.kind === 'any' ? `(${text})` : text;
      });
      return listText(all, condition.kind === 'all' ? 'and' : 'or', { most, further: condition.more });
    }
  }
}

/** Whether the symbol is on, but not high enough. */
const isAlmost = ({ value, needed }: Extract<Condition, { kind: 'symbol' }>): boolean =>
  needed === 'y' && value === 'm';

const symbolText = (condition: Extract<Condition, { kind: 'symbol' }>): string =>
  isAlmost(condition) ? `${condition.symbol}=y` : condition.symbol;

function comparisonText({ left, operator, right, rightValue }: Extract<Condition, { kind: 'comparison' }>): string {
  const sign = operator === '=' || operator === '!=' ? operator : ` ${operator} `;
  const value = right === rightValue ? '' : ` (${shown(rightValue)})`;
  return `${left}${sign}${shown(right)}${value}`;
}

const shown = (value: string): string => (value === '' ? 'empty' : value);

/** `A, B and C`, `A, B, C, D or 3 more`; `further` words are not among them. */
export function listText(
  words: readonly string[],
  conjunction: 'and' | 'or',
  { most = MOST_NAMED, further = 0 }: { most?: number; further?: number | undefined } = {},
): string {
  const hidden = Math.max(0, words.length - most) + further;
  const named = hidden > 1 || further > 0 ? [...words.slice(0, most), `${hidden} more`] : words;
  const last = named.at(-1) ?? '';
  return named.length < 2 ? last : `${named.slice(0, -1).join(', ')} ${conjunction} ${last}`;
}
