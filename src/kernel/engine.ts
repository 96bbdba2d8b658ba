/** The Kconfig engine for a long-running process: in a worker of its own, so that the main thread is never busy with it. */
import { Worker } from 'node:worker_threads';
import PQueue from 'p-queue';
import type { EngineAnswer, EngineAsk, EngineReply, EngineRequest } from './engineMessages.ts';

export type EngineEnd = EngineReply | { kind: 'aborted' };

/** The tree of a kernel with what is computed of it takes some 150 MB. */
const LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16 };
/** How long an idle worker stays: whoever edits saves again soon. */
const IDLE_MS = 60_000;

/** TypeScript sources run as they are in tests. */
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './engineWorker.ts' : './engineWorker.js', import.meta.url);

/** Predicts and explains in a worker thread, which it starts when it is needed and ends when it is not. One request at a time. */
export class Engine {
  readonly #queue = new PQueue({ concurrency: 1 });
  #worker: Worker | null = null;
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
    const worker = (this.#worker ??= new Worker(WORKER, { resourceLimits: LIMITS }));
    // An idle worker does not keep the process alive; one that works does.
    worker.ref();
    const id = ++this.#last;
    const asked = new AbortController();
    const end = await new Promise<EngineEnd>((resolve) => {
      worker.once('error', (error) => resolve({ kind: 'error', reason: error.message }));
      worker.once('exit', () => resolve({ kind: 'error', reason: 'the worker ended' }));
      signal.addEventListener('abort', () => resolve({ kind: 'aborted' }), { once: true, signal: asked.signal });
      worker.on('message', (answer: EngineAnswer) => {
        if (answer.id === id) resolve(answer.reply);
      });
      worker.postMessage({ id, factsFile, ask } satisfies EngineRequest);
    });
    // Without an event's name this would also remove Node's own listeners, and no message would arrive any more.
    for (const event of ['error', 'exit', 'message']) worker.removeAllListeners(event);
    asked.abort();
    // Its thread is still at it, or gone.
    if (end.kind === 'aborted' || end.kind === 'error') await this.#end();
    else this.#rest();
    return end;
  }

  #rest(): void {
    this.#worker?.unref();
    this.#idle = setTimeout(() => void this.#end(), IDLE_MS).unref();
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    if (this.#idle !== null) clearTimeout(this.#idle);
    // An error after this is nobody's any more.
    worker?.on('error', () => undefined);
    await worker?.terminate();
  }
}
