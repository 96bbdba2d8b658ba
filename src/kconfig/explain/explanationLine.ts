import { NO } from '../tree/model.ts';
import type { Explanation, ReverseDependency } from './explanation.ts';

const MOST_NAMES = 4;

/** An explanation in one line: `CRC32=m: selected by BTRFS_FS (m); could be m, y`. */
export function explainLine(explanation: Explanation): string {
  const { symbol, value } = explanation;
  const shown = explanation.type === 'string' ? `"${value}"` : value;
  return `${symbol}=${shown}: ${[reasonText(explanation), ...remarks(explanation)].join('; ')}`;
}

function reasonText(explanation: Explanation): string {
  const { reason } = explanation;
  switch (reason.kind) {
    case 'undefined':
      return 'no Kconfig file of this tree defines it';
    case 'user':
      return 'as the user set it';
    case 'selected':
      return `selected by ${forcing(explanation.selectedBy)}`;
    case 'implied':
      return `implied by ${forcing(explanation.impliedBy)}`;
    case 'default':
      return `default ${reason.value} (${reason.file}:${reason.line})`;
    case 'chosen':
      return reason.by === 'user' ? 'the member of its choice that the user set' : 'the default of its choice';
    case 'not chosen':
      return reason.chosen === null ? 'no member of its choice is visible' : `its choice has ${reason.chosen}`;
    case 'range':
      return `kept between ${reason.low} and ${reason.high}`;
    case 'none':
      return 'no default applies';
  }
}

function remarks(explanation: Explanation): string[] {
  const { reason, user, value, hidden, unmet, possible, prompted } = explanation;
  if (reason.kind === 'undefined') return [];
  const parts: string[] = [];
  if (user !== null && user !== value) parts.push(`the user's ${user} does not hold`);
  if (!prompted) parts.push('it has no prompt');
  else if (hidden.length > 0) {
    const verb = hidden.every((part) => part.value === NO) ? 'depends on' : 'limited by';
    parts.push(`${verb} ${hidden.map((part) => part.condition).join(' and ')}`);
  }
  if (unmet.length > 0) parts.push(`although it depends on ${unmet.map((part) => part.condition).join(' and ')}`);
  if (reason.kind === 'user' && explanation.selectedBy.some((other) => other.forces !== NO))
    parts.push(`also selected by ${forcing(explanation.selectedBy)}`);
  if (possible.length > 0) parts.push(`could be ${possible.join(', ')}`);
  return parts;
}

/** The symbols that force the highest value; the first few by name. */
function forcing(reverse: readonly ReverseDependency[]): string {
  const most = Math.max(...reverse.map((other) => other.forces));
  const names = reverse
    .filter((other) => other.forces === most && most !== NO)
    .map((other) => `${other.symbol} (${other.value})`);
  const more = names.length - MOST_NAMES;
  return more <= 0 ? names.join(', ') : `${names.slice(0, MOST_NAMES).join(', ')} and ${more} more`;
}
