import type { Fallout } from '../../model/fallout.ts';
import type { LogReading, LogWarning } from '../data/documentSchemas.ts';
import { listing } from './itemList.ts';
import { kindText, wantedGot, why } from './falloutText.ts';
import type { Style } from './style.ts';
import { hanging } from './table.ts';

const HEADLINE: Record<LogReading['outcome'], string> = {
  green: 'config built',
  fallout: 'fallout: the config was not built as asked',
  blocked: 'blocked: something else has to be fixed first',
  infrastructure: 'infrastructure: nothing is said about the config, try again',
  unknown: 'unknown: this log does not say how it ended',
};

/** What a build log says, for a person: at most as wide as the terminal. */
export function logReadingLines(
  { outcome, fallout, error, cut, warnings, unread, drvPath }: LogReading,
  style: Style,
): string[] {
  const paint =
    outcome === 'green' ? style.colors.green : outcome === 'fallout' ? style.colors.yellow : style.colors.red;
  const lines = [paint(style.colors.bold(HEADLINE[outcome]))];
  lines.push(
    ...indented(
      listing(
        fallout.map((each) => ({
          cells: [
            { text: kindText(each.kind), paint: style.colors.dim },
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
  for (const line of unread) lines.push(...hanging('  not understood: ', line, style.width));
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
  miss.kind === 'choice' && miss.wanted === null
    ? 'which two members were asked for is not said'
    : miss.kind === 'conflict'
      ? `wanted ${miss.wanted ?? '?'}`
      : miss.wanted === null
        ? miss.got === null
          ? miss.kind === 'value'
            ? 'not set as asked'
            : 'not in .config'
          : `got ${miss.got}`
        : wantedGot(miss);

function reason(fallout: Fallout): string {
  const offered =
    fallout.offered === undefined || fallout.offered.length === 0 ? '' : `offered: ${fallout.offered.join(', ')}`;
  return [offered, why(fallout)].filter((text) => text !== '').join('; ');
}

function warningLines(warnings: readonly LogWarning[], style: Style): string[] {
  const names = warnings
    .map((warning) => (warning.kind === 'unused' ? warning.symbol : `${warning.symbol} (${missed(warning)})`))
    .join(', ');
  return hanging('', `${warnings.length} warned about (fallout only where not optional): ${names}`, style.width - 2);
}
