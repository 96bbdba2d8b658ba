import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomKconfig } from '../helpers/randomKconfig.ts';
import { confOf } from './confOf.ts';
import { compareOnTree } from './fuzz.ts';
import { kernelNames } from './kernel.ts';
import { settings } from './settings.ts';

const { seed, trees } = settings();

describe.each(kernelNames())('conf of Linux %s', (name) => {
  const opened = confOf(name);

  test.each(['tame', 'wild'] as const)('random %s trees in all modes', async (kind) => {
    const { conf, kernel } = opened();
    const choices = kernel.dialect.choices === 'symbol' ? 'legacy' : 'ranked';
    const result = await fc.check(
      fc.asyncProperty(randomKconfig({ choices, wild: kind === 'wild' }), async (tree) =>
        compareOnTree(conf, kernel, tree),
      ),
      { numRuns: trees, seed },
    );
    process.stdout.write(
      `conf of Linux ${name}: ${result.numRuns} ${kind} trees compared, ${result.numShrinks} shrinks\n`,
    );
    expect(result.failed ? `seed ${seed}\n${String(result.errorInstance)}` : null).toBeNull();
  });
});
