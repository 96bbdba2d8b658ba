import { existsSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { FalloutdError } from '../errors.ts';
import type { Problem, RunEvent } from '../words.ts';
import { socketPath } from './address.ts';

/** What the daemon refused, with its own words and exit code. */
class DaemonRefused extends FalloutdError {
  readonly exitCode: number;

  constructor(problem: Problem, exitCode: number) {
    super(problem);
    this.exitCode = exitCode;
  }
}

/**
 * Asks the daemon of a state directory.
 * @returns its answer; null when none runs there.
 * @throws FalloutdError when it refuses.
 */
export async function askDaemon(stateDir: string, method: 'GET' | 'POST', route: string, body?: unknown): Promise<unknown> {
  const response = await connect(stateDir, method, route, body);
  if (response === null) return null;
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const answer = JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  if (response.statusCode === 200) return answer;
  const { problem, exitCode } = answer as { problem: Problem; exitCode: number };
  throw new DaemonRefused(problem, exitCode);
}

/** Calls `onEvent` with every event of the daemon until it or the caller ends. @returns whether a daemon was there. */
export async function followDaemon(stateDir: string, onEvent: (event: RunEvent) => void, signal: AbortSignal): Promise<boolean> {
  const response = await connect(stateDir, 'GET', '/events');
  if (response === null) return false;
  signal.addEventListener('abort', () => response.destroy(), { once: true });
  try {
    for await (const line of createInterface({ input: response })) onEvent(JSON.parse(line) as RunEvent);
  } catch (error) {
    if (!signal.aborted && (error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
  }
  return true;
}

async function connect(stateDir: string, method: string, route: string, body?: unknown): Promise<IncomingMessage | null> {
  if (!existsSync(stateDir)) return null;
  return await new Promise((resolve, reject) => {
    const outgoing = request({ socketPath: socketPath(stateDir), method, path: route, headers: { 'content-type': 'application/json' } }, resolve);
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // No socket, or one that a killed daemon left behind.
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(null);
      else reject(error);
    });
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
