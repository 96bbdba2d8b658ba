import { defineConfig } from 'vitest/config';

/** Unit tests and the real-Nix tests on the small tree; those on a real kernel tree have configurations of their own. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/linux/**', 'test/kconfig-oracle/**'],
    // One for each processor: most of the time they wait for Nix and conf.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters:
      process.env['CI'] === undefined
        ? ['default']
        : ['default', ['json', { outputFile: 'node_modules/.vitest-results/unit.json' }]],
  },
});
