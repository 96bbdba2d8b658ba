/**
 * Removes the frame of a log: what a journal, a CI, an e-mail or a terminal's box puts around each line. No list of frames
 * is needed: the frame is what precedes the text in all lines that only Nix or the answering script can have printed.
 */
import type { Ear, Said } from '../script/keptLines.ts';
import { beginningOf, isDialogue } from '../script/logLines.ts';
import { ACTIVITY, isErrorOrWarning, parseNixLine } from './events.ts';
import { isPasted, pastedLines } from './pastedText.ts';

/** What nothing else prints. Whatever precedes it in a line is a frame, or Nix's own mark of a log line. */
const STRONG =
  /GOT: |QUESTION: |CHOICE: |(?:(?:error|warning): )?(?:unused option|option not set correctly): |repeated question: |conflicting answers!|@nix \{"|(?:error: )?builder for '\/|error: (?:Cannot build|build of) '\//;
/** What other programs print too: it shows a frame only if most lines have the same one. */
const WEAK =
  /(?:error|warning|trace):(?: |$)|last \d+ log lines:|applying patch |(?:patching|checking) file |Hunk #|Running phase: |make(?:\[\d+\])?: |\*\*\*/;
/** What else begins a line from which a verdict is read. */
const KNOWN = new RegExp(
  `${WEAK.source}|${beginningOf('invalid', 'unanswerable', 'toolchain', 'building', 'clamped', 'probeRefused', 'message', 'generating', 'installing', 'patchFailed')}`,
);
/** Those that Nix prints itself, without a mark. */
const NIX = /^(?:@nix|(?:error: )?(?:builder for|Cannot build|build of))/;
/** How Nix marks the log lines of a derivation. */
const MARK = /(?:(?<=^|\s)[A-Za-z0-9][\w.+-]*(?: \([\w-]+\))?>|\s+>) $/;
const TAIL_HEADING = /\blast \d+ (?:lines of|log lines)/i;
/** This many lines are enough to see what they have in common. */
const MOST_SAMPLES = 2000;
const MOST_OF = 0.6;
/** No frame is wider than this. */
const LONGEST = 400;

const WORDS = [
  'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec',
  'Mon|Tue|Wed|Thu|Fri|Sat|Sun',
  'TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|trace|debug|info|notice|warn|error',
  'stdout|stderr',
];
const BORDER = /[│┃║|]/;

/** In a log of one object a line. */
const JSON_TEXT = /"(?:log|MESSAGE|message|msg|line|text)":\s*("(?:[^"\\]|\\.)*")/;

/** How often a frame may be inside another: an answer to an e-mail that quotes a CI. */
const MOST_FRAMES = 4;

/** The lines without their frame, or the same lines if they have none. */
export function withoutFrame(framed: readonly string[]): readonly string[] {
  let lines = fromJsonLines(framed) ?? framed;
  for (let frames = 0; frames < MOST_FRAMES && !lines.some(isUnframed); frames++) {
    const frame = frameOf(lines);
    if (frame === null) break;
    lines = withoutThis(frame, lines);
  }
  return lines.some(isUnframed) ? lines : withoutOwnFrames(lines);
}

/** Where the lines of several hosts are mixed, each may have a frame of its own before what only Nix or the script print. */
function withoutOwnFrames(lines: readonly string[]): readonly string[] {
  const hasTail = lines.some((line) => TAIL_HEADING.test(line));
  return lines.map((line) => {
    const prefix = prefixOf(line, STRONG, hasTail);
    return prefix !== null && isFrame(prefix) ? line.slice(prefix.length) : line;
  });
}

function withoutThis(frame: RegExp, lines: readonly string[]): readonly string[] {
  const inner = lines.map((line) => line.replace(frame, ''));
  const isBoxed = BORDER.test(frame.source) && share(inner, (line) => /[│┃║|]\s*$/.test(line)) >= MOST_OF;
  return isBoxed ? inner.map((line) => line.replace(/\s*[│┃║|]\s*$/, '')) : inner;
}

/** What is looked at of a line; a frame is not longer. */
const LONGEST_LOOK = 2000;

/** In every text that STRONG or KNOWN finds, and in every record; found in a fourth of their time. */
const SIGN = /[:'!*#{]|(?:applying|patching|checking|generating|Could|clamped) |installing|hunks? |Reversed/;

/** How a log of any length is understood, in any form. */
export const ANY_FORM: Ear = { saidIn, maySay: (text) => SIGN.test(text) || isPasted(text) };

/**
 * What one line of a log in any form says, without the lines around it: a record of Nix's, a line with the name of its derivation,
 * either of them in a frame. Where a known text begins is what it says; a line without any says nothing.
 */
function saidIn(line: string): Said {
  const text = line.startsWith('{"') ? (jsonTextIn(line) ?? line) : line;
  const record = text.indexOf('@nix {"');
  if (record >= 0) return saidByNix(text.slice(record));
  const seen = text.slice(0, LONGEST_LOOK);
  const plain = isPasted(seen) ? pastedLines(seen).join(' ') : seen;
  const anchored = STRONG.exec(plain) ?? KNOWN.exec(plain);
  if (anchored === null) return NOTHING;
  if (anchored[0].startsWith('@nix')) return saidByNix(pastedLines(text).join(' ').slice(anchored.index));
  const mark = anchored.index === 0 ? null : MARK.exec(plain.slice(0, anchored.index));
  return { by: mark?.[0].trim() ?? '', text: plain.slice(anchored.index) };
}

const NOTHING: Said = { by: '', text: '' };

function saidByNix(record: string): Said {
  const event = parseNixLine(record);
  if (event.kind === 'log') return { by: event.id, text: event.text };
  if (event.kind === 'msg') return isErrorOrWarning(event) ? { by: '', text: event.text } : NOTHING;
  const [drvPath] = event.kind === 'start' && event.activity === ACTIVITY.build ? event.fields : [];
  return typeof drvPath === 'string' ? { by: '', text: `building '${drvPath}'` } : NOTHING;
}

function jsonTextIn(line: string): string | null {
  try {
    return String(JSON.parse(JSON_TEXT.exec(line)?.[1] ?? 'null'));
  } catch {
    return null;
  }
}

/** The texts of a container's or a journal's log in JSON, one object a line; null if it is not one. */
function fromJsonLines(lines: readonly string[]): string[] | null {
  if (lines.find((line) => line.trim() !== '')?.startsWith('{"') !== true) return null;
  const texts = lines.map((line) => JSON_TEXT.exec(line)?.[1]);
  try {
    return texts.flatMap((text) => (text === undefined ? [] : String(JSON.parse(text)).replace(/\n$/, '').split('\n')));
  } catch {
    return null;
  }
}

/** The first lines of most logs show that there is no frame. */
const isUnframed = (line: string): boolean =>
  isDialogue(line) || line.startsWith('@nix {"') || line.startsWith('linux-config');

/** A pattern for what the lines have in common before what Nix or the script printed. */
function frameOf(lines: readonly string[]): RegExp | null {
  const hasTail = lines.some((line) => TAIL_HEADING.test(line));
  const prefixes = (anchor: RegExp): string[] => {
    const found: string[] = [];
    for (const line of lines) {
      const prefix = found.length < MOST_SAMPLES ? prefixOf(line, anchor, hasTail) : null;
      if (prefix !== null) found.push(prefix);
    }
    return found;
  };
  const strong = prefixes(STRONG);
  const framed = strong.filter(isFrame);
  if (framed.length * 2 > strong.length) return commonPattern(framed);
  const weak = prefixes(WEAK).filter(isFrame);
  const pattern = strong.length > 0 ? null : commonPattern(weak);
  return pattern !== null && share(lines, (line) => pattern.test(line)) >= MOST_OF ? pattern : null;
}

/** What precedes such a text in a line, without Nix's mark of a log line; null if the line has none. */
function prefixOf(line: string, anchor: RegExp, hasTail: boolean): string | null {
  const anchored = anchor.exec(line.length > LONGEST ? line.slice(0, LONGEST) : line);
  if (anchored === null) return null;
  const prefix = line.slice(0, anchored.index);
  return NIX.test(anchored[0]) ? prefix : withoutMark(prefix, hasTail);
}

/** Below the heading of a tail, `>` is Nix's mark; anywhere else it quotes. */
const withoutMark = (prefix: string, hasTail: boolean): string => {
  const mark = MARK.exec(prefix);
  return mark === null || (mark[0].trim() === '>' && !hasTail) ? prefix : prefix.slice(0, mark.index);
};

/** Plain words before an error are a sentence, not a frame. */
const isFrame = (prefix: string): boolean => /[^\sA-Za-z]/.test(prefix);

function share(lines: readonly string[], has: (line: string) => boolean): number {
  const sample = lines.filter((line) => line.trim() !== '').slice(0, MOST_SAMPLES);
  return sample.length === 0 ? 0 : sample.filter(has).length / sample.length;
}

/** The common beginning of all prefixes as a pattern, in which numbers, months, levels and the like vary; null if there is none. */
function commonPattern(prefixes: readonly string[]): RegExp | null {
  const [first, ...others] = prefixes.map(tokensOf);
  if (first === undefined) return null;
  let length = first.length;
  for (const other of others) {
    let same = 0;
    while (same < length && patternOf(other[same]) === patternOf(first[same])) same++;
    length = same;
  }
  // The text itself may be indented: of the last blanks only those that all prefixes share belong to the frame.
  const last = first[length - 1] ?? '';
  const endsBlank = last.trim() === '';
  const blanks = Math.min(...[first, ...others].map((tokens) => (tokens[length - 1] ?? '').length));
  const patterns = first.slice(0, endsBlank ? length - 1 : length).map(patternOf);
  return length === 0 || patterns.length === 0
    ? null
    : new RegExp(`^${patterns.join('')}\\s{0,${endsBlank ? blanks : 1}}`);
}

const tokensOf = (prefix: string): string[] => prefix.match(/\[[^[\]]*\]|\s*\d+|\s+|[A-Za-z]+|./gu) ?? [];

function patternOf(token: string | undefined): string {
  if (token === undefined) return '';
  if (token.startsWith('[') && token.length > 1) return String.raw`\[[^\]]*\]`;
  if (/\d$/.test(token)) return String.raw`\s*\d+`;
  if (token.trim() === '') return String.raw`\s+`;
  const words = WORDS.find((each) => each.split('|').includes(token));
  return words === undefined ? token.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`) : `(?:${words})`;
}
