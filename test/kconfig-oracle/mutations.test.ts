import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inMemory, type ConfRequest } from '../helpers/kconfRun.ts';
import { drawFrom, mutatedKconfig, type KconfigPair } from '../helpers/mutatedKconfig.ts';
import { confOf } from './confOf.ts';
import { compareOnDirectory } from './fuzz.ts';
import { kernelNames } from './kernel.ts';
import { settings } from './settings.ts';

const { seed, trees } = settings();
const REQUESTS: ConfRequest[] = [{ mode: 'allnoconfig' }, { mode: 'allyesconfig' }];

describe.each(kernelNames())('conf of Linux %s', (name) => {
  const opened = confOf(name);

  test('mutated trees are accepted and refused alike, in the same words', async () => {
    const draw = drawFrom(seed);
    const counts = { accepted: 0, refused: 0, crashed: 0 };
    const found: string[] = [];
    for (let i = 0; i < trees; i++) {
      const pair = mutatedKconfig(draw);
      const { differences, fate } = await compared(pair);
      counts[fate]++;
      found.push(...differences.slice(0, 1).map((difference) => `number ${i}: ${JSON.stringify(pair)}\n${difference}`));
    }
    process.stdout.write(
      `conf of Linux ${name}: ${trees} mutated trees compared, seed ${seed}: ${JSON.stringify(counts)}, ${found.length} differ\n`,
    );
    expect(found.slice(0, 5)).toEqual([]);
    expect(Math.min(counts.accepted, counts.refused)).toBeGreaterThan(trees / 10);
  });

  async function compared(pair: KconfigPair): Promise<Awaited<ReturnType<typeof compareOnDirectory>>> {
    const { conf, kernel } = opened();
    const directory = mkdtempSync(join(inMemory(), 'falloutd-kconfig-'));
    try {
      for (const [file, text] of Object.entries(pair)) writeFileSync(join(directory, file), text);
      return await compareOnDirectory(
        conf,
        kernel,
        { file: 'Kconfig', environment: { srctree: directory, BAR: 'bar' } },
        REQUESTS,
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  }
});
