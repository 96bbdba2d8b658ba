/** `npm run test:kconfig -- [options]`: our Kconfig engine beside the kernel's own conf. */
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { FULL, SHARE, VARIABLE, type Settings } from './settings.ts';

const HELP = `npm run test:kconfig -- [options] [test files]
  (none)           the fixed share that CI runs, in about ten minutes
  --full           everything: all configurations, 50 random ones for each of six architectures, 20 sessions, new seeds
  --seeds N        the fixed share, with N new seeds for the random configurations and N sessions of make config
  --seed S         draw them from S, as a failed run printed it
  --trees N        N random trees for each kconfig and kind
  --source DIR     a kernel source in place of Debian's linux-source-6.1 and -6.12; may be repeated
  --arch ARCH      only this architecture; may be repeated
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    full: { type: 'boolean', default: false },
    seeds: { type: 'string' },
    seed: { type: 'string' },
    trees: { type: 'string' },
    source: { type: 'string', multiple: true },
    arch: { type: 'string', multiple: true },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(HELP);
else process.exitCode = await run();

async function run(): Promise<number> {
  const base = values.full ? FULL : SHARE;
  const isNew = values.full || values.seeds !== undefined;
  const seeds = values.seeds === undefined ? base.seeds : Number(values.seeds);
  const chosen: Settings = {
    ...base,
    seed: values.seed !== undefined ? Number(values.seed) : isNew ? Math.floor(Math.random() * 2 ** 31) : base.seed,
    seeds,
    sessions: values.seeds === undefined ? base.sessions : seeds,
    trees: values.trees === undefined ? base.trees : Number(values.trees),
    sources: values.source ?? null,
    archs: values.arch ?? null,
  };
  process.stdout.write(
    `seed ${chosen.seed}: ${chosen.seeds} random configurations for each architecture that gets them, ${chosen.sessions} sessions, ${chosen.trees} trees of each kind, 1 of ${chosen.oneOf} of the other configurations\n`,
  );
  const { exitCode } = await execa(
    'npx',
    ['vitest', 'run', '--config', 'test/kconfig-oracle/vitest.config.ts', ...positionals],
    {
      stdio: 'inherit',
      reject: false,
      env: { [VARIABLE]: JSON.stringify(chosen) },
    },
  );
  return exitCode ?? 1;
}
