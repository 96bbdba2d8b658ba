/** The phases that can be given a limit, by the name of their key under `[limits]`. */
export type LimitKey = 'evaluation' | 'config-build' | 'kernel-build';

/** How long each phase may take, in seconds; a phase that is not named has no limit. */
export type Limits = Partial<Record<LimitKey, number>>;

/** The limit of one Nix command, and the key that sets it. */
export type Limit = { key: LimitKey; ms: number };

/** The limit of a phase; undefined where it has none. */
export function limitOf(limits: Limits, key: LimitKey): Limit | undefined {
  const seconds = limits[key];
  return seconds === undefined ? undefined : { key, ms: seconds * 1000 };
}
