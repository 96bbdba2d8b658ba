/** The lines of one build log within a limit: its beginning, its end, and between them the lines a verdict is read from. */

export type KeptLines = {
  push: (line: string) => void;
  lines: () => string[];
  /** Whether lines were dropped. */
  cut: () => boolean;
  /** How many `QUESTION:` lines came, dropped ones included. */
  questions: () => number;
};

/** Lines that outlive the cut: what the script says of the settings, the choices, and why a build failed. */
const SIGNIFICANT =
  /^(?:(?:error|warning): |unused option: |option not set correctly: |repeated question:|conflicting answers!|clamped |probe: |invalid config line|Could not |don't know how to answer|Kernel config didn't |applying patch |patching file |Hunk #\d+ FAILED|\d+ out of \d+ hunks? |CHOICE: |GOT: \s*(?:> *)?\d+\. |GOT: # (?:configuration written|No change))/;

/** kconfig starving after the script died: thousands of lines that push what matters out of any tail. */
const STARVING = 'Error in reading or end of file.';

/** Keeps about `limitBytes` of text (counted as UTF-16 units): half as much for the beginning, for the end, and at most for what matters between them. */
export function createKeptLines(limitBytes: number): KeptLines {
  const half = limitBytes / 2;
  const head: string[] = [];
  const middle: string[] = [];
  let tail: string[] = [];
  let tailStart = 0;
  let headSize = 0;
  let tailSize = 0;
  let middleSize = 0;
  let dropped = false;
  let questions = 0;
  let headFull = false;

  const toTail = (line: string): void => {
    if (line === STARVING || (line === '' && tail.at(-1) === '')) {
      dropped = true;
      return;
    }
    tail.push(line);
    tailSize += line.length + 1;
    while (tailSize > half && tailStart < tail.length - 1) {
      const gone = tail[tailStart++] ?? '';
      tailSize -= gone.length + 1;
      dropped = true;
      if (middleSize < half && SIGNIFICANT.test(gone)) {
        middle.push(gone);
        middleSize += gone.length + 1;
      }
    }
    if (tailStart > 4096 && tailStart * 2 > tail.length) {
      tail = tail.slice(tailStart);
      tailStart = 0;
    }
  };

  return {
    push: (line) => {
      if (line.charCodeAt(0) === 81 && line.startsWith('QUESTION: ')) questions++;
      if (!headFull && headSize + line.length + 1 <= half) {
        head.push(line);
        headSize += line.length + 1;
      } else {
        headFull = true;
        toTail(line);
      }
    },
    lines: () => [...head, ...middle, ...tail.slice(tailStart)],
    cut: () => dropped,
    questions: () => questions,
  };
}
