/** The engine's worker: loads the facts of one kernel at a time and predicts. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { EngineAnswer, EngineAsk, EngineReply, EngineRequest } from './engineMessages.ts';
import { openEngine, type KernelEngine } from './kernelEngine.ts';
import { takeApart } from './pieces.ts';
import { replyOf } from './replyOf.ts';

const piecesPort = workerData as MessagePort;

let current: { factsFile: string; engine: KernelEngine } | null = null;

parentPort?.on('message', ({ id, factsFile, ask }: EngineRequest) => {
  const { rest, pieces } = takeApart(replyTo(factsFile, ask));
  for (const piece of pieces) piecesPort.postMessage(piece);
  const answer: EngineAnswer = { id, reply: rest as EngineReply, pieces: pieces.length };
  parentPort?.postMessage(answer);
});

function replyTo(factsFile: string, ask: EngineAsk): EngineReply {
  try {
    const started = performance.now();
    const engine = engineOf(factsFile);
    if ('kind' in engine) return engine;
    return replyOf(engine, ask, performance.now() - started);
  } catch (error) {
    return { kind: 'error', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function engineOf(factsFile: string): KernelEngine | EngineReply {
  if (current?.factsFile === factsFile) return current.engine;
  current = null;
  const loaded = openEngine(factsFile);
  if (loaded.kind === 'bad-facts') return loaded;
  if (loaded.kind === 'unknown-script')
    return { kind: 'unpredictable', reason: 'its answering script is none that falloutd knows' };
  if (loaded.kind === 'unreadable-tree') return { kind: 'unpredictable', reason: loaded.reason };
  current = { factsFile, engine: loaded.engine };
  return loaded.engine;
}
