import { existsSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { FalloutdError } from '../model/errors.ts';
import type { Problem } from '../model/problem.ts';
import type { RunEvent } from '../model/event.ts';
import { isOwn, socketPaths } from './address.ts';

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
export async function askDaemon(
  stateDir: string,
  method: 'GET' | 'POST',
  route: string,
  body?: unknown,
): Promise<unknown> {
  const response = await connect(stateDir, method, route, body);
  if (response === null) return null;
  if (response.statusCode !== 200) throw await refusal(response);
  return await answerOf(response);
}

async function answerOf(response: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
}

async function refusal(response: IncomingMessage): Promise<DaemonRefused> {
  const { problem, exitCode } = (await answerOf(response)) as { problem: Problem; exitCode: number };
  return new DaemonRefused(problem, exitCode);
}

/** Calls `onEvent` with every event of the daemon until it or the caller ends. @returns whether a daemon was there. */
export async function followDaemon(
  stateDir: string,
  onEvent: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<boolean> {
  return await readDaemon(stateDir, { method: 'GET', route: '/events' }, (line) => onEvent(line as RunEvent), signal);
}

/**
 * Calls `onLine` with every line of a long answer until it or the caller ends. @returns whether a daemon was there.
 * @throws FalloutdError when it refuses.
 */
export async function readDaemon(
  stateDir: string,
  { method, route, body }: { method: 'GET' | 'POST'; route: string; body?: unknown },
  onLine: (line: unknown) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const response = await connect(stateDir, method, route, body, signal);
  if (response === null) return signal.aborted;
  if (response.statusCode !== 200) throw await refusal(response);
  const lines = createInterface({ input: response });
  signal.addEventListener(
    'abort',
    () => {
      // A destroyed input alone does not end the reading of its lines.
      lines.close();
      response.destroy();
    },
    { once: true },
  );
  try {
    for await (const line of lines) onLine(JSON.parse(line));
  } catch (error) {
    if (!signal.aborted && (error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
  }
  return true;
}

/** null where no daemon answers, or the caller no longer wants to know. */
async function connect(
  stateDir: string,
  method: string,
  route: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<IncomingMessage | null> {
  if (!existsSync(stateDir)) return null;
  for (const path of socketPaths(stateDir)) {
    const response = isOwn(dirname(path)) ? await connectTo(path, method, route, body, signal) : null;
    if (response !== null) return response;
  }
  return null;
}

async function connectTo(
  path: string,
  method: string,
  route: string,
  body: unknown,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage | null> {
  return await new Promise((resolve, reject) => {
    const outgoing = request(
      {
        socketPath: path,
        method,
        path: route,
        headers: { 'content-type': 'application/json' },
        ...(signal === undefined ? {} : { signal }),
      },
      resolve,
    );
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // No socket, or one that a killed daemon left behind.
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || signal?.aborted === true) resolve(null);
      else reject(error);
    });
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
