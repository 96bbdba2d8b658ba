/** A finished .config, and where it silently differs from what was requested. */
import { requested, type Settings } from './settings.ts';

/**
 * Reads a .config as nixpkgs' script does: symbol (without `CONFIG_`) to value, strings without quotes and unescaped,
 * `is not set` as `n`. Other lines are passed over.
 */
export function parseDotConfig(text: string): Map<string, string> {
  const config = new Map<string, string>();
  for (const line of text.split('\n')) {
    const set = /^CONFIG_([A-Za-z0-9_]+)=(.*?)\r?$/.exec(line);
    if (set?.[1] !== undefined) {
      const quoted = /^"(.*)"$/.exec(set[2] ?? '');
      config.set(set[1], quoted === null ? (set[2] ?? '') : (quoted[1] ?? '').replace(/\\([\\"])/g, '$1'));
      continue;
    }
    const off = /^# CONFIG_([A-Za-z0-9_]+) is not set\r?$/.exec(line);
    if (off?.[1] !== undefined) config.set(off[1], 'n');
  }
  return config;
}

export type Miss = {
  symbol: string;
  wanted: string;
  /** null: not in the .config. */
  got: string | null;
  /** The same number written otherwise (`200000` for `0x200000`). */
  spelling: boolean;
  /** Whether the script's own check cannot see it: it passes over symbols whose final value is empty or `0`. */
  silent: boolean;
  optional: boolean;
};

/**
 * Every setting whose value the .config does not have, sorted by symbol. A wanted `n` that is absent is honoured; so
 * is a string wanted in quotes. What the script reports by itself is listed too, with `silent` false.
 */
export function compareSettings(settings: Settings, dotConfig: ReadonlyMap<string, string>): Miss[] {
  const misses: Miss[] = [];
  for (const symbol of Object.keys(settings).sort()) {
    const setting = settings[symbol];
    const wanted = setting === undefined ? null : requested(setting);
    if (setting === undefined || wanted === null) continue;
    const got = dotConfig.get(symbol) ?? null;
    if (honours(got, wanted)) continue;
    misses.push({
      symbol,
      wanted,
      got,
      spelling: sameNumber(wanted, got),
      silent: got === '' || got === '0',
      optional: setting.optional,
    });
  }
  return misses;
}

/** Whether a value of the .config (null: absent) is what was wanted, as the script compares them: it reads a request without comment and blanks around it. */
export function honours(got: string | null, wanted: string): boolean {
  const asked = /^[^#]*/.exec(wanted)?.[0].trim() ?? '';
  if (got === null) return asked === 'n';
  return got === asked || `"${got}"` === asked;
}

/** Whether two values are one number in two spellings. kconfig reads a hex without its `0x` too. */
export function sameNumber(wanted: string, got: string | null): boolean {
  if (got === null || got === wanted) return false;
  const hex = /^0x([0-9a-f]+)$/i;
  const gotDigits = hex.exec(got)?.[1];
  const wantedDigits =
    gotDigits === undefined ? /^[+-]?\d+$/.exec(wanted)?.[0] : /^(?:0x)?([0-9a-f]+)$/i.exec(wanted)?.[1];
  if (wantedDigits === undefined) return false;
  if (gotDigits === undefined)
    return /^[+-]?\d+$/.test(got) && BigInt(wantedDigits.replace('+', '')) === BigInt(got.replace('+', ''));
  return BigInt(`0x${wantedDigits}`) === BigInt(`0x${gotDigits}`);
}
