/** The lines of one build log within a limit: its beginning, its end, and between them the lines a verdict is read from. */

/** What is missing of a log: nothing, text that no verdict is read from, or lines of the verdict itself. */
export type Cut = 'nothing' | 'text' | 'verdict';

export type KeptLines = {
  push: (line: string) => void;
  /** What is kept, with one line of falloutd's own where lines were let go. */
  lines: () => string[];
  cut: () => Cut;
  /** How many `QUESTION:` lines came, dropped ones included. */
  questions: () => number;
};

/** Lines that outlive the cut: what the script says of the settings, the choices, and why a build failed. */
const SIGNIFICANT =
  /^(?:(?:error|warning): |unused option: |option not set correctly: |repeated question:|conflicting answers!|clamped |probe: |invalid config line|Could not |don't know how to answer|Kernel config didn't |applying patch |patching file |Hunk #\d+ FAILED|\d+ out of \d+ hunks? |CHOICE: |GOT: \s*(?:> *)?\d+\. |GOT: # (?:configuration written|No change)|GOT: make\S*: \*\*\* )/;
const MEMBER = /^GOT: \s*(?:> *)?\d+\. /;

/** kconfig starving after the script died: thousands of lines that push what matters out of any tail. */
const STARVING = 'Error in reading or end of file.';

/** What a line costs in memory besides its text. */
const LINE_COST = 16;
const BLOCK = 1 << 16;

type Block = { text: string; size: number; count: number };

/**
 * Keeps about `limit` characters: half as much for the beginning, for the end, and at most for what matters between them.
 * Lines are packed into blocks: a line alone would hold on to the whole chunk of input that it is a part of.
 */
export function createKeptLines(limit: number): KeptLines {
  const half = limit / 2;
  const blockSize = Math.min(BLOCK, limit / 16);
  const head: Block[] = [];
  const middle: string[] = [];
  const tail: Block[] = [];
  let open: string[] = [];
  let openSize = 0;
  let headSize = 0;
  let tailSize = 0;
  let middleSize = 0;
  let isHeadFull = false;
  let dropped = 0;
  let isVerdictLost = false;
  let questions = 0;
  // Of the lines let go: the last question, if nothing that matters followed yet, and whether a choice was just listed.
  let lastQuestion: string | null = null;
  let isListing = false;

  const significantOf = (block: Block): string[] => {
    const kept: string[] = [];
    for (const line of block.text.split('\n')) {
      const isSignificant = SIGNIFICANT.test(line);
      // `repeated question` is about the question before it; what follows a choice's members ends their list.
      if (isSignificant && lastQuestion !== null) {
        kept.push(lastQuestion);
        lastQuestion = null;
      }
      if (isSignificant || isListing) kept.push(line);
      else if (line.startsWith('QUESTION: ')) lastQuestion = line;
      isListing = isSignificant && MEMBER.test(line);
    }
    return kept;
  };

  const drop = (block: Block): void => {
    tailSize -= block.size;
    const kept = significantOf(block);
    dropped += block.count - kept.length;
    if (kept.length === 0) return;
    const text = kept.join('\n');
    if (middleSize + text.length > half) {
      isVerdictLost = true;
      dropped += kept.length;
      return;
    }
    middleSize += text.length + kept.length * LINE_COST;
    // A copy: the text is a part of the block.
    middle.push(Buffer.from(text).toString());
  };

  const pack = (): void => {
    const block = { text: open.join('\n'), size: openSize, count: open.length };
    open = [];
    openSize = 0;
    if (!isHeadFull && headSize + block.size <= half) {
      head.push(block);
      headSize += block.size;
      return;
    }
    isHeadFull = true;
    tail.push(block);
    tailSize += block.size;
    while (tailSize > half && tail.length > 1) drop(tail.shift() ?? block);
  };

  return {
    push: (line) => {
      if (line.charCodeAt(0) === 81 && line.startsWith('QUESTION: ')) questions++;
      if (isHeadFull && (line === STARVING || (line === '' && open.at(-1) === ''))) {
        dropped++;
        return;
      }
      open.push(line);
      openSize += line.length + LINE_COST;
      if (openSize >= blockSize) pack();
    },
    lines: () => {
      const between = [...middle.flatMap((text) => text.split('\n')), ...(lastQuestion === null ? [] : [lastQuestion])];
      const missing = lastQuestion === null ? dropped : dropped - 1;
      return [
        ...head.flatMap(linesOf),
        ...(missing === 0 ? [] : [`falloutd: ${missing} lines of this log are left out here`]),
        ...between,
        ...tail.flatMap(linesOf),
        ...open,
      ];
    },
    cut: () => (isVerdictLost ? 'verdict' : dropped > 0 ? 'text' : 'nothing'),
    questions: () => questions,
  };
}

function linesOf(block: Block): string[] {
  return block.text.split('\n');
}

/** A text that is known as a whole, within the limit. */
export function cutText(text: string, limit: number): { text: string; cut: Cut } {
  if (text.length <= limit) return { text, cut: 'nothing' };
  const kept = createKeptLines(limit);
  for (const line of text.split('\n')) kept.push(line);
  return { text: kept.lines().join('\n'), cut: kept.cut() };
}
