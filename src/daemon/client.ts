import { existsSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { hc, type ClientResponse } from 'hono/client';
import { FalloutdError, InfrastructureError, RefusedError } from '../model/errors.ts';
import { errorCode } from '../system/fileErrors.ts';
import { earlierSocketPath, isTrusted, socketPaths, wayTo } from './address.ts';
import type { Refusal, Routes } from './routes.ts';

/** The daemon's routes as functions. */
type DaemonClient = ReturnType<typeof hc<Routes>>;

/** What the daemon refused, with its own words and exit code. */
class DaemonRefused extends FalloutdError {
  readonly exitCode: number;

  constructor({ problem, exitCode }: Refusal) {
    super(problem);
    this.exitCode = exitCode;
  }
}

class NoDaemon extends Error {}

/** A daemon that took the connection and closed it without an answer, as one that is ending, or had no room for another one. */
class HungUp extends InfrastructureError {
  constructor(cause: Error) {
    super({ message: `the daemon did not answer (${cause.message})`, hint: 'try again' }, { cause });
  }
}

/**
 * Asks the daemon of a state directory, e.g. `(daemon) => daemon.live.$get()`.
 * @returns its answer; null when no daemon runs there.
 * @throws FalloutdError when it refuses.
 */
export async function askDaemon<T>(
  stateDir: string,
  ask: (daemon: DaemonClient) => Promise<ClientResponse<T, number, 'json'>>,
): Promise<T | null> {
  const response = await answerOf(stateDir, ask);
  return response === null ? null : await response.json();
}

/** Tells the daemon what to do about a target. @returns null when no daemon runs. @throws FalloutdError when it refuses. */
export async function tellDaemon(
  { stateDir }: { stateDir: string },
  { name }: { name: string },
  what: 'pause' | 'resume' | 'retry' | 'cancel',
): Promise<object | null> {
  return await askDaemon(stateDir, (daemon) => daemon.targets[':target'][what].$post({ param: { target: name } }));
}

/**
 * Calls `onLine` with every line of an answer of JSON lines, until the daemon or `signal` ends it.
 * @returns whether a daemon was there.
 * @throws FalloutdError when it refuses.
 */
export async function readDaemon<Line>(
  stateDir: string,
  ask: (daemon: DaemonClient) => Promise<ClientResponse<Line, number, 'lines'>>,
  onLine: (line: Line) => void,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const response = await answerOf(stateDir, ask, signal);
    if (response === null) return signal.aborted;
    let rest = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (!signal.aborted) onLine(JSON.parse(line) as Line);
    }
  } catch (error) {
    if (!signal.aborted && !(error instanceof HungUp) && errorCode(error) !== 'ECONNRESET') throw error;
  }
  return true;
}

/** How long after a stir at the socket's place the daemon is tried, in ms: a socket is there before it answers. */
const SETTLE_MS = 200;

/**
 * Reads as `readDaemon` does, from one daemon after the other, until `signal` ends it.
 * @param onAway is called when none answers (any more), and whenever none answers a further try.
 */
export async function followDaemon<Line>(
  stateDir: string,
  ask: (daemon: DaemonClient) => Promise<ClientResponse<Line, number, 'lines'>>,
  { onLine, onAway }: { onLine: (line: Line) => void; onAway: (wasThere: boolean) => void },
  signal: AbortSignal,
): Promise<void> {
  // Loaded when first needed: who only asks does not watch.
  const { watchDirectories } = await import('../system/directoryWatch.ts');
  let wake = (): void => undefined;
  const watch = watchDirectories(() => setTimeout(() => wake(), SETTLE_MS));
  signal.addEventListener('abort', () => wake());
  try {
    for (;;) {
      // Made before the attempt: what stirs during it counts.
      const stirred = new Promise<void>((resolve) => (wake = resolve));
      const wasThere = await readDaemon(stateDir, ask, onLine, signal);
      if (signal.aborted) return;
      onAway(wasThere);
      watch.set(existsSync(stateDir) ? socketPaths(stateDir).map((path) => dirname(path)) : [stateDir]);
      await stirred;
    }
  } finally {
    watch.close();
  }
}

/** null where no daemon answers. @throws FalloutdError when it refuses. */
async function answerOf<Answer extends ClientResponse<unknown, number>>(
  stateDir: string,
  ask: (daemon: DaemonClient) => Promise<Answer>,
  signal?: AbortSignal,
): Promise<Answer | null> {
  try {
    const response = await ask(hc<Routes>('http://daemon', { fetch: fetchFrom(stateDir, signal) }));
    if (response.status !== 200) throw new DaemonRefused((await response.json()) as Refusal);
    return response;
  } catch (error) {
    if (error instanceof NoDaemon) return null;
    throw error;
  }
}

/** What a connection ends with that the other side closed, or did not take. */
const HANGS_UP = new Set(['ECONNRESET', 'EPIPE', 'EAGAIN']);

/** `fetch` over the first socket of a state directory that answers. It rejects with NoDaemon where none does. */
function fetchFrom(stateDir: string, signal: AbortSignal | undefined): typeof fetch {
  return async (url, init) => {
    const paths = existsSync(stateDir) ? [...socketPaths(stateDir), earlierSocketPath(stateDir)] : [];
    for (const path of paths.filter((each) => isTrusted(each))) {
      const answer = await requestAt(path, new URL(url).pathname, init, signal);
      if (answer !== null)
        return new Response(Readable.toWeb(answer) as ReadableStream, { status: answer.statusCode ?? 500 });
    }
    throw new NoDaemon();
  };
}

function notForThisUser(path: string, cause: Error): RefusedError {
  return new RefusedError(
    {
      message: `the daemon does not answer this user on ${path}`,
      hint: 'ask as the user that runs it, or as a member of the group that its `socket-group` names',
    },
    { cause },
  );
}

async function requestAt(
  path: string,
  url: string,
  init: RequestInit = {},
  signal?: AbortSignal,
): Promise<IncomingMessage | null> {
  const headers = Object.fromEntries(new Headers(init.headers));
  const { way, close } = wayTo(path);
  const answer = new Promise<IncomingMessage | null>((resolve, reject) => {
    request({ socketPath: way, path: url, method: init.method, headers, signal }, resolve)
      .on('error', (error: NodeJS.ErrnoException) => {
        // No socket, or one that a killed daemon left behind.
        if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(null);
        else if (error.code === 'EACCES') reject(notForThisUser(path, error));
        else reject(HANGS_UP.has(errorCode(error)) ? new HungUp(error) : error);
      })
      .end(init.body);
  });
  return await answer.finally(close);
}
