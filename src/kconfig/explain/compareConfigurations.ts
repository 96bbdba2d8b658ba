import type { Configuration } from '../values/configuration.ts';

/** A symbol with different values in two configurations. A value is null if the symbol is not written there. */
export type ValueDifference = { symbol: string; before: string | null; after: string | null };

/** What differs between the .config files of two configurations, in the order of the symbols. They may belong to different trees. */
export function compareConfigurations(before: Configuration, after: Configuration): ValueDifference[] {
  const a = writtenValues(before);
  const b = writtenValues(after);
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((symbol) => {
    const difference = { symbol, before: a.get(symbol) ?? null, after: b.get(symbol) ?? null };
    return difference.before === difference.after ? [] : [difference];
  });
}

function writtenValues(configuration: Configuration): Map<string, string> {
  return new Map(
    configuration.kconfig.symbols.flatMap((symbol) =>
      symbol.name !== null && symbol.type !== 'unknown' && symbol.menus.length > 0 && configuration.isWritten(symbol)
        ? [[symbol.name, configuration.value(symbol)]]
        : [],
    ),
  );
}
