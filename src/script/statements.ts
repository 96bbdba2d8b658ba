/** What one line of the log states that is neither a question nor what kconfig printed. */
import type { Complaint, Refusal, Severity } from '../model/observation.ts';
import { LINE } from './logLines.ts';
import { currentIn, offeredIn } from './offered.ts';

/** Trouble with the request, the script or the toolchain, whatever the settings are. */
export type Fault =
  | { kind: 'invalid'; line: string; isFatal: boolean }
  | { kind: 'unanswerable'; question: string }
  | { kind: 'toolchain'; line: string };

export type Statement =
  /** `isGraded`: scripts before 2018 print errors and warnings alike. */
  | { kind: 'complaint'; complaint: Complaint; isGraded: boolean }
  | { kind: 'refusal'; refusal: Refusal }
  | { kind: 'fault'; fault: Fault }
  /** The script dies with the prompt of the question before it, */
  | { kind: 'repeated'; prompt: string }
  /** and at the choice listed before it. */
  | { kind: 'conflicting' };

type Reader = (parts: readonly (string | undefined)[], line: string) => Statement | null;

const READERS: readonly [RegExp, Reader][] = [
  [LINE.unused, ([, grade, symbol = '']) => complaint(grade, { kind: 'unused', symbol, severity: severityOf(grade) })],
  [
    LINE.value,
    ([, grade, symbol = '', wanted = null, got = null]) =>
      complaint(grade, { kind: 'value', symbol, wanted, got, severity: severityOf(grade) }),
  ],
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

/** `SYMBOL: 'y' is not offered by [N/m/?], using 'm`; some scripts name the prompt instead of the symbol. */
function clamped(text: string): Statement | null {
  const parts = partsOf(text, [": '", "' is not offered by [", "], using '"]);
  if (parts === null) return null;
  const [what = '', asked = '', alts = '', used = ''] = parts;
  const symbol = /^[A-Za-z0-9_]+$/.test(what) ? what : null;
  const prompt = symbol === null ? what : '';
  return {
    kind: 'refusal',
    refusal: { kind: 'clamped', symbol, prompt, asked, offered: offeredIn(alts) ?? [], used },
  };
}

function probeRefused([, symbol = '', answer = '', offered = '', used = '']: readonly (
  string | undefined
)[]): Statement {
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

/** What stands between the separators, each looked for behind the one before; null where one is missing. */
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
