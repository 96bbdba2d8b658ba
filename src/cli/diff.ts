import { createTwoFilesPatch } from 'diff';
import { requested, type Settings } from '../script/settings.ts';
import type { History } from '../state/history.ts';
import { dotConfig, patchesOf, settings } from '../state/query.ts';
import { render, type OutputOptions } from './output.ts';
import { wrap } from '../report/text/table.ts';
import type { Style } from '../report/text/style.ts';
import { recorded } from './show.ts';

/** A symbol that two iterations have differently; null: not there. */
export type SymbolChange = { symbol: string; from: string | null; to: string | null };

/** What changed from iteration `a` to iteration `b`. */
export type Difference = {
  a: number;
  b: number;
  /** What was compared: the resulting configs, or where one of them has none, what was requested. null: neither is kept of both. */
  compared: 'config' | 'settings' | null;
  /** Which of the two has no resulting .config. */
  withoutConfig: number[];
  symbols: SymbolChange[];
  /** Unified diff of the patches file, or that it is too long; null where they are the same, or not kept of both. */
  patches: string | null;
};

/**
 * `falloutd diff A B`: the symbols in which two iterations differ, and the patches text.
 *
 * @throws UsageError for a number that is not recorded.
 */
export function diff(db: History, a: number, b: number, options: OutputOptions = {}): string {
  return render(difference(db, a, b), options, diffLines);
}

/** The data of `diff`. */
export function difference(db: History, a: number, b: number): Difference {
  recorded(db, a);
  recorded(db, b);
  const configs = [dotConfig(db, a), dotConfig(db, b)] as const;
  const wanted = [settings(db, a), settings(db, b)] as const;
  const withoutConfig = [a, b].filter((_, i) => configs[i] === null);
  const base = { a, b, withoutConfig: [...new Set(withoutConfig)], patches: patchesDiff(db, a, b) };
  if (configs[0] !== null && configs[1] !== null)
    return { ...base, compared: 'config', symbols: compare(readConfig(configs[0]), readConfig(configs[1])) };
  if (wanted[0] !== null && wanted[1] !== null)
    return { ...base, compared: 'settings', symbols: compare(readSettings(wanted[0]), readSettings(wanted[1])) };
  return { ...base, compared: null, symbols: [] };
}

/** As the kernel's scripts/diffconfig: `-FOO y` gone, ` BAZ m -> y` changed, `+BAR m` new; each part by name. */
export function compare(from: ReadonlyMap<string, string>, to: ReadonlyMap<string, string>): SymbolChange[] {
  const changes = [...new Set([...from.keys(), ...to.keys()])].sort().flatMap((symbol): SymbolChange[] => {
    const [before, after] = [from.get(symbol) ?? null, to.get(symbol) ?? null];
    return before === after ? [] : [{ symbol, from: before, to: after }];
  });
  return [
    ...changes.filter((change) => change.to === null),
    ...changes.filter((change) => change.from !== null && change.to !== null),
    ...changes.filter((change) => change.from === null),
  ];
}

/** The difference for a person; never cut, so that it can be read by programs for diffconfig's output too. */
export function diffLines({ a, b, compared, withoutConfig, symbols, patches }: Difference, style: Style): string[] {
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

const MOST_LINES = 5000;

function patchesDiff(db: History, a: number, b: number): string | null {
  const [before, after] = [patchesOf(db, a), patchesOf(db, b)];
  if (before === null || after === null || before.equals(after)) return null;
  const text = createTwoFilesPatch(
    `patches, iteration ${a}`,
    `patches, iteration ${b}`,
    before.toString(),
    after.toString(),
    undefined,
    undefined,
    {
      context: 3,
      // Its time grows with the square of this.
      maxEditLength: MOST_LINES,
      headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
    },
  );
  return text ?? `the patches differ in more than ${MOST_LINES} lines\n`;
}

function paintDiff(line: string, { colors }: Style): string {
  if (line.startsWith('+++') || line.startsWith('---')) return colors.bold(line);
  if (line.startsWith('+')) return colors.green(line);
  if (line.startsWith('-')) return colors.red(line);
  return line.startsWith('@@') ? colors.cyan(line) : line;
}

/** Values as they stand in the file, quotes and all: in a difference `""` can be seen. */
function readConfig(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^(?:CONFIG_(\w+)=(.*)|# CONFIG_(\w+) is not set)$/.exec(line);
    if (match === null) continue;
    found.set(match[1] ?? match[3] ?? '', match[2] ?? 'n');
  }
  return found;
}

function readSettings(wanted: Settings): Map<string, string> {
  return new Map(
    Object.entries(wanted).map(([symbol, setting]) => [
      symbol,
      `${requested(setting) ?? 'unset'}${setting.optional ? '?' : ''}`,
    ]),
  );
}
