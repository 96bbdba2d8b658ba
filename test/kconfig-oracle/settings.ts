/** What a run of the oracle covers; `main.ts` hands it to the tests through the environment. */
export type Settings = {
  /** Everything random comes from this number. */
  seed: number;
  /** Random configurations for each of the architectures that get them. */
  seeds: number;
  /** Sessions of `make config`. */
  sessions: number;
  /** Random trees for each kconfig and kind. */
  trees: number;
  /** One of this many comparisons on whole kernels is made. */
  oneOf: number;
  /** Kernel sources in place of Debian's. */
  sources: string[] | null;
  /** Only these architectures; null: all. */
  archs: string[] | null;
};

export const VARIABLE = 'KCONFIG_ORACLE';

/** What CI runs: ten minutes on two cores. */
export const SHARE: Settings = {
  seed: 20_240_612,
  seeds: 2,
  sessions: 1,
  trees: 300,
  oneOf: 6,
  sources: null,
  archs: null,
};
export const FULL: Settings = { seed: 0, seeds: 50, sessions: 20, trees: 3_000, oneOf: 1, sources: null, archs: null };

export function settings(): Settings {
  const given = process.env[VARIABLE];
  return given === undefined ? SHARE : (JSON.parse(given) as Settings);
}

/** A stream of numbers from 0 to 2³² - 1 that depends on nothing but its seeds (mulberry32). */
export function numbersFrom(...seeds: readonly (number | string)[]): () => number {
  let state = 0;
  for (const character of seeds.join('/')) state = (Math.imul(state, 31) + character.charCodeAt(0)) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

export function pick<T>(next: () => number, from: readonly [T, ...T[]]): T {
  return from[next() % from.length] ?? from[0];
}
