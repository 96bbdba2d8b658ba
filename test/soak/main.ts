/**
 * `npm run test:soak`: kills and races on real Nix, each made from a seed that is printed where it fails. Goes on after a
 * failure; the exit code says whether there was one.
 */
import { parseArgs } from 'node:util';
import { duration } from '../../src/report/text/duration.ts';
import { References } from './host.ts';
import { Rounds, type Hit } from './rounds.ts';

const HELP = `npm run test:soak -- [options]
  --kills N   default 1000
  --races N   default 500
  --seed N    of the first round, each further one has the next (default: from the clock)
  --workers N rounds that go on side by side, each on hosts of its own (default 2)
`;

const { values: flags } = parseArgs({
  options: {
    kills: { type: 'string', default: '1000' },
    races: { type: 'string', default: '500' },
    seed: { type: 'string' },
    workers: { type: 'string', default: '2' },
    help: { type: 'boolean', default: false },
  },
});

const failed: string[] = [];
const hits = new Map<Hit, number>();

if (flags.help) process.stdout.write(HELP);
else {
  const seed = Number(flags.seed ?? Math.floor(Date.now() / 1000));
  const references = await References.create();
  const kills = await soak(
    'kill',
    Number(flags.kills),
    seed,
    async (rounds, n) => {
      const hit = await rounds.kill(n);
      hits.set(hit, (hits.get(hit) ?? 0) + 1);
    },
    references,
  );
  const races = await soak('race', Number(flags.races), seed, async (rounds, n) => rounds.race(n), references);
  await references.remove();
  process.stdout.write(
    `soak: ${kills} (${[...hits].map(([hit, n]) => `${n} ${hit}`).join(', ')}), ${races}; seed ${seed}; ${failed.length === 0 ? 'no failure' : `${failed.length} failed: ${failed.join(', ')}`}\n`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
}

async function soak(
  name: string,
  count: number,
  seed: number,
  round: (rounds: Rounds, seed: number) => Promise<void>,
  references: References,
): Promise<string> {
  const started = performance.now();
  let [begun, ended, failures] = [0, 0, 0];
  const work = async (): Promise<void> => {
    const rounds = new Rounds(references);
    while (begun < count) {
      const n = seed + begun++;
      try {
        await round(rounds, n);
      } catch (error) {
        failures++;
        failed.push(`${name} ${n}`);
        process.stdout.write(`\nfailed: ${error instanceof Error ? error.message : String(error)}\n`);
      }
      ended++;
      const line = `${name}s: ${ended} of ${count}, ${failures} failed, ${duration(performance.now() - started)}`;
      if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${line}`);
      else if (ended % 25 === 0 || ended === count) process.stdout.write(`${line}\n`);
    }
    await rounds.remove();
  };
  await Promise.all(Array.from({ length: Number(flags.workers) }, work));
  if (process.stdout.isTTY) process.stdout.write('\n');
  return `${count} ${name}s in ${duration(performance.now() - started)}`;
}
