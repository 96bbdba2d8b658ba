/** A finished .config, and where it silently differs from what was requested. */
import { requested, type Settings } from './settings.ts';

/** The values of a .config by symbol (without `CONFIG_`), with their quotes; `is not set` is `n`. Other lines are ignored. */
export function writtenValues(dotConfig: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of dotConfig.split('\n')) {
    const [found, set, value, unset] = /^(?:CONFIG_(\w+)=(.*?)|# CONFIG_(\w+) is not set)\r?$/.exec(line) ?? [];
    if (found !== undefined) values.set(set ?? unset ?? '', value ?? 'n');
  }
  return values;
}

/** Reads a .config as nixpkgs' script does: strings are without quotes and unescaped. */
export function parseDotConfig(text: string): Map<string, string> {
  const unquoted = (value: string): string => /^"(.*)"$/.exec(value)?.[1]?.replace(/\\([\\"])/g, '$1') ?? value;
  return new Map(Array.from(writtenValues(text), ([symbol, value]) => [symbol, unquoted(value)]));
}

export type Miss = {
  symbol: string;
  wanted: string;
  /** null: not in the .config. */
  got: string | null;
  /** The same number written otherwise (`200000` for `0x200000`). */
  spelling: boolean;
  /** Whether the script's own check cannot see it: it skips symbols whose final value is empty or `0`. */
  silent: boolean;
  optional: boolean;
};

/**
 * Every setting whose value the .config does not have, sorted by symbol. A wanted `n` that is absent is honoured; so
 * is a string wanted in quotes. What the script itself reports is listed too, with `silent` false.
 */
export function compareSettings(settings: Settings, dotConfig: ReadonlyMap<string, string>): Miss[] {
  return Object.keys(settings)
    .sort()
    .flatMap((symbol): Miss | [] => {
      const setting = settings[symbol];
      const wanted = setting === undefined ? null : requested(setting);
      const got = dotConfig.get(symbol) ?? null;
      if (setting === undefined || wanted === null || honours(got, wanted)) return [];
      const [spelling, silent] = [sameNumber(wanted, got), got === '' || got === '0'];
      return { symbol, wanted, got, spelling, silent, optional: setting.optional };
    });
}

/** Whether a value of the .config (null: absent) is what was wanted, as the script compares them: without comment and blanks. */
export function honours(got: string | null, wanted: string): boolean {
  const asked = /^[^#]*/.exec(wanted)?.[0].trim() ?? '';
  if (got === null) return asked === 'n';
  return got === asked || `"${got}"` === asked;
}

/** Whether a value of the .config is what was wanted, also where it is spelled in another way. */
export const isHonoured = (got: string | null, wanted: string): boolean =>
  honours(got, wanted) || sameNumber(wanted, got);

/** Whether a value of the .config (null: absent) says that an option is off. */
export const isOff = (got: string | null): boolean => got === null || got === 'n';

/** Whether two values are the same, or the same number. */
export const sameValue = (a: string, b: string): boolean => a === b || sameNumber(a, b);

/** Whether two values are the same number in two spellings. kconfig also reads a hex number without `0x`. */
export function sameNumber(wanted: string, got: string | null): boolean {
  if (got === null || got === wanted) return false;
  const hex = (text: string, pattern: RegExp): bigint | null => {
    const digits = pattern.exec(text)?.[1];
    return digits === undefined ? null : BigInt(`0x${digits}`);
  };
  const value = hex(got, /^0x([0-9a-f]+)$/i);
  if (value !== null) return hex(wanted, /^(?:0x)?([0-9a-f]+)$/i) === value;
  if (![wanted, got].every((text) => /^[+-]?\d+$/.test(text))) return false;
  return BigInt(wanted.replace('+', '')) === BigInt(got.replace('+', ''));
}
