/** Keeps the lines of a build log within a limit: its beginning, its end, and from between them the lines of a verdict. */
import { LINE, QUESTION, worthOf } from './logLines.ts';

/** What is missing from a log: nothing, text without a verdict, or lines of the verdict itself. */
export type Cut = 'nothing' | 'text' | 'verdict';

/** What a line costs in memory besides its text. */
const LINE_COST = 16;
const BLOCK = 1 << 16;

/** Lines joined in one string: a single line would keep its whole chunk of input in memory. */
type Block = { text: string; size: number; count: number };

const linesOf = ({ text }: Block): string[] => text.split('\n');

/** Keeps about `limit` characters for the beginning and the end, half for each, and up to half as many again for what matters between. */
export class KeptLines {
  readonly #half: number;
  readonly #blockSize: number;
  readonly #head: Block[] = [];
  readonly #middle: SignificantLines;
  readonly #tail: Block[] = [];
  #headSize = 0;
  #tailSize = 0;
  #isHeadFull = false;
  #open: string[] = [];
  #openSize = 0;
  #skipped = 0;
  #questions = 0;

  constructor(limit: number, ear = PLAIN) {
    this.#half = limit / 2;
    this.#blockSize = Math.min(BLOCK, limit / 16);
    this.#middle = new SignificantLines(this.#half, ear);
  }

  push(line: string): void {
    if (line[0] === 'Q' && line.startsWith(QUESTION)) this.#questions++;
    if (this.#isHeadFull && (LINE.starving.test(line) || (line === '' && this.#open.at(-1) === ''))) {
      this.#skipped++;
      return;
    }
    this.#open.push(line);
    this.#openSize += line.length + LINE_COST;
    if (this.#openSize >= this.#blockSize) this.#pack();
  }

  /** What is kept; with a line of falloutd's own in place of the missing lines, unless `isMarked` is false. */
  lines({ isMarked = true } = {}): string[] {
    const missing = this.#missing();
    return [
      ...this.#head.flatMap(linesOf),
      ...(missing === 0 || !isMarked ? [] : [`falloutd: ${missing} lines of this log are left out here`]),
      ...this.#middle.lines(),
      ...this.#tail.flatMap(linesOf),
      ...this.#open,
    ];
  }

  cut(): Cut {
    return this.#middle.isOverfull ? 'verdict' : this.#missing() > 0 ? 'text' : 'nothing';
  }

  /** How many questions came, dropped ones included. */
  questions(): number {
    return this.#questions;
  }

  #missing(): number {
    return this.#skipped + this.#middle.dropped();
  }

  #pack(): void {
    const block = { text: this.#open.join('\n'), size: this.#openSize, count: this.#open.length };
    this.#open = [];
    this.#openSize = 0;
    if (!this.#isHeadFull && this.#headSize + block.size <= this.#half) {
      this.#head.push(block);
      this.#headSize += block.size;
      return;
    }
    this.#isHeadFull = true;
    this.#tail.push(block);
    this.#tailSize += block.size;
    while (this.#tailSize > this.#half && this.#tail.length > 1) {
      const oldest = this.#tail.shift() ?? block;
      this.#tailSize -= oldest.size;
      this.#middle.take(oldest);
    }
  }
}

/** What a line says, without what stands around it, and who says it: one of several builds, or ''. */
export type Said = { by: string; text: string };

/** How lines are understood that have something around them. */
export type Ear = {
  /** What a line says. */
  saidIn: (line: string) => Said;
  /** Whether any line of a text may say something; false spares the reading of each. */
  maySay: (text: string) => boolean;
};

const PLAIN: Ear = { saidIn: (text) => ({ by: '', text }), maySay: () => true };

/** What is known of a build's dialogue. */
type Talk = {
  /** The last question, if nothing that matters has followed it yet: `repeated question` is about the question before it. */
  question: string | null;
  /** Whether the line before was a member of a choice: the next line ends the list. */
  isListing: boolean;
};

/** So many builds ask at the same time at most. */
const MOST_TALKS = 16;

/** Of the lines that are dropped, keeps those that a verdict is read from, within a limit. */
class SignificantLines {
  readonly #texts: string[] = [];
  #size = 0;
  #reasons = 0;
  #dropped = 0;
  readonly #talks = new Map<string, Talk>();
  /** Whether a line that matters had to go. */
  isOverfull = false;

  constructor(
    private readonly limit: number,
    private readonly ear: Ear,
  ) {}

  take(block: Block): void {
    if (!this.ear.maySay(block.text) && ![...this.#talks.values()].some(({ isListing }) => isListing)) {
      this.#dropped += block.count;
      return;
    }
    const kept = linesOf(block).flatMap((line) => this.#keptWith(line));
    this.#dropped += block.count - kept.length;
    // A copy, because the text would keep the whole block in memory.
    if (kept.length > 0) this.#texts.push(Buffer.from(kept.join('\n')).toString());
  }

  lines(): string[] {
    return [...this.#texts.flatMap((text) => text.split('\n')), ...this.#questions()];
  }

  dropped(): number {
    return this.#dropped - this.#questions().length;
  }

  #questions(): string[] {
    return [...this.#talks.values()].flatMap(({ question }) => question ?? []);
  }

  /** What is kept because of a line: itself, and the question that it is about. */
  #keptWith(line: string): string[] {
    const { by, text } = this.ear.saidIn(line);
    const talk = this.#talks.get(by);
    const isQuestion = text.startsWith(QUESTION);
    const worth = isQuestion ? 'nothing' : worthOf(text);
    if (worth === 'nothing' && talk?.isListing !== true) {
      if (isQuestion) this.#talk(by, { question: line, isListing: false });
      return [];
    }
    if (worth === 'reason') return this.#hasRoom([line], worth) ? [line] : [];
    const question = talk?.question ?? null;
    const kept = worth === 'nothing' || question === null ? [line] : [question, line];
    const isListing = LINE.member.test(text);
    if (isListing || talk !== undefined) this.#talk(by, { question: worth === 'nothing' ? question : null, isListing });
    return this.#hasRoom(kept, worth) ? kept : [];
  }

  #talk(by: string, talk: Talk): void {
    this.#talks.delete(by);
    this.#talks.set(by, talk);
    const [oldest = by] = this.#talks.keys();
    if (this.#talks.size > MOST_TALKS) this.#talks.delete(oldest);
  }

  /** Whether the lines fit; what may be a reason takes half of the room at most. */
  #hasRoom(lines: readonly string[], worth: ReturnType<typeof worthOf>): boolean {
    const size = lines.reduce((sum, line) => sum + line.length + LINE_COST, 0);
    const isReason = worth === 'reason';
    if (isReason && this.#reasons + size > this.limit / 2) return false;
    if (this.#size + size > this.limit) {
      this.isOverfull ||= !isReason;
      return false;
    }
    this.#size += size;
    if (isReason) this.#reasons += size;
    return true;
  }
}

/** Cuts a whole text to the limit. */
export function cutText(text: string, limit: number): { text: string; cut: Cut } {
  if (text.length <= limit) return { text, cut: 'nothing' };
  const kept = new KeptLines(limit);
  for (const line of text.split('\n')) kept.push(line);
  return { text: kept.lines().join('\n'), cut: kept.cut() };
}
