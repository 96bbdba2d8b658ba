import { defineConfig } from 'vitest/config';

/**
 * `unit`: *.test.ts, which need no Nix and find none. `large`: the same with inputs that take seconds. `program`: *.program.test.ts,
 * which start processes of their own, without Nix, too. `nix`: *.nix.test.ts, on a real Nix and the small tree. `hostile`:
 * *.hostile.test.ts, where files are not what they seem. `fuzz`: *.fuzz.test.ts and a tenth of the campaigns in test/fuzz. The
 * tests on a real kernel tree have configurations of their own.
 */
export default defineConfig({
  test: {
    // One for each processor: most of the time they wait for Nix and conf.
    maxWorkers: 2,
    reporters:
      process.env['CI'] === undefined
        ? ['default']
        : ['default', ['json', { outputFile: 'node_modules/.vitest-results/unit.json' }]],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.{nix,large,program,fuzz,hostile}.test.ts', 'test/{fuzz,linux,kconfig-oracle}/**'],
          // No file changes what another one sees; loading the modules anew for each of them takes longer than the tests.
          isolate: false,
          setupFiles: ['test/helpers/withoutNix.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: { name: 'nix', include: ['test/**/*.nix.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
      },
      ...['large', 'program', 'hostile'].map((name) => ({
        test: {
          name,
          include: [`test/**/*.${name}.test.ts`],
          setupFiles: name === 'hostile' ? [] : ['test/helpers/withoutNix.ts'],
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      })),
      {
        test: { name: 'fuzz', testTimeout: 600_000, include: ['test/fuzz/**/*.test.ts', 'test/**/*.fuzz.test.ts'] },
      },
    ],
  },
});
