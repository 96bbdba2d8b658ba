import { defineConfig } from 'vitest/config';

/** The tests on a real kernel tree: a config build takes a minute, so they run one after the other and wait long. */
export default defineConfig({
  test: {
    include: ['test/linux/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 1_800_000,
    hookTimeout: 600_000,
    reporters:
      process.env['CI'] === undefined
        ? ['default']
        : ['default', ['json', { outputFile: 'node_modules/.vitest-results/kernel.json' }]],
  },
});
