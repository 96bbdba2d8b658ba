/** The Kconfig engine for a long-running process: in a worker of its own, so that the main thread is never busy with it. */
import { setImmediate } from 'node:timers/promises';
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import PQueue from 'p-queue';
import type { EngineAnswer, EngineAsk, EngineReply, EngineRequest } from './engineMessages.ts';
import { putBack, type Piece } from './pieces.ts';

export type EngineEnd = EngineReply | { kind: 'aborted' };

/** The tree of a kernel with what is computed of it takes some 150 MB. */
const LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 48 };
/** How long an idle worker stays: whoever edits saves again soon. */
const IDLE_MS = 60_000;

/** TypeScript sources run as they are in tests. */
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './engineWorker.ts' : './engineWorker.js', import.meta.url);

/** Predicts and explains in a worker thread, which it starts when it is needed and ends when it is not. One request at a time. */
export class Engine {
  readonly #queue = new PQueue({ concurrency: 1 });
  #worker: { thread: Worker; pieces: MessagePort } | null = null;
  #idle: NodeJS.Timeout | null = null;
  #last = 0;

  /** Never rejects: what goes wrong in the worker is a reply. Aborting ends the worker. */
  async ask(factsFile: string, ask: EngineAsk, signal: AbortSignal): Promise<EngineEnd> {
    return await this.#queue.add(async () =>
      signal.aborted ? { kind: 'aborted' } : this.#send(factsFile, ask, signal),
    );
  }

  /** Ends the worker. */
  async close(): Promise<void> {
    this.#queue.clear();
    await this.#end();
  }

  async #send(factsFile: string, ask: EngineAsk, signal: AbortSignal): Promise<EngineEnd> {
    if (this.#idle !== null) clearTimeout(this.#idle);
    const { thread, pieces } = (this.#worker ??= startWorker());
    // An idle worker does not keep the process alive; one that works does.
    thread.ref();
    const id = ++this.#last;
    const asked = new AbortController();
    const end = await new Promise<EngineEnd>((resolve, reject) => {
      thread.once('error', (error) => resolve({ kind: 'error', reason: error.message }));
      thread.once('exit', () => resolve({ kind: 'error', reason: 'the worker ended' }));
      signal.addEventListener('abort', () => resolve({ kind: 'aborted' }), { once: true, signal: asked.signal });
      thread.on('message', (answer: EngineAnswer) => {
        if (answer.id === id) wholeReply(answer, pieces).then(resolve, reject);
      });
      thread.postMessage({ id, factsFile, ask } satisfies EngineRequest);
    });
    // Without an event's name this would also remove Node's own listeners, and no message would arrive any more.
    for (const event of ['error', 'exit', 'message']) thread.removeAllListeners(event);
    asked.abort();
    // Its thread is still at it, or gone.
    if (end.kind === 'aborted' || end.kind === 'error') await this.#end();
    else this.#rest();
    return end;
  }

  #rest(): void {
    this.#worker?.thread.unref();
    this.#idle = setTimeout(() => void this.#end(), IDLE_MS).unref();
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    if (this.#idle !== null) clearTimeout(this.#idle);
    // An error after this is nobody's any more.
    worker?.thread.on('error', () => undefined);
    worker?.pieces.close();
    await worker?.thread.terminate();
  }
}

function startWorker(): { thread: Worker; pieces: MessagePort } {
  const { port1, port2 } = new MessageChannel();
  const thread = new Worker(WORKER, { resourceLimits: LIMITS, workerData: port2, transferList: [port2] });
  return { thread, pieces: port1 };
}

/** A reply with its pieces, each of which is copied in a turn of its own: whatever else waits comes in between. */
async function wholeReply({ reply, pieces }: EngineAnswer, port: MessagePort): Promise<EngineReply> {
  for (let left = pieces; left > 0; left--) {
    await setImmediate();
    const received = receiveMessageOnPort(port) as { message: Piece } | undefined;
    // The engine was closed, and its port with it.
    if (received === undefined) return { kind: 'error', reason: 'the worker ended' };
    putBack(reply, received.message);
  }
  return reply;
}
