/** Measurements side by side. */
import type { Measurement, Skipped } from '../../model/measurement.ts';
import { size } from '../../system/byteSize.ts';
import { ago, duration } from './duration.ts';
import { shareBar } from './progressBar.ts';
import { plural } from './sentenceParts.ts';
import { hanging, type Style } from './style.ts';
import { table, type Cell } from './table.ts';
import { widthOf } from './width.ts';

/** A column for each measurement, as many of the newest as fit; `all` comes newest first, the newest stands last. */
export function measurementLines(all: readonly Measurement[], style: Style, now: number): string[] {
  const [newest] = all;
  if (newest === undefined) return ['nothing is measured yet'];
  const shown = fitting(all.length, (n) => columnsOf(all.slice(0, n).reverse(), style, now), style.width);
  const left = all.length - shown.count;
  return [
    ...shown.lines,
    ...newest.skipped.flatMap((skipped) => hanging('', skippedText(skipped), style.width)),
    ...(left === 0 ? [] : hanging('', `${plural(left, 'earlier one', 'earlier ones')}: --json lists all`, style.width)),
  ];
}

/** As many as the width holds, but at least one. */
function fitting(most: number, made: (n: number) => string[], width: number): { count: number; lines: string[] } {
  if (width === Infinity) return { count: most, lines: made(most) };
  let fit = { count: 1, lines: made(1) };
  for (let count = 2; count <= most; count++) {
    const lines = made(count);
    if (lines.some((line) => widthOf(line) > width)) break;
    fit = { count, lines };
  }
  return fit;
}

function columnsOf(shown: readonly Measurement[], style: Style, now: number): string[] {
  const about = ABOUT.map(({ label, text }) => [
    { text: label },
    ...shown.flatMap((each) => [{ text: text(each, now) }, { text: '' }]),
  ]);
  const rows = [...cipherRows(shown), ...ROWS].flatMap((row) => figures(row, shown, style));
  const pair = [{ align: 'right' }, {}] as const;
  return table([{}, ...shown.flatMap(() => pair)], [...about, ...rows], Infinity);
}

/** What stands above the figures. */
const ABOUT: readonly { label: string; text: (of: Measurement, now: number) => string }[] = [
  { label: 'kernel', text: ({ release }) => release },
  { label: 'target', text: ({ target }) => target ?? NONE },
  { label: 'build', text: ({ build }) => build?.toString() ?? NONE },
  { label: 'measured', text: ({ measuredAt }, now) => ago(now - Date.parse(measuredAt)) },
];

const NONE = '-';

/** A row of figures. */
type Row = { label: string; value: (of: Measurement) => number | null; text: (value: number) => string };

const ROWS: readonly Row[] = [
  ...(['firmware', 'loader', 'kernel', 'initrd', 'userspace', 'total'] as const).map((part) => ({
    label: `boot ${part}`,
    value: ({ boot }: Measurement) => boot?.[part] ?? null,
    text: seconds,
  })),
  { label: 'kernel image', value: ({ kernelBytes }) => kernelBytes, text: size },
  { label: 'modules', value: ({ modulesBytes }) => modulesBytes, text: size },
  { label: 'initrd', value: ({ initrdBytes }) => initrdBytes, text: size },
  { label: 'build took', value: ({ buildMs }) => buildMs, text: duration },
];

/** Finer than other durations: a kernel boots in less than a second. */
function seconds(ms: number): string {
  return ms < 60_000 ? `${(ms / 1000).toFixed(2)} s` : duration(ms);
}

function cipherRows(shown: readonly Measurement[]): Row[] {
  const names = new Set(shown.flatMap(({ ciphers }) => ciphers.map(({ cipher, keyBits }) => `${cipher} ${keyBits}`)));
  return [...names].sort().flatMap((name) =>
    (['encrypt', 'decrypt'] as const).map((way) => ({
      label: `${name} ${way}`,
      value: ({ ciphers }: Measurement) =>
        ciphers.find(({ cipher, keyBits }) => `${cipher} ${keyBits}` === name)?.[way] ?? null,
      text: (value: number) => `${value.toFixed(value < 100 ? 1 : 0)} MiB/s`,
    })),
  );
}

const BAR_CELLS = 5;

/** The cells of a row; none where no measurement has this figure. */
function figures({ label, value, text }: Row, shown: readonly Measurement[], { colors }: Style): Cell[][] {
  const values = shown.map(value);
  const largest = Math.max(...values.map((each) => each ?? 0));
  if (values.every((each) => each === null)) return [];
  const cells = values.flatMap((each): Cell[] =>
    each === null
      ? [{ text: NONE }, { text: '' }]
      : [{ text: text(each) }, { text: largest === 0 ? '' : shareBar(each / largest, BAR_CELLS), paint: colors.cyan }],
  );
  return [[{ text: label }, ...cells]];
}

function skippedText(skipped: Skipped): string {
  switch (skipped.kind) {
    case 'not-installed':
      return `not measured: ${skipped.command} is not installed`;
    case 'failed':
      return `not measured: ${skipped.command}: ${skipped.message}`;
    case 'not-understood':
      return `not measured: ${skipped.command} printed ${skipped.line === '' ? 'nothing' : `\`${skipped.line}\``}`;
    case 'no-file':
      return `not measured: there is no ${skipped.file}`;
  }
}
