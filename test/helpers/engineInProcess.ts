import type { Engine } from '../../src/kernel/engine.ts';
import type { EngineAsk, EngineReply } from '../../src/kernel/engineMessages.ts';
import type { KernelEngine } from '../../src/kernel/kernelEngine.ts';
import { replyOf } from '../../src/kernel/replyOf.ts';

/** An engine that is loaded already, in this process; `onReply` hears what it is asked and says. */
export const engineInProcess = (
  engine: KernelEngine,
  onReply: (ask: EngineAsk, reply: EngineReply) => void = () => undefined,
): Pick<Engine, 'ask' | 'close'> => ({
  ask: async (_factsFile, ask) => {
    await Promise.resolve();
    const reply = replyOf(engine, ask, 1);
    onReply(ask, reply);
    return reply;
  },
  close: async () => Promise.resolve(),
});
