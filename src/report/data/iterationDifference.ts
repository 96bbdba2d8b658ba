import { createTwoFilesPatch } from 'diff';
import { compareSymbols } from '../../script/configDifference.ts';
import { writtenValues } from '../../script/dotConfig.ts';
import { requested, type Settings } from '../../script/settings.ts';
import type { History } from '../../state/historyDatabase.ts';
import { dotConfig, patchesOf, settings } from '../../state/recordedRuns.ts';
import type { IterationDifference } from './documentSchemas.ts';
import { recordedIteration } from './recordedIteration.ts';

/** The symbols in which two iterations differ, and the patches text. @throws UsageError for a number that is not recorded. */
export function iterationDifference(db: History, a: number, b: number): IterationDifference {
  recordedIteration(db, a);
  recordedIteration(db, b);
  const configs = [dotConfig(db, a), dotConfig(db, b)] as const;
  const wanted = [settings(db, a), settings(db, b)] as const;
  const withoutConfig = [a, b].filter((_, i) => configs[i] === null);
  const base = { a, b, withoutConfig: [...new Set(withoutConfig)], patches: patchesDiff(db, a, b) };
  // With their quotes, so that `""` is visible in a difference.
  if (configs[0] !== null && configs[1] !== null)
    return {
      ...base,
      compared: 'config',
      symbols: compareSymbols(writtenValues(configs[0]), writtenValues(configs[1])),
    };
  if (wanted[0] !== null && wanted[1] !== null)
    return { ...base, compared: 'settings', symbols: compareSymbols(readSettings(wanted[0]), readSettings(wanted[1])) };
  return { ...base, compared: null, symbols: [] };
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
      // The time it takes grows with the square of this.
      maxEditLength: MOST_LINES,
      headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
    },
  );
  return text ?? `the patches differ in more than ${MOST_LINES} lines\n`;
}

function readSettings(wanted: Settings): Map<string, string> {
  return new Map(
    Object.entries(wanted).map(([symbol, setting]) => [
      symbol,
      `${requested(setting) ?? 'unset'}${setting.optional ? '?' : ''}`,
    ]),
  );
}
