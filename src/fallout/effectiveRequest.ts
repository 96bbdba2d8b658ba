/** Whose request counts for a symbol, in the script's terms. */
import { isManaged } from '../model/asker.ts';
import type { Asker, Intent, LegacyLine, Position } from '../model/intent.ts';
import { effectiveIntent, intentsBySymbol } from './intents.ts';
import { spelled } from '../model/value.ts';

/** What a symbol is asked for by one asker, structured or legacy; `wanted` null is `unset`. */
export type Said = { symbol: string; wanted: string | null; optional: boolean; by: Asker; position: Position | null };

/** An intent in the script's terms. */
export const saidBy = ({ symbol, ask, by, position }: Intent): Said => ({
  symbol,
  wanted: spelled(ask.value),
  optional: ask.optional,
  by,
  position,
});

/**
 * What counts for each symbol, the entries of the managed patch aside: a legacy line over every structured definition
 * (the script takes the last line), else the effective definition.
 */
export function effectiveSaid(
  intents: readonly Intent[],
  managedName: string | undefined,
  legacy: readonly LegacyLine[],
): Map<string, Said> {
  const said = new Map<string, Said>();
  for (const [symbol, definitions] of intentsBySymbol(intents, managedName)) {
    const effective = effectiveIntent(definitions);
    if (effective !== null) said.set(symbol, saidBy(effective));
  }
  for (const { value, ...line } of legacy)
    if (!isManaged(line.by, managedName)) said.set(line.symbol, { ...line, wanted: value });
  return said;
}

/** Where an asker stands in the module order: common-config, the kernel's own, then the patches in list order. */
export const rank = (by: Asker): number => (by.kind === 'nixpkgs' ? -2 : by.kind === 'kernel' ? -1 : by.index);
