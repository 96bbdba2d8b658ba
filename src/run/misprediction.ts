import type { Fallout } from '../model/fallout.ts';
import type { Missed } from '../model/run.ts';
import { requested, settingOf, type Settings } from '../script/settings.ts';

/** What an evaluation asks for otherwise than was predicted of the entries in it. */
export function requestMissed(predicted: Settings, evaluated: Settings): Missed {
  const asked = (settings: Settings, symbol: string): string | null => {
    const setting = settingOf(settings, symbol);
    return setting === undefined ? null : `${requested(setting) ?? 'unset'}${setting.optional ? '?' : ''}`;
  };
  return [...new Set([...Object.keys(predicted), ...Object.keys(evaluated)])]
    .map((symbol) => ({ symbol, predicted: asked(predicted, symbol), built: asked(evaluated, symbol) }))
    .filter((each) => each.predicted !== each.built);
}

type Values = ReadonlyMap<string, string>;

/**
 * What a build showed otherwise than predicted: the symbols of the .config with another value, and the fallout that should not
 * have been there. Empty where the prediction was right.
 */
export function missedBy(predicted: Values | null, built: Values | null, fallout: readonly Fallout[]): Missed {
  if (built === null || predicted === null)
    return fallout.map(({ symbol, got }) => ({ symbol, predicted: predicted?.get(symbol) ?? null, built: got }));
  const fallen = new Set(fallout.map(({ symbol }) => symbol));
  return [...new Set([...predicted.keys(), ...built.keys(), ...fallen])]
    .filter((symbol) => fallen.has(symbol) || predicted.get(symbol) !== built.get(symbol))
    .sort()
    .map((symbol) => ({ symbol, predicted: predicted.get(symbol) ?? null, built: built.get(symbol) ?? null }));
}
