// `npm run test:fuzz`: the fuzzing campaigns at full length, or one input again. A tenth of them is part of `npm test`.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

const CAMPAIGNS = {
  'nix-files': 'test/fuzz/nixFiles.test.ts',
  transcripts: 'test/fuzz/transcripts.test.ts',
  'deep-nix': 'test/fuzz/deepNix.test.ts',
  'deep-kconfig': 'test/fuzz/deepKconfig.test.ts',
};
const HELP = `npm run test:fuzz -- [options]
  --runs N     inputs of each campaign (default 100000; of what is nested deeply a hundredth of them or less)
  --seed N     where they begin (default: at random; it is printed)
  --only NAME  one campaign: ${Object.keys(CAMPAIGNS).join(', ')}
  --path P     with --only and --seed: the one input that a failure names
`;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100000' },
    seed: { type: 'string' },
    only: { type: 'string' },
    path: { type: 'string' },
    help: { type: 'boolean' },
  },
});

if (values.help) process.stdout.write(HELP);
else {
  const file = values.only === undefined ? 'test/fuzz' : CAMPAIGNS[values.only];
  if (file === undefined) {
    process.stderr.write(`no campaign is called ${values.only}; there are ${Object.keys(CAMPAIGNS).join(', ')}\n`);
    process.exit(2);
  }
  const seed = values.seed ?? String(randomInt(0x7fffffff));
  const env = { ...process.env, FALLOUTD_FUZZ_RUNS: values.runs, FALLOUTD_FUZZ_SEED: seed };
  if (values.path !== undefined) env.FALLOUTD_FUZZ_PATH = values.path;
  process.exit(spawnSync('npx', ['vitest', 'run', file], { stdio: 'inherit', env }).status ?? 1);
}
