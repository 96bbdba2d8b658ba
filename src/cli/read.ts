import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { readLog, type LogReading, type Warning } from '../report/data/readLog.ts';
import { listing } from '../report/text/listing.ts';
import { render } from './output.ts';
import { wantedGot, why } from '../report/text/phrases.ts';
import { style as styleOf, type Style } from '../report/text/style.ts';
import { hanging } from '../report/text/table.ts';
import type { Fallout } from '../model/fallout.ts';

/** What `falloutd read --json` prints. */
export type ReadOutput = Pick<LogReading, 'outcome' | 'fallout' | 'error' | 'cut' | 'warnings' | 'drvPath'>;

/**
 * `falloutd read LOG`: what a build log says, from a file (gzip too) or, without one or with `-`, from standard input.
 * Prints for people or as JSON. Gives the exit code: 0 when it was read, whatever it says; 2 when it could not be.
 */
export async function read(file: string | undefined, { json }: { json: boolean }): Promise<number> {
  let text: string;
  try {
    text = decode(file === undefined || file === '-' ? await buffer(process.stdin) : await readFile(file));
  } catch (error) {
    process.stderr.write(
      `falloutd: ${file ?? 'standard input'} cannot be read: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return 2;
  }
  const { outcome, fallout, error, cut, warnings, drvPath } = readLog(text);
  const output: ReadOutput = { outcome, fallout, ...(error === undefined ? {} : { error }), cut, warnings, drvPath };
  process.stdout.write(render(output, { json, style: styleOf(process.stdout) }, readLines));
  return 0;
}

function decode(bytes: Buffer): string {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return isUtf16 ? bytes.toString('utf16le') : (isGzip ? gunzipSync(bytes) : bytes).toString('utf8');
}

const HEADLINE: Record<LogReading['outcome'], string> = {
  green: 'green: the config was built',
  fallout: 'fallout: the config was not built as asked',
  blocked: 'blocked: something else has to be fixed first',
  infrastructure: 'infrastructure: nothing is said about the config, try again',
  unknown: 'unknown: this log does not say how it ended',
};

/** The lines for people, at most as wide as the terminal. */
export function readLines({ outcome, fallout, error, cut, warnings, drvPath }: ReadOutput, style: Style): string[] {
  const paint =
    outcome === 'green' ? style.colors.green : outcome === 'fallout' ? style.colors.yellow : style.colors.red;
  const lines = [paint(style.colors.bold(HEADLINE[outcome]))];
  lines.push(
    ...indented(
      listing(
        fallout.map((each) => ({
          cells: [
            { text: each.kind, paint: style.colors.dim },
            { text: each.symbol, paint: style.colors.yellow },
            { text: missed(each) },
          ],
          text: reason(each),
        })),
        style.width - 2,
      ),
    ),
  );
  if (error !== undefined) {
    const place =
      error.file === undefined
        ? ''
        : `${error.file}${error.line === undefined ? '' : `:${error.line}${error.column === undefined ? '' : `:${error.column}`}`}`;
    for (const line of error.message.split('\n')) lines.push(...hanging('  ', line, style.width));
    if (place !== '') lines.push(...hanging('  ', `at ${place}`, style.width));
    if (error.hint !== undefined) lines.push(...hanging('  → ', error.hint, style.width));
  }
  if (warnings.length > 0) lines.push(...indented(warningLines(warnings, style)));
  if (cut)
    lines.push(
      ...hanging(
        '',
        `This log is cut: there may be more.${error !== undefined ? '' : ` The whole log: nix log ${drvPath ?? 'DRV (the linux-config derivation)'}`}`,
        style.width,
      ),
    );
  return lines;
}

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

/** A log does not say what was wanted of an unused option, nor what became of conflicting definitions. */
const missed = (miss: { kind: string; wanted: string | null; got: string | null }): string =>
  miss.kind === 'conflict'
    ? `wanted ${miss.wanted ?? '?'}`
    : miss.wanted === null
      ? miss.got === null
        ? 'not in .config'
        : `got ${miss.got}`
      : wantedGot(miss);

function reason(fallout: Fallout): string {
  const offered =
    fallout.offered === undefined || fallout.offered.length === 0 ? '' : `offered: ${fallout.offered.join(', ')}`;
  return [offered, why(fallout)].filter((text) => text !== '').join('; ');
}

function warningLines(warnings: readonly Warning[], style: Style): string[] {
  const names = warnings
    .map((warning) => (warning.kind === 'unused' ? warning.symbol : `${warning.symbol} (${missed(warning)})`))
    .join(', ');
  return hanging('', `${warnings.length} warned about (fallout only where not optional): ${names}`, style.width - 2);
}
