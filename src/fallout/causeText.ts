import type { Cause } from '../model/cause.ts';
import { askerName } from '../model/asker.ts';
import { firstOf } from '../system/someOf.ts';

/** A cause in one line: `selected by RTL8192CE`, `depends on SND_SOC [=n]`. */
export function causeText(cause: Cause): string {
  switch (cause.kind) {
    case 'selected':
    case 'implied':
      return `${cause.kind} by ${list(cause.by.map(({ symbol }) => symbol))}`;
    case 'unmet':
    case 'invisible':
      return `${cause.kind === 'unmet' ? 'depends on' : 'visible if'} ${list(cause.unmet.map(({ symbol, value }) => `${symbol} [=${value}]`))}`;
    case 'dependencies-hold':
      return `depends on ${cause.expression}, which holds: the log does not say more`;
    case 'not-tristate':
      return `it is a ${cause.type}: it cannot be m`;
    case 'no-modules':
      return 'there are no modules: MODULES is off';
    case 'choice':
      return `one choice with ${cause.with.join(', ')}`;
    case 'two-yes':
      return `two of one choice are asked to be y: ${cause.members.join(', ')}`;
    case 'overridden': {
      const place = cause.position === null ? '' : ` (${cause.position.file}:${cause.position.line})`;
      return `${askerName(cause.by)} sets ${cause.value ?? 'unset'}${place}`;
    }
    case 'conflict':
      return cause.definitions.map(({ file, value }) => `${file ?? 'a patch'} says ${value}`).join(', ');
    case 'spelling':
      return 'the same value in another spelling';
    case 'recorded':
      return cause.text;
  }
}

const list = (names: string[]): string => firstOf(names, names.length <= 4 ? 4 : 3);

/** `data` as JSON. Every cause in it also has its text, for readers that do not know the kinds. */
export function jsonOf(data: unknown, indent?: number): string {
  const withText = (key: string, value: unknown): unknown =>
    key === 'cause' && typeof value === 'object' && value !== null
      ? { ...value, text: causeText(value as Cause) }
      : value;
  return JSON.stringify(data, withText, indent);
}
