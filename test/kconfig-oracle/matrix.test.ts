import { beforeAll, describe, expect, test } from 'vitest';
import type { ConfRequest } from '../helpers/kconfRun.ts';
import { kernelNames, Kernel, mutated, share } from './kernel.ts';
import { numbersFrom, pick, settings } from './settings.ts';
import { difference, verdictOf } from './verdict.ts';

/** These get random configurations too. */
const RANDOM = ['x86', 'arm64', 'arm', 'riscv', 'powerpc', 'mips'];
const MODES = ['allnoconfig', 'allyesconfig', 'allmodconfig', 'alldefconfig'] as const;
const PROBABILITIES = ['20', '80', '40:30', '10:70', '30:20:50'] as const;

const { seed, seeds } = settings();

describe.each(kernelNames())('Linux %s', (name) => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await Kernel.open(name);
  });

  test('every architecture: allnoconfig to alldefconfig and its own configurations, byte for byte', async () => {
    const counts = { compared: 0, of: 0 };
    const found: string[] = [];
    for (const each of kernel.archs()) {
      const arch = await kernel.arch(each);
      const all: ConfRequest[] = [
        ...MODES.map((mode) => ({ mode })),
        ...arch.defconfigs().map((path): ConfRequest => ({ mode: 'defconfig', defconfig: { path } })),
      ];
      const chosen = arch.name === 'x86' ? all : share(all, (request) => `${arch.name}${JSON.stringify(request)}`);
      counts.of += all.length;
      counts.compared += chosen.length;
      found.push(...(await arch.differences(chosen)));
    }
    process.stdout.write(
      `Linux ${name}: ${counts.compared} of ${counts.of} configurations of ${kernel.archs().length} architectures compared\n`,
    );
    expect(found).toEqual([]);
  });

  test('random configurations of the same seeds, with probabilities and given symbols', async () => {
    const found: string[] = [];
    let count = 0;
    for (const arch of RANDOM.filter((each) => kernel.archs().includes(each))) {
      const next = numbersFrom(seed, name, arch, 'random');
      const one = await kernel.arch(arch);
      const requests = Array.from({ length: seeds }, (_, i): ConfRequest => {
        const request: ConfRequest = { mode: 'randconfig', seed: next() % 2 ** 31 };
        return i % 3 === 1 ? { ...request, probability: pick(next, PROBABILITIES) } : request;
      });
      const [base] = await one.run([{ mode: 'allmodconfig' }]);
      requests.forEach((request, i) => {
        if (i % 3 === 2) request.allConfig = sparse(mutated(base?.config ?? '', seed, arch, i), next);
      });
      count += requests.length;
      found.push(...(await one.differences(requests)));
    }
    process.stdout.write(`Linux ${name}: ${count} random configurations compared\n`);
    expect(found).toEqual([]);
  });

  test('x86: savedefconfig, listnewconfig and olddefconfig of what the other modes gave, and of the same changed at random', async () => {
    const x86 = await kernel.arch('x86');
    const next = numbersFrom(seed, name, 'edits');
    const makers: ConfRequest[] = [
      ...MODES.map((mode) => ({ mode })),
      ...x86.defconfigs().map((path): ConfRequest => ({ mode: 'defconfig', defconfig: { path } })),
      ...Array.from({ length: seeds }, (): ConfRequest => ({ mode: 'randconfig', seed: next() % 2 ** 31 })),
    ];
    const configs = (await x86.run(makers)).map(({ config }) => config ?? '');
    const requests = configs.flatMap((config, i): ConfRequest[] => {
      const changed = mutated(config, seed, name, i);
      return [
        { mode: 'savedefconfig', config },
        { mode: 'savedefconfig', config: changed },
        { mode: 'listnewconfig', config: sparse(config, next) },
        { mode: 'olddefconfig', config: changed },
      ];
    });
    const found = await x86.differences(requests);
    process.stdout.write(`Linux ${name}: ${requests.length} saved and edited configurations compared\n`);
    expect(found).toEqual([]);
  });

  test("the conf that remembers its probes does what the one does that the kernel's Makefile builds", async () => {
    const x86 = await kernel.arch('x86');
    const requests: ConfRequest[] = [{ mode: 'allmodconfig' }, { mode: 'randconfig', seed }];
    const [quick, plain] = [await x86.run(requests), await x86.runPlain(requests)];
    expect(quick.map((outcome, i) => difference(verdictOf(plain[i] ?? outcome), verdictOf(outcome)))).toEqual([
      null,
      null,
    ]);
    expect(quick).toEqual(plain);
  });
});

/** Some of its lines. */
function sparse(config: string, next: () => number): string {
  const oneIn = pick(next, [2, 5, 50]);
  return config
    .split('\n')
    .filter(() => next() % oneIn === 0)
    .join('\n');
}
