import { UsageError } from '../model/errors.ts';
import type { WantedValue } from '../model/remedy.ts';

const WORDS: Readonly<Record<string, string>> = { yes: 'y', module: 'm', no: 'n' };

/** `SYMBOL=VALUE` words of the command line; the values also in nixpkgs' words. @throws UsageError. */
export function wantedValues(words: readonly string[]): WantedValue[] {
  const wanted = words.map((word) => {
    const [, symbol, value] = /^(?:CONFIG_)?(\w+)\s*=\s*(.*)$/s.exec(word) ?? [];
    if (symbol === undefined || value === undefined)
      throw new UsageError({
        message: `\`${word}\` is no wish`,
        hint: 'a wish is SYMBOL=VALUE: `RTLWIFI=n`, `NR_CPUS=512`, `LOCALVERSION=-mine`',
      });
    const text = /^"(.*)"$/s.exec(value)?.[1] ?? value;
    return { symbol, value: WORDS[text] ?? text };
  });
  const values = new Map<string, string>();
  for (const { symbol, value } of wanted) {
    const before = values.get(symbol) ?? value;
    if (before !== value) throw new UsageError({ message: `${symbol} cannot be both ${before} and ${value}` });
    values.set(symbol, value);
  }
  return [...values].map(([symbol, value]) => ({ symbol, value }));
}
