import type { IterationDifference } from '../data/documentSchemas.ts';
import { wrap, type Style } from './style.ts';

/** The difference for a person; never cut, so that it can be read by programs for diffconfig's output too. */
export function differenceLines(
  { a, b, compared, withoutConfig, symbols, patches }: IterationDifference,
  style: Style,
): string[] {
  const { colors } = style;
  const missing = withoutConfig.map((n) => `iteration ${n}`).join(' and ');
  const notes = {
    config: [],
    settings: [`${missing} gave no .config: these are the requested settings (? marks optional ones)`],
    null: [
      `the symbols cannot be compared: ${missing} gave no .config, and the requested settings are not kept of both`,
    ],
  }[compared ?? 'null'];
  const same = symbols.length === 0 && compared !== null ? [`no symbol differs between iterations ${a} and ${b}`] : [];
  return [
    ...[...notes, ...same].flatMap((note) => wrap(note, style.width - 2)).map((line) => colors.dim(`# ${line}`)),
    ...symbols.map((change) => {
      if (change.to === null) return colors.red(`-${change.symbol} ${change.from ?? ''}`);
      if (change.from === null) return colors.green(`+${change.symbol} ${change.to}`);
      return ` ${change.symbol} ${change.from} -> ${change.to}`;
    }),
    ...(patches === null
      ? []
      : [
          '',
          ...patches
            .replace(/\n$/, '')
            .split('\n')
            .map((line) => paintDiff(line, style)),
        ]),
  ];
}

function paintDiff(line: string, { colors }: Style): string {
  if (line.startsWith('+++') || line.startsWith('---')) return colors.bold(line);
  if (line.startsWith('+')) return colors.green(line);
  if (line.startsWith('-')) return colors.red(line);
  return line.startsWith('@@') ? colors.cyan(line) : line;
}
