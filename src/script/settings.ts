/** What the answering script is asked for, symbol by symbol. */
import type { LegacyLine } from '../model/intent.ts';
import { spelled, valueOf, type Ask, type Tristate } from '../model/value.ts';

/** nixpkgs' merged settings of a kernel: `moduleStructuredConfig.settings`. */
export type Setting = { tristate: Tristate | null; freeform: string | null; optional: boolean };
export type Settings = Record<string, Setting>;

/** What the script is asked to answer for a setting: freeform beats tristate; null is `unset`, no answer. */
export const requested = (setting: Setting): string | null => setting.freeform ?? setting.tristate;

/** The setting of a symbol, whatever it is called (`constructor` is a name too). */
export const settingOf = (settings: Settings, symbol: string): Setting | undefined =>
  Object.hasOwn(settings, symbol) ? settings[symbol] : undefined;

/** What is asked of a symbol; null where nothing is, or no answer. */
export function requestOf(settings: Settings, symbol: string): string | null {
  const setting = settingOf(settings, symbol);
  return setting === undefined ? null : requested(setting);
}

/** The settings with the lines of `extraConfig` strings, which come after them: of a symbol's lines the script takes the last. */
export function withLegacy(settings: Settings, legacy: readonly LegacyLine[]): Settings {
  const lines = legacy.map(({ symbol, value, optional }) => [symbol, settingIn(value, optional)] as const);
  return { ...settings, ...Object.fromEntries(lines) };
}

/** The setting that a line of the request makes with this value. */
function settingIn(text: string, optional: boolean): Setting {
  const value = valueOf(text);
  const tristate = value.kind === 'tristate' ? value.tristate : null;
  return { tristate, freeform: tristate === null ? text : null, optional };
}

/**
 * What the script reads of the line that nixpkgs' kernel_config.nix prints for a definition: an empty text stands there as `""`, a
 * `#` ends the line, and blanks around the value go. null: there is no line with a value.
 */
export function settingFor({ value, optional }: Ask): Setting | null {
  const printed = spelled(value);
  const read = (printed === '' ? '""' : printed)?.replace(/#.*/, '').trim() ?? '';
  return read === '' ? null : settingIn(read, optional);
}
