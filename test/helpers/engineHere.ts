import type { Engine } from '../../src/kernel/engine.ts';
import { openEngine } from '../../src/kernel/kernelEngine.ts';

/** The engine in this process, without its worker, which tests that import TypeScript cannot start. */
export const engineHere: Pick<Engine, 'predict' | 'close'> = {
  predict: async (factsFile, input) => {
    await Promise.resolve();
    const loaded = openEngine(factsFile);
    if (loaded.kind === 'bad-facts') return loaded;
    if (loaded.kind !== 'engine') return { kind: 'unpredictable', reason: loaded.kind };
    return { kind: 'predicted', prediction: loaded.engine.predict(input), predictMs: 1, loadMs: 1 };
  },
  close: async () => Promise.resolve(),
};
