/**
 * Fuzzing campaigns: how many inputs, from which seed, and how one is run again. `npm run test:fuzz` sets the environment
 * (see main.mjs); without it a campaign has a tenth of the inputs, always the same.
 */
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';

/** The inputs of each campaign in `npm test`: a tenth of 100,000, from this seed. */
const RUNS = 10_000;
const SEED = 20_261;
/** fast-check begins with small values: many short batches give more of both than one long one. */
const BATCH = 500;
/** A single input that takes longer than this hangs. */
const HANG_SECONDS = 60;

const runs = Number(process.env['FALLOUTD_FUZZ_RUNS'] ?? RUNS);
const seed = Number(process.env['FALLOUTD_FUZZ_SEED'] ?? SEED) | 0;
const path = process.env['FALLOUTD_FUZZ_PATH'];

/** For vitest: long enough for every input. */
export const TIMEOUT_MS = 300_000 + runs * 100;

export type Campaign<T> = {
  name: string;
  /** One input takes as long as so many of the others: so many fewer are tried. */
  cost?: number;
  input: fc.Arbitrary<T>;
  /** Throws when an input shows a bug. `n` counts the inputs from 0; nothing that is found may depend on it. */
  check: (input: T, n: number) => void;
  /** The input as a person wants to see it. */
  show: (input: T) => string;
};

/** Runs a campaign. The first input that fails is made smaller; the error says how it is run again. */
export async function fuzz<T>({ name, cost = 1, input, check, show }: Campaign<T>): Promise<void> {
  const inputs = Math.ceil(runs / cost);
  process.stdout.write(`fuzz ${name}: ${path === undefined ? `${inputs} inputs` : 'one input'} from seed ${seed}\n`);
  const watchdog = watchForHang(name);
  let n = 0;
  const property = fc.property(input, (value) => {
    watchdog.beat();
    check(value, n);
    n++;
  });
  try {
    for (let done = 0; done < inputs; done += BATCH) {
      const batchSeed = (seed + done / BATCH) | 0;
      watchdog.at(batchSeed);
      const result = fc.check(
        property,
        path === undefined
          ? { seed: batchSeed, numRuns: Math.min(BATCH, inputs - done) }
          : { seed: batchSeed, path, numRuns: 1 },
      );
      if (result.failed) {
        const [smallest] = result.counterexample ?? [];
        const shown = smallest === undefined ? '' : show(smallest);
        const again = `npm run test:fuzz -- --only ${name} --seed ${batchSeed} --path ${result.counterexamplePath ?? ''}`;
        throw new Error(
          `${String(result.errorInstance)}\n\nmade smaller ${result.numShrinks} times:\n${shown}\n\nagain: ${again}\n`,
          { cause: result.errorInstance },
        );
      }
      if (path !== undefined) break;
      // vitest wants to be answered now and then.
      await setImmediate();
    }
  } finally {
    await watchdog.stop();
  }
}

/** A thread that ends this process when no new input was begun for a minute: nothing else can interrupt a loop. */
function watchForHang(name: string): { beat: () => void; at: (batchSeed: number) => void; stop: () => Promise<void> } {
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(
    `const { workerData: { shared, name, pid, seconds } } = require('node:worker_threads');
     let seen = -1, still = 0;
     setInterval(() => {
       const now = Atomics.load(shared, 0);
       still = now === seen ? still + 1 : 0;
       seen = now;
       if (still < seconds) return;
       require('node:fs').writeSync(2, 'fuzz ' + name + ': an input hangs; again: npm run test:fuzz -- --only ' + name + ' --seed ' + Atomics.load(shared, 1) + '\\n');
       process.kill(pid, 'SIGKILL');
     }, 1000);`,
    { eval: true, workerData: { shared, name, pid: process.pid, seconds: HANG_SECONDS } },
  );
  worker.unref();
  return {
    beat: () => void Atomics.add(shared, 0, 1),
    at: (batchSeed) => void Atomics.store(shared, 1, batchSeed),
    stop: async () => {
      await worker.terminate();
    },
  };
}
