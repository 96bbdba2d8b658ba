import type { Engine } from '../../src/kernel/engine.ts';
import { replyOf } from '../../src/kernel/replyOf.ts';
import { openEngine } from '../../src/kernel/kernelEngine.ts';

let opened: { factsFile: string; loaded: ReturnType<typeof openEngine> } | null = null;

/** The engine in this process, without its worker, which tests that import TypeScript cannot start. */
export const engineHere: Pick<Engine, 'ask' | 'close'> = {
  ask: async (factsFile, ask) => {
    await Promise.resolve();
    // A test may have damaged the facts since.
    const loaded = opened?.factsFile === factsFile && ask.kind === 'explain' ? opened.loaded : openEngine(factsFile);
    if (loaded.kind === 'bad-facts') return loaded;
    if (loaded.kind !== 'engine') return { kind: 'unpredictable', reason: loaded.kind };
    opened = { factsFile, loaded };
    return replyOf(loaded.engine, ask, 1);
  },
  close: async () => Promise.resolve(),
};
