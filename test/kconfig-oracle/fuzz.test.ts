import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfServer } from '../helpers/kconfRun.ts';
import { randomKconfig } from '../helpers/randomKconfig.ts';
import { compareOnTree } from './fuzz.ts';
import { kernelNames, Kernel } from './kernel.ts';
import { settings } from './settings.ts';

const { seed, trees } = settings();

describe.each(kernelNames())('conf of Linux %s', (name) => {
  let kernel: Kernel;
  let conf: ConfServer;
  beforeAll(async () => {
    kernel = await Kernel.open(name);
    conf = new ConfServer(kernel.conf.server);
  });
  afterAll(() => conf.stop());

  test.each(['tame', 'wild'] as const)('random %s trees in all modes', async (kind) => {
    const choices = kernel.dialect.choices === 'symbol' ? 'legacy' : 'ranked';
    const result = await fc.check(
      fc.asyncProperty(randomKconfig({ choices, wild: kind === 'wild' }), async (tree) => compareOnTree(conf, kernel, tree)),
      { numRuns: trees, seed },
    );
    process.stdout.write(`conf of Linux ${name}: ${result.numRuns} ${kind} trees compared, ${result.numShrinks} shrinks\n`);
    expect(result.failed ? `seed ${seed}\n${String(result.errorInstance)}` : null).toBeNull();
  });
});
