import { afterAll, beforeAll, describe, test } from 'vitest';
import { References } from './host.ts';
import { Rounds } from './rounds.ts';

/** The first seed; its rounds come again with FALLOUTD_SOAK_SEED=N. `npm run test:soak` does many more. */
const SEED = Number(process.env['FALLOUTD_SOAK_SEED'] ?? Math.floor(Date.now() / 1000));
const KILLS = 25;
const RACES = 15;

const seeds = (count: number): number[] => Array.from({ length: count }, (_, n) => SEED + n);

let references: References;
let rounds: Rounds;
beforeAll(async () => {
  references = await References.create();
  rounds = new Rounds(references);
});
afterAll(async () => {
  await rounds.remove();
  await references.remove();
});

describe(`kill -9 at any moment: the file is the old or the new one, nothing is lost or left, the next start comes to the same fixed point (seeds from ${SEED})`, () => {
  test.each(seeds(KILLS))('seed %i', async (seed) => {
    await rounds.kill(seed);
  });
});

describe(`a save at any moment of a run: it stands, and falloutd comes to rest at its fixed point (seeds from ${SEED})`, () => {
  test.each(seeds(RACES))('seed %i', async (seed) => rounds.race(seed));
});
