/** generate-config.pl's transcript to facts. Source: nixpkgs' pkgs/os-specific/linux/kernel/generate-config.pl, 2010 to 2026. */
import type { Choice, ChoiceMember, Fact, Question, Severity, Transcript, Verdict } from './transcript.ts';
import { readHelp, type SymbolHelp } from './symbolHelp.ts';
import { offeredIn } from './offered.ts';

export type TranscriptOptions = {
  /**
   * Whether the derivation was built. Scripts before 2018 print fatal lines and harmless ones alike: there the last
   * line of a failed build's verdict is the fatal one. Unknown: it is, when nothing follows it.
   */
  succeeded?: boolean;
};

// A value may hold a carriage return, or another character that `.` alone leaves out.
// Lines come without the blanks behind them: looking for these at each letter would take the square of a line's length.
const AT = String.raw`(?: at \S+ line \d+(?:, <\w+> (?:line|chunk) \d+)?\.)?$`;
const UNUSED = new RegExp(`^(?:(error|warning): )?unused option: ([A-Za-z0-9_]+)${AT}`, 's');
const VALUE = new RegExp(
  `^(?:(error|warning): )?option not set correctly: ([A-Za-z0-9_]+)(?: \\(wanted '(.*?)', got '(.*)'\\))?${AT}`,
  's',
);
const REPEATED = new RegExp(`^repeated question:(.*?)${AT}`, 's');
const CONFLICTING = new RegExp(`^conflicting answers!${AT}`, 's');
const PROBE = /^probe: refused ([A-Za-z0-9_]+) wanted (.*?) offered (.*) using(?: (.*))?$/s;
const INVALID = new RegExp(`^(?:invalid config line: .*?|Could not (?:open answer file|read \\.config).*?)${AT}`, 's');
const UNANSWERABLE = /^don't know how to answer this question: (.*)$/s;
const TOOLCHAIN = /^Kernel config didn't .*$/s;
const NUMBERED = /^\s*(>?)\s*(\d+)\.\s/;
/** Longer than any line of the script: the patterns below need time that grows faster than a line. */
const MAX_LINE = 8192;
/** What follows a help without a question behind it is no help. */
const MAX_HELP_LINES = 2000;
const WRITTEN = /^# (?:configuration written to|No change to) /;

/**
 * Reads a transcript: the log of a linux-config derivation, or any text that holds one (with Nix's own lines already
 * apart). Never fails; a line that nobody knows is passed over. Of a log cut to its tail it gives what is left.
 */
export function readTranscript(log: string | readonly string[], options: TranscriptOptions = {}): Transcript {
  const lines = typeof log === 'string' ? log.split('\n') : log;
  const facts: Fact[] = [];
  const questions = new Map<string, Question>();
  const choices: Choice[] = [];
  const help = new Map<string, SymbolHelp>();
  let asked = 0;
  let written = 0;
  let finished = false;
  let last: Question | null = null;
  let listing: { members: ChoiceMember[]; current: string | null } = { members: [], current: null };
  const unprefixed: { fact: Fact & { severity: Severity }; line: number }[] = [];
  let lastLine = -1;
  let makeFailed: string | null = null;
  let helpLines: string[] = [];

  const endHelp = (): void => {
    const read = readHelp(helpLines);
    if (read !== null) help.set(read.symbol, read);
    helpLines = [];
  };

  const question = (line: string): void => {
    endHelp();
    const named = line.indexOf(', NAME: ', 9);
    const alts = line.indexOf(', ALTS: ', named);
    const answer = line.indexOf(', ANSWER:', alts);
    if (named < 0 || alts < 0 || answer < 0) return;
    const symbol = line.slice(named + 8, alts);
    const known = questions.get(symbol);
    last = {
      symbol,
      prompt: line.slice(10, named),
      alts: line.slice(alts + 8, answer),
      answer: line.slice(answer + 10).trimEnd(),
      asked: (known?.asked ?? 0) + 1,
    };
    questions.set(symbol, last);
    asked++;
    finished = false;
    listing = { members: [], current: null };
  };

  const got = (line: string): void => {
    const text = line.slice(5);
    const first = text.trimStart().charCodeAt(0);
    if (first === 83 && text.startsWith('Symbol: ')) {
      endHelp();
      helpLines = [text];
    } else if (helpLines.length > 0 && helpLines.length < MAX_HELP_LINES) helpLines.push(text);
    const numbered = first === 62 || (first >= 48 && first <= 57) ? NUMBERED.exec(text) : null;
    if (numbered !== null) {
      const member = namedIn(text.slice(numbered[0].length));
      if (member === null) return;
      listing.members.push({ ...member, number: Number(numbered[2]) });
      if (numbered[1] !== '') listing.current = member.symbol;
      return;
    }
    if (listing.members.length > 0) listing = { members: [], current: null };
    if (first === 109 && text.startsWith('make') && text.includes(': *** ')) makeFailed ??= text;
    else if (first === 35 && WRITTEN.test(text.trimStart())) {
      written++;
      finished = true;
    }
  };

  const stated = (line: string, index: number): void => {
    const fact = statement(line.trimEnd(), last, listing);
    if (fact === null) return;
    facts.push(fact);
    if ((fact.kind === 'unused' || fact.kind === 'value') && !/^(?:error|warning): /.test(line))
      unprefixed.push({ fact, line: index });
  };

  for (let i = 0; i < lines.length; i++) {
    let line = lines[i] ?? '';
    if (line === '') continue;
    if (line.length > MAX_LINE) line = line.slice(0, MAX_LINE);
    lastLine = i;
    const first = line.charCodeAt(0);
    if (first === 71 && line.startsWith('GOT:')) got(line);
    else if (first === 81 && line.startsWith('QUESTION: ')) question(line);
    else if (first === 67 && line.startsWith('CHOICE: ')) {
      const answer = /, ANSWER:\s*(\d+)/.exec(line)?.[1];
      if (listing.members.length > 0)
        choices.push({ ...listing, answer: answer === undefined ? null : Number(answer) });
      listing = { members: [], current: null };
      finished = false;
      endHelp();
    } else stated(line, i);
  }
  endHelp();

  const fatal = unprefixed.at(-1);
  if (fatal !== undefined && (options.succeeded === undefined ? fatal.line === lastLine : !options.succeeded))
    fatal.fact.severity = 'error';
  const died = facts.some(
    (fact) =>
      fact.kind === 'choice' ||
      (fact.kind === 'repeated' && fact.used === null) ||
      (fact.kind === 'invalid' && fact.fatal),
  );
  const judged = facts.some((fact) => fact.kind === 'unused' || fact.kind === 'value');
  const ended = verdict();
  return {
    facts,
    questions,
    asked,
    choices,
    help,
    verdict: ended,
    whole: !died && ended.kind !== 'no-verdict' && !endsAtOnlyError(facts),
    makeFailed,
  };

  function verdict(): Verdict {
    if (facts.some((fact) => 'severity' in fact && fact.severity === 'error')) return { kind: 'errors' };
    if (died) return { kind: 'died' };
    // A tail may show the end of the second pass only.
    const complete = finished && (written > 1 || judged);
    return complete || judged || (options.succeeded === true && asked > 0)
      ? { kind: 'passed' }
      : { kind: 'no-verdict' };
  }
}

/** Whether the verdict ends with its only error: a script that stops at the first one looks like this. */
function endsAtOnlyError(facts: readonly Fact[]): boolean {
  const errors = facts.filter((fact) => 'severity' in fact && fact.severity === 'error');
  return errors.length === 1 && facts.at(-1) === errors[0];
}

/** What a line that is no question and no echo states, if anything. */
function statement(
  line: string,
  last: Question | null,
  listing: { members: ChoiceMember[]; current: string | null },
): Fact | null {
  const unused = UNUSED.exec(line);
  if (unused?.[2] !== undefined) return { kind: 'unused', symbol: unused[2], severity: severity(unused[1]) };
  const value = VALUE.exec(line);
  if (value?.[2] !== undefined)
    return {
      kind: 'value',
      symbol: value[2],
      wanted: value[3] ?? null,
      got: value[4] ?? null,
      severity: severity(value[1]),
    };
  const repeated = REPEATED.exec(line);
  if (repeated !== null) return repeatedFact(repeated[1] ?? '', last);
  if (CONFLICTING.test(line))
    return { kind: 'choice', choice: listing.members.length > 0 ? { ...listing, answer: null } : null };
  const clamped =
    line.startsWith('clamped ') && line.endsWith("'")
      ? partsOf(line.slice(8, -1), [": '", "' is not offered by [", "], using '"])
      : null;
  if (clamped !== null) {
    const [what = '', asked = '', alts = '', used = ''] = clamped;
    const symbol = /^[A-Za-z0-9_]+$/.test(what) ? what : null;
    return {
      kind: 'clamped',
      symbol,
      prompt: symbol === null ? what : '',
      asked,
      offered: offeredIn(alts) ?? [],
      used,
    };
  }
  const probe = PROBE.exec(line);
  if (probe?.[1] !== undefined) {
    const alts = unquote(probe[3] ?? '').replace(/^\[(.*)\]$/, '$1');
    const offered = offeredIn(alts);
    return {
      kind: 'repeated',
      symbol: probe[1],
      prompt: '',
      alts,
      offered: offered ?? [],
      current: currentIn(alts),
      answer: unquote(probe[2] ?? ''),
      used: unquote(probe[4] ?? ''),
    };
  }
  if (INVALID.test(line))
    return { kind: 'invalid', line: line.replace(/ at \S+ line \d+.*$/, ''), fatal: / at \S+ line \d+/.test(line) };
  const unanswerable = UNANSWERABLE.exec(line);
  if (unanswerable !== null) return { kind: 'unanswerable', question: (unanswerable[1] ?? '').trim() };
  return TOOLCHAIN.test(line) ? { kind: 'toolchain', line } : null;
}

/** A member's prompt and its symbol, the last word in parentheses: `Preemptible Kernel (PREEMPT) (NEW)`. */
function namedIn(text: string): { prompt: string; symbol: string } | null {
  const whole = text.trimEnd();
  const named = whole.endsWith('(NEW)') ? whole.slice(0, -5).trimEnd() : whole;
  const open = named.lastIndexOf('(');
  const symbol = named.slice(open + 1, -1);
  return open < 0 || !named.endsWith(')') || !/^[A-Za-z0-9_]+$/.test(symbol)
    ? null
    : { prompt: named.slice(0, open).trim(), symbol };
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

/** The script's dying words name the prompt only: the symbol is that of the last question, if that has this prompt. */
function repeatedFact(prompt: string, last: Question | null): Fact {
  const named = last !== null && last.prompt.trim() === prompt.trim() ? last : null;
  const alts = named?.alts ?? '';
  return {
    kind: 'repeated',
    symbol: named?.symbol ?? null,
    prompt: prompt.trim(),
    alts,
    offered: offeredIn(alts) ?? [],
    current: named === null ? null : currentIn(alts),
    answer: named?.answer ?? '',
    used: null,
  };
}

/** The value a question had before it was answered: the capital letter of `N/m/?`, or the whole of `[64]`. */
function currentIn(alts: string): string | null {
  if (offeredIn(alts) === null) return alts;
  return /[YNM]/.exec(alts)?.[0].toLowerCase() ?? null;
}

const severity = (word: string | undefined): Severity => (word === 'error' ? 'error' : 'warning');
const unquote = (text: string): string => /^'(.*)'$/.exec(text)?.[1] ?? text;
