/** What a line of the log states, if it is neither a question nor an echo of kconfig. */
import type { Complaint, Refusal, Severity } from '../model/observation.ts';
import { LINE } from './logLines.ts';

/** Trouble with the request, the script or the toolchain, independent of the settings. */
export type Fault =
  | { kind: 'invalid'; line: string; isFatal: boolean }
  | { kind: 'unanswerable'; question: string }
  | { kind: 'toolchain'; line: string }
  /** A verdict that is not understood, or not fully. */
  | { kind: 'unread'; line: string; severity: Severity };

export type Statement =
  /** `isGraded`: scripts before 2018 print errors and warnings alike. */
  | { kind: 'complaint'; complaint: Complaint; isGraded: boolean }
  /** A verdict in an unknown layout, and what could be read of it. */
  | { kind: 'unread'; fault: Fault; complaint: Complaint | null }
  | { kind: 'refusal'; refusal: Refusal }
  | { kind: 'fault'; fault: Fault }
  /** The script died at the question before this line, */
  | { kind: 'repeated'; prompt: string }
  /** and at the choice listed before this line. */
  | { kind: 'conflicting' };

type Parts = readonly (string | undefined)[];
type Reader = (parts: Parts, line: string) => Statement | null;

const READERS: readonly [RegExp, Reader][] = [
  [LINE.unused, ([, grade, symbol = '']) => complaint(grade, { kind: 'unused', symbol, severity: severityOf(grade) })],
  [
    LINE.value,
    ([, grade, symbol = '', wanted = null, got = null]) =>
      complaint(grade, { kind: 'value', symbol, wanted, got, severity: severityOf(grade) }),
  ],
  [LINE.verdict, oddVerdict],
  [LINE.repeated, ([, prompt = '']) => ({ kind: 'repeated', prompt: prompt.trim() })],
  [LINE.conflicting, () => ({ kind: 'conflicting' })],
  [LINE.clamped, ([, text = '']) => clamped(text)],
  [LINE.probeRefused, probeRefused],
  [LINE.invalid, ([, line = '', place]) => fault({ kind: 'invalid', line, isFatal: place !== undefined })],
  [LINE.unanswerable, ([, question = '']) => fault({ kind: 'unanswerable', question: question.trim() })],
  [LINE.toolchain, (_, line) => fault({ kind: 'toolchain', line })],
];

/** Reads a line without blanks at its end; null where it states nothing that is known. */
export function statementIn(line: string): Statement | null {
  for (const [pattern, read] of READERS) {
    const parts = pattern.exec(line);
    if (parts !== null) return read(parts, line);
  }
  return null;
}

const severityOf = (grade: string | undefined): Severity => (grade === 'error' ? 'error' : 'warning');
const complaint = (grade: string | undefined, said: Complaint): Statement => ({
  kind: 'complaint',
  complaint: said,
  isGraded: grade !== undefined,
});
const fault = (said: Fault): Statement => ({ kind: 'fault', fault: said });

/** A symbol, perhaps quoted, that ends as one. */
const ODD_SYMBOL = /^["'`]?([A-Za-z0-9_]+)["'`]?(?=[\s(,;:.\\<]|$)/;
const ODD_VALUES = /^\s*\(\s*wanted[\s:=]+(.*?),?\s+got[\s:=]+(.*?)\s*\)\s*(\S*)$/s;

/** A verdict in a layout that no script prints: other quotes, a comment after it, wrapped or escaped. */
function oddVerdict([, grade, what, text = '']: Parts, line: string): Statement {
  const severity = severityOf(grade);
  const [named = '', symbol] = ODD_SYMBOL.exec(text) ?? [];
  // The patterns need time that grows faster than the line.
  const rest = text.slice(named.length, 2000);
  const [found, ...values] = ODD_VALUES.exec(rest) ?? [];
  const [wanted = null, got = null] = values.slice(0, 2).map((value) => value.replace(/^["'`]|["'`]$/g, ''));
  const isUnused = what === 'unused option';
  const said: Complaint | null =
    symbol === undefined
      ? null
      : isUnused
        ? { kind: 'unused', symbol, severity }
        : { kind: 'value', symbol, wanted, got, severity };
  const isWhole = said !== null && (isUnused ? rest.trim() === '' : found !== undefined && values[2] === '');
  return isWhole
    ? complaint(grade, said)
    : { kind: 'unread', fault: { kind: 'unread', line, severity }, complaint: said };
}

/** `SYMBOL: 'y' is not offered by [N/m/?], using 'm`; some scripts name the prompt instead of the symbol. */
function clamped(text: string): Statement | null {
  const parts = partsOf(text, [": '", "' is not offered by [", "], using '"]);
  if (parts === null) return null;
  const [what = '', asked = '', alts = '', used = ''] = parts;
  const symbol = /^[A-Za-z0-9_]+$/.test(what) ? what : null;
  const prompt = symbol === null ? what : '';
  return { kind: 'refusal', refusal: { kind: 'clamped', symbol, prompt, asked, offered: offeredIn(alts) ?? [], used } };
}

function probeRefused([, symbol = '', answer = '', offered = '', used = '']: Parts): Statement {
  const alts = unquoted(offered).replace(/^\[(.*)\]$/, '$1');
  return {
    kind: 'refusal',
    refusal: {
      kind: 'repeated',
      symbol,
      prompt: '',
      alts,
      offered: offeredIn(alts) ?? [],
      current: currentIn(alts),
      answer: unquoted(answer),
      used: unquoted(used),
    },
  };
}

/** The text between the separators, each looked for after the one before; null where one is missing. */
function partsOf(text: string, separators: readonly string[]): string[] | null {
  const parts: string[] = [];
  let from = 0;
  for (const separator of separators) {
    const at = text.indexOf(separator, from);
    if (at < 0) return null;
    parts.push(text.slice(from, at));
    from = at + separator.length;
  }
  return [...parts, text.slice(from)];
}

const unquoted = (text: string): string => /^'(.*)'$/.exec(text)?.[1] ?? text;

/** The tristates that ALTS offers (`N/m/?` gives n, m); null when it is the current value of an int, hex or string. */
export function offeredIn(alts: string): string[] | null {
  if (!/^[YyMmNn](?:\/[YyMmNn])*(?:\/\?)?$/.test(alts) || !alts.includes('/')) return null;
  return alts
    .split('/')
    .filter((each) => each !== '?')
    .map((each) => each.toLowerCase());
}

/** The value before the answer: the capital letter of `N/m/?`, or the whole of an int, hex or string. */
export function currentIn(alts: string): string | null {
  if (offeredIn(alts) === null) return alts;
  return /[YNM]/.exec(alts)?.[0].toLowerCase() ?? null;
}
