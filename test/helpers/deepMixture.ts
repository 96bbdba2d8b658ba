import fc from 'fast-check';

/** What opens something that can be put around anything of its kind, and what closes it. */
export type Layer = readonly [open: string, close: string];

/** A mixture of layers, some of them many times, that is at most so deep, with `core` in it. */
export function mixture(layers: readonly Layer[], core: string, deepest: number): fc.Arbitrary<string> {
  const run = fc.record({
    layers: fc.array(fc.constantFrom(...layers), { minLength: 1, maxLength: 4 }),
    times: fc.integer({ min: 1, max: Math.floor(deepest / 16) }),
  });
  return fc.array(run, { minLength: 1, maxLength: 4 }).map((runs) => {
    const opens = runs.map(({ layers: of, times }) =>
      of
        .map(([open]) => open)
        .join('')
        .repeat(times),
    );
    const closes = runs.map(({ layers: of, times }) =>
      of
        .map(([, close]) => close)
        .reverse()
        .join('')
        .repeat(times),
    );
    return `${opens.join('')}${core}${closes.reverse().join('')}`;
  });
}
