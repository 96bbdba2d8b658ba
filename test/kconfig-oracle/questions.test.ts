import { beforeAll, describe, expect, test } from 'vitest';
import type { ConfRequest } from '../helpers/kconfRun.ts';
import { answers, kernelNames, Kernel, mutated } from './kernel.ts';
import { settings } from './settings.ts';

const { seed, sessions } = settings();
/** More than `make config` on x86 asks, with what is asked again and what restarts ask. */
const LINES = 60_000;

describe.each(kernelNames())('Linux %s', (name) => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await Kernel.open(name);
  });

  test('make config on x86: the same questions, offers, helps and restarts, until both end', async () => {
    const x86 = await kernel.arch('x86');
    const found: string[] = [];
    const [base] = await x86.run([{ mode: 'defconfig', defconfig: { path: 'arch/x86/configs/x86_64_defconfig' } }]);
    for (let i = 0; i < sessions; i++) {
      const given = answers(seed + i, LINES);
      const before = mutated(base?.config ?? '', seed, i);
      const requests: ConfRequest[] = [
        // From nothing, and from a configuration; then only what is new.
        { mode: 'oldaskconfig', answers: given, ...(i % 2 === 0 ? {} : { config: before }) },
        { mode: 'oldconfig', answers: given, config: before },
      ];
      found.push(...(await x86.differences(requests)));
    }
    process.stdout.write(
      `Linux ${name}: ${sessions} sessions of make config compared, and as many of make oldconfig\n`,
    );
    expect(found).toEqual([]);
  });
});
