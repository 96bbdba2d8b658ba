/** Reads a transcript into an observation. */
import type { Choice, ChoiceMember, Complaint, Observation, Question, Refusal } from '../model/observation.ts';
import { ECHO, LINE, QUESTION } from './logLines.ts';
import { currentIn, offeredIn, statementIn, type Fault, type Statement } from './statements.ts';
import { HelpCollector } from './symbolHelp.ts';

export type TranscriptOptions = {
  /**
   * Whether the derivation was built. Scripts before 2018 print errors and warnings alike: there the last line of a
   * failed build's verdict is the error. Unknown: it is, when nothing follows it.
   */
  succeeded?: boolean;
};

/**
 * How the script ended: `passed` (only warnings), `errors` (it listed at least one), `died` (in the middle of
 * answering, or at the request), `no-verdict` (the log ends before, or the script never ran).
 */
type Ending = 'passed' | 'errors' | 'died' | 'no-verdict';

export type TranscriptReading = {
  /** Without final values: they are not in a transcript. */
  observation: Observation;
  ending: Ending;
  /** How many questions were asked, repetitions included. */
  asked: number;
  faults: readonly Fault[];
};

/** The script prints no longer lines, and the patterns' time grows faster than a line. */
const MAX_LINE = 8192;

/**
 * Reads a transcript: the log of a linux-config derivation, or any text that holds one (with Nix's own lines already
 * removed). Never fails; unknown lines are ignored. Of a log that is cut to its tail it gives what is left.
 */
export function readTranscript(
  log: string | readonly string[],
  { succeeded }: TranscriptOptions = {},
): TranscriptReading {
  const reader = new TranscriptReader();
  for (const line of typeof log === 'string' ? log.split('\n') : log)
    if (line !== '') reader.take(line.length > MAX_LINE ? line.slice(0, MAX_LINE) : line);
  return reader.end(succeeded);
}

/** What a line that begins as a question says. A cut line has its symbol at most. */
export function questionIn(line: string): { symbol: string | undefined; question: Question | null } {
  const named = line.indexOf(', NAME: ', 9);
  const alts = line.indexOf(', ALTS: ', named);
  const answer = line.indexOf(', ANSWER:', alts);
  if (named < 0 || alts < 0) return { symbol: undefined, question: null };
  const symbol = line.slice(named + 8, alts);
  if (answer < 0) return { symbol, question: null };
  const prompt = line.slice(10, named);
  const given = line.slice(answer + 10).trimEnd();
  return { symbol, question: { symbol, prompt, alts: line.slice(alts + 8, answer), answer: given } };
}

export class TranscriptReader {
  readonly #questions = new Map<string, Question>();
  readonly #choices: Choice[] = [];
  readonly #refusals: Refusal[] = [];
  readonly #complaints: Complaint[] = [];
  readonly #faults: Fault[] = [];
  readonly #helps = new HelpCollector();
  readonly #listing = new ChoiceListing();
  #asked = 0;
  #lastQuestion: Question | null = null;
  /** How often kconfig wrote a .config: once in each of two passes. */
  #written = 0;
  /** Whether the latest question was before the latest .config. */
  #isWritten = false;
  /** The latest complaint that does not say whether it is an error. */
  #ungraded: Complaint | null = null;
  #endsUngraded = false;

  take(line: string): void {
    this.#endsUngraded = false;
    const first = line[0];
    if (first === 'G' && line.startsWith(ECHO)) this.#takeEcho(line);
    else if (first === 'Q' && line.startsWith(QUESTION)) this.#takeQuestion(line);
    else if (first === 'C' && LINE.choice.test(line)) this.#takeChoice(line);
    else this.#takeStatement(line.trimEnd());
  }

  /** Nearly all lines are echoes, so the first letter decides what else is looked for. */
  #takeEcho(line: string): void {
    const text = line.slice(5);
    this.#helps.take(text);
    const first = text.trimStart()[0] ?? '';
    if (first === '>' || (first >= '0' && first <= '9')) {
      this.#listing.take(line);
      return;
    }
    this.#listing.clear();
    if (first === '#' && LINE.written.test(line)) {
      this.#written++;
      this.#isWritten = true;
    }
  }

  #takeQuestion(line: string): void {
    const { symbol, question } = questionIn(line);
    this.#helps.end(symbol);
    if (question === null) return;
    this.#lastQuestion = question;
    this.#questions.set(question.symbol, question);
    this.#asked++;
    this.#isWritten = false;
    this.#listing.clear();
  }

  #takeChoice(line: string): void {
    const answer = LINE.choice.exec(line)?.[1];
    const choice = this.#listing.asked(answer === undefined ? null : Number(answer));
    if (choice !== null) this.#choices.push(choice);
    this.#listing.clear();
    this.#isWritten = false;
    this.#helps.end();
  }

  #takeStatement(line: string): void {
    const said = statementIn(line);
    if (said === null) return;
    if (said.kind === 'complaint') {
      this.#complaints.push(said.complaint);
      this.#endsUngraded = !said.isGraded;
      if (!said.isGraded) this.#ungraded = said.complaint;
    } else if (said.kind === 'unread') {
      if (said.complaint !== null) this.#complaints.push(said.complaint);
      this.#faults.push(said.fault);
    } else if (said.kind === 'fault') this.#faults.push(said.fault);
    else this.#refusals.push(this.#refusal(said));
  }

  /** What the script says when it dies is about the last question, or the choice just listed. */
  #refusal(said: Exclude<Statement, { kind: 'complaint' | 'fault' | 'unread' }>): Refusal {
    if (said.kind === 'refusal') return said.refusal;
    return said.kind === 'conflicting'
      ? { kind: 'choice', choice: this.#listing.asked(null) }
      : this.#repeated(said.prompt);
  }

  /** The symbol is that of the last question if it has this prompt. */
  #repeated(prompt: string): Refusal {
    const question = this.#lastQuestion?.prompt.trim() === prompt ? this.#lastQuestion : null;
    const alts = question?.alts ?? '';
    return {
      kind: 'repeated',
      symbol: question?.symbol ?? null,
      prompt,
      alts,
      offered: offeredIn(alts) ?? [],
      current: question === null ? null : currentIn(alts),
      answer: question?.answer ?? '',
      used: null,
    };
  }

  end(succeeded: boolean | undefined): TranscriptReading {
    this.#helps.end();
    const isUngradedFatal = succeeded === undefined ? this.#endsUngraded : !succeeded;
    if (this.#ungraded !== null && isUngradedFatal) this.#ungraded.severity = 'error';
    const ending = this.#ending(succeeded);
    return {
      observation: {
        questions: this.#questions,
        choices: this.#choices,
        refusals: this.#refusals,
        complaints: this.#complaints,
        help: this.#helps.help,
        finalValues: null,
      },
      ending,
      asked: this.#asked,
      faults: this.#faults,
    };
  }

  #ending(succeeded: boolean | undefined): Ending {
    if (this.#complaints.some(isError)) return 'errors';
    if (this.#died()) return 'died';
    if (this.#faults.some((fault) => fault.kind === 'unread' && fault.severity === 'error')) return 'no-verdict';
    // A tail may show the end of the second pass only.
    const isJudged = this.#complaints.length > 0 || (this.#isWritten && this.#written > 1);
    return isJudged || (succeeded === true && this.#asked > 0) ? 'passed' : 'no-verdict';
  }

  #died(): boolean {
    return (
      this.#refusals.some(
        (refusal) => refusal.kind === 'choice' || (refusal.kind === 'repeated' && refusal.used === null),
      ) || this.#faults.some((fault) => fault.kind === 'invalid' && fault.isFatal)
    );
  }
}

const isError = ({ severity }: Complaint): boolean => severity === 'error';

/** The members of a choice as kconfig lists them, one echoed line each, before it asks for one. */
class ChoiceListing {
  #members: ChoiceMember[] = [];
  #current: string | null = null;

  /** Takes an echoed line. One that is not a member ends the list: its choice was not asked. */
  take(line: string): void {
    const numbered = LINE.member.exec(line);
    if (numbered === null) {
      this.clear();
      return;
    }
    const member = namedIn(line.slice(numbered[0].length));
    if (member === null) return;
    this.#members.push({ ...member, number: Number(numbered[2]) });
    if (numbered[1] !== '') this.#current = member.symbol;
  }

  /** The choice that is asked now, with the number of its answer; null where no member was listed. */
  asked(answer: number | null): Choice | null {
    return this.#members.length === 0 ? null : { members: this.#members, current: this.#current, answer };
  }

  clear(): void {
    if (this.#members.length > 0) this.#members = [];
    this.#current = null;
  }
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
