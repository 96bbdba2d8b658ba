/** Keeps the lines of a build log within a limit: its beginning, its end, and from between them the lines of a verdict. */
import { isSignificant, LINE, QUESTION } from './logLines.ts';

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

  constructor(limit: number) {
    this.#half = limit / 2;
    this.#blockSize = Math.min(BLOCK, limit / 16);
    this.#middle = new SignificantLines(this.#half);
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

  /** What is kept, with a line of falloutd's own in place of the missing lines. */
  lines(): string[] {
    const missing = this.#missing();
    return [
      ...this.#head.flatMap(linesOf),
      ...(missing === 0 ? [] : [`falloutd: ${missing} lines of this log are left out here`]),
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

/** Of the lines that are dropped, keeps those that a verdict is read from, within a limit. */
class SignificantLines {
  readonly #texts: string[] = [];
  #size = 0;
  #dropped = 0;
  /** The last question, if nothing that matters has followed it yet: `repeated question` is about the question before it. */
  #question: string | null = null;
  /** Whether the line before was a member of a choice: the next line ends the list. */
  #isListing = false;
  /** Whether a line that matters had to go. */
  isOverfull = false;

  constructor(private readonly limit: number) {}

  take(block: Block): void {
    const kept = linesOf(block).flatMap((line) => this.#keptWith(line));
    this.#dropped += block.count - kept.length;
    if (kept.length === 0) return;
    const text = kept.join('\n');
    if (this.#size + text.length > this.limit) {
      this.isOverfull = true;
      this.#dropped += kept.length;
      return;
    }
    this.#size += text.length + kept.length * LINE_COST;
    // A copy, because the text would keep the whole block in memory.
    this.#texts.push(Buffer.from(text).toString());
  }

  lines(): string[] {
    return [...this.#texts.flatMap((text) => text.split('\n')), ...(this.#question === null ? [] : [this.#question])];
  }

  dropped(): number {
    return this.#question === null ? this.#dropped : this.#dropped - 1;
  }

  /** What is kept because of a line: itself, and the question that it is about. */
  #keptWith(line: string): string[] {
    const matters = isSignificant(line);
    const kept = matters && this.#question !== null ? [this.#question] : [];
    if (matters || this.#isListing) kept.push(line);
    if (matters) this.#question = null;
    else if (!this.#isListing && line.startsWith(QUESTION)) this.#question = line;
    this.#isListing = matters && LINE.member.test(line);
    return kept;
  }
}

/** Cuts a whole text to the limit. */
export function cutText(text: string, limit: number): { text: string; cut: Cut } {
  if (text.length <= limit) return { text, cut: 'nothing' };
  const kept = new KeptLines(limit);
  for (const line of text.split('\n')) kept.push(line);
  return { text: kept.lines().join('\n'), cut: kept.cut() };
}
