import { readFileSync } from 'node:fs';
import type { Engine } from '../../src/kernel/engine.ts';
import { loadEngine } from '../../src/kernel/kernelEngine.ts';
import { readFacts } from '../../src/kernel/kernelFacts.ts';

/** The engine in this process, without its worker, which tests that import TypeScript cannot start. */
export const engineHere: Pick<Engine, 'predict' | 'close'> = {
  predict: async (factsFile, input) => {
    await Promise.resolve();
    const read = readFacts(readFileSync(factsFile));
    if (read.kind !== 'facts') return { kind: 'bad-facts' };
    const loaded = loadEngine(read.facts);
    if (loaded.kind !== 'engine') return { kind: 'unpredictable', reason: loaded.kind };
    return { kind: 'predicted', prediction: loaded.engine.predict(input), predictMs: 1, loadMs: 1 };
  },
  close: async () => Promise.resolve(),
};
