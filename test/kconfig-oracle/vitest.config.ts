import { defineConfig } from 'vitest/config';

/** Our Kconfig engine beside the kernel's own conf: `npm run test:kconfig`. */
export default defineConfig({
  test: {
    include: ['test/kconfig-oracle/**/*.test.ts'],
    maxWorkers: 2,
    testTimeout: 6 * 3_600_000,
    hookTimeout: 600_000,
    reporters:
      process.env['CI'] === undefined
        ? ['default']
        : ['default', ['json', { outputFile: 'node_modules/.vitest-results/kconfig.json' }]],
  },
});
