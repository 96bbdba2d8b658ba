import type { RunEvent } from '../model/event.ts';
import type { Problem } from '../model/problem.ts';
import { documentText, type Document } from '../report/data/documents.ts';
import { lateProblem } from '../report/text/problemLines.ts';
import { clean, PLAIN, style, type Style } from '../report/text/style.ts';

/** What every command that prints data takes. */
export type OutputOptions = {
  /** JSON instead of text for people. */
  json?: boolean | undefined;
  /** The one target that is meant; without it: all. */
  target?: string | undefined;
  /** The JSON on one line, as the first of several. */
  oneLine?: boolean | undefined;
  /** Without it: 80 columns, no colour. */
  style?: Style | undefined;
  /** The present in ms, for relative times. */
  now?: number | undefined;
};

/** The text that a command writes: `data` as JSON, or the lines that `lines` makes of it; with a final newline. */
export function render<T extends Document>(
  data: T,
  options: OutputOptions,
  lines: (data: T, style: Style, now: number) => string[],
): string {
  if (options.json === true) return documentText(data, options.oneLine === true ? undefined : 2);
  return lines(data, options.style ?? PLAIN, options.now ?? Date.now())
    .map((line) => `${line}\n`)
    .join('');
}

/** A log as it was kept; for a terminal without what would steer it. */
export function printable(log: string, { style }: OutputOptions): string {
  return style?.live === true ? cleanText(log) : log;
}

/** Writes a text on standard output, in the style that suits it. */
export function printText(text: (style: Style) => string): void {
  process.stdout.write(text(style(process.stdout)));
}

/** Writes on standard error what the user has to act on. What Nix or a builder said may hold anything; a terminal gets text. */
export function printProblem({ file, line, column, message, hint }: Problem): void {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const below = hint === undefined ? '' : `\n  ${hint.replaceAll('\n', '\n  ')}`;
  printNote(`${place === '' ? '' : `${place}: `}${message}${below}`);
}

/** Writes on standard error what is good to know. */
export function printNote(text: string): void {
  process.stderr.write(cleanLines(`falloutd: ${text}`));
}

/** Text of others as lines that cannot steer a terminal, with a final newline. */
export const cleanLines = (text: string): string => `${cleanText(text)}\n`;

const cleanText = (text: string): string => text.split('\n').map(clean).join('\n');

/** Writes a result that may hold text of others on standard output: exact for a file or a pipe, and unable to steer a terminal. */
export function printResult(text: string): void {
  process.stdout.write(process.stdout.isTTY ? cleanText(text) : text);
}

/** Prints what a command that starts no run hears of its writes. */
export function printTrouble(event: RunEvent): void {
  if (event.kind === 'trouble') printProblem(event.problem);
  else if (event.kind === 'late-write') printProblem(lateProblem(event.late));
}
