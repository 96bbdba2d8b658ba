import type { Fallout } from '../../model/fallout.ts';
import type { Problem } from '../../model/problem.ts';
import type { LogReading, LogWarning } from '../data/documentSchemas.ts';
import { firstOf } from '../../system/someOf.ts';
import { hanging, type Style } from './style.ts';
import { listing } from './table.ts';
import { kindText, wantedGot, why } from './falloutText.ts';
import { parts } from './sentenceParts.ts';

const HEADLINE: Record<LogReading['outcome'], string> = {
  green: 'config built',
  fallout: 'fallout: the config was not built as asked',
  blocked: 'blocked: something else has to be fixed first',
  infrastructure: 'infrastructure: nothing is said about the config, try again',
  unknown: 'unknown: this log does not say how it ended',
};

/** What a build log says, for a person: at most as wide as the terminal. */
export function logReadingLines(
  { outcome, fallout, error, missingModule, cut, warnings, unread, drvPath }: LogReading,
  style: Style,
): string[] {
  const paint =
    outcome === 'green' ? style.colors.green : outcome === 'fallout' ? style.colors.yellow : style.colors.red;
  const items = fallout.map((each) => ({
    cells: [
      { text: kindText(each.kind), paint: style.colors.dim },
      { text: each.symbol, paint: style.colors.yellow },
      { text: missed(each) },
    ],
    text: parts('; ', offered(each), why(each)),
  }));
  const whole = error === undefined ? ` The whole log: nix log ${drvPath ?? 'DRV (the linux-config derivation)'}` : '';
  return [
    paint(style.colors.bold(HEADLINE[outcome])),
    ...listing(items, style.width - 2).map((line) => `  ${line}`),
    ...(error === undefined ? [] : errorLines(error, style)),
    ...(missingModule === undefined ? [] : moduleLines(missingModule, style)),
    ...unread.flatMap((line) => hanging('  not understood: ', line, style.width)),
    ...(warnings.length === 0 ? [] : warningLines(warnings, style)),
    ...(cut ? hanging('', `This log is cut: there may be more.${whole}`, style.width) : []),
  ];
}

function moduleLines({ module, symbols }: NonNullable<LogReading['missingModule']>, { width }: Style): string[] {
  if (symbols.length === 0) return [];
  return hanging('  ', `${module} is made by ${firstOf(symbols)}, in the kernel that falloutd looked at last`, width);
}

function errorLines({ message, file, line, column, hint }: Problem, { width }: Style): string[] {
  const place = file === undefined ? '' : parts(':', file, line?.toString(), column?.toString());
  return [
    ...message.split('\n').flatMap((each) => hanging('  ', each, width)),
    ...(place === '' ? [] : hanging('  ', `at ${place}`, width)),
    ...(hint === undefined ? [] : hanging('  → ', hint, width)),
  ];
}

/** A log does not say what was wanted of an unused option, nor what became of conflicting definitions. */
function missed(miss: Pick<LogWarning, 'kind' | 'wanted' | 'got'>): string {
  const { kind, wanted, got } = miss;
  if (kind === 'choice' && wanted === null) return 'which two members were asked for is not said';
  if (kind === 'conflict') return `wanted ${wanted ?? '?'}`;
  if (wanted !== null) return wantedGot(miss);
  if (got !== null) return `got ${got}`;
  return kind === 'value' ? 'not set as asked' : 'not in .config';
}

const offered = ({ offered: values = [] }: Fallout): string =>
  values.length === 0 ? '' : `offered: ${values.join(', ')}`;

function warningLines(warnings: readonly LogWarning[], style: Style): string[] {
  const names = warnings
    .map((warning) => (warning.kind === 'unused' ? warning.symbol : `${warning.symbol} (${missed(warning)})`))
    .join(', ');
  return hanging('  ', `${warnings.length} warned about (fallout only where not optional): ${names}`, style.width);
}
