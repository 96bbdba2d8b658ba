import { existsSync, statSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { hc, type ClientResponse } from 'hono/client';
import { FalloutdError, InfrastructureError, Interrupted, RefusedError } from '../model/errors.ts';
import { errorCode, fileReason } from '../system/fileErrors.ts';
import { ifSeen } from '../system/ifSeen.ts';
import { userId } from '../system/user.ts';
import { earlierSocketPath, isTrusted, socketPaths, wayTo, whyNotOwn } from './address.ts';
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

/** There is a daemon, or a socket where it would answer, but no answer. */
export class NoAnswer extends InfrastructureError {}

/** A daemon that took the connection and closed it without an answer, as one that is ending, or had no room for another one. */
class HungUp extends NoAnswer {
  constructor(cause: Error) {
    super({ message: `the daemon did not answer (${cause.message})`, hint: 'try again' }, { cause });
  }
}

/**
 * Asks the daemon of a state directory, e.g. `(daemon) => daemon.live.$get()`.
 * @returns its answer; null when no daemon runs there.
 * @throws FalloutdError when it refuses; NoAnswer; Interrupted when `signal` ends the waiting.
 */
export async function askDaemon<T>(
  stateDir: string,
  ask: (daemon: DaemonClient) => Promise<ClientResponse<T, number, 'json'>>,
  signal: AbortSignal = NEVER,
): Promise<T | null> {
  const response = await answerOf(stateDir, ask, { signal });
  return response === null ? null : await response.json();
}

/** Why a command that needs a daemon got no answer; `hint` where none runs. */
export function noDaemon({ stateDir }: { stateDir: string }, hint: string): RefusedError {
  const owner = ifSeen(() => statSync(stateDir))?.uid ?? userId();
  if (owner === userId()) return new RefusedError({ message: 'no daemon runs', hint });
  return new RefusedError({
    message: `belongs to another user (${owner}): if a daemon runs there, it does not answer this one`,
    file: stateDir,
    hint: 'ask as that user, or as a member of the group that its `socket-group` names',
  });
}

/** Tells the daemon what to do about a target. @returns null when no daemon runs. @throws FalloutdError like `askDaemon`. */
export async function tellDaemon(
  { stateDir }: { stateDir: string },
  { name }: { name: string },
  what: 'pause' | 'resume' | 'retry' | 'cancel',
  signal: AbortSignal = NEVER,
): Promise<object | null> {
  const param = { target: name };
  return await askDaemon(stateDir, (daemon) => daemon.targets[':target'][what].$post({ param }), signal);
}

/**
 * Calls `onLine` with every line of an answer of JSON lines, until the daemon or `signal` ends it.
 * @param isPatient whether to wait for a daemon that gives no sign of life.
 * @returns whether a daemon was there.
 * @throws FalloutdError when it refuses; NoAnswer.
 */
export async function readDaemon<Line>(
  stateDir: string,
  ask: (daemon: DaemonClient) => Promise<ClientResponse<Line, number, 'lines'>>,
  onLine: (line: Line) => void,
  signal: AbortSignal,
  isPatient = false,
): Promise<boolean> {
  try {
    const response = await answerOf(stateDir, ask, { signal, isPatient });
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
      const wasThere = await readDaemon(stateDir, ask, onLine, signal, true);
      if (signal.aborted) return;
      onAway(wasThere);
      watch.set(existsSync(stateDir) ? socketPaths(stateDir).map((path) => dirname(path)) : [stateDir]);
      await stirred;
    }
  } finally {
    watch.close();
  }
}

type Waiting = { signal: AbortSignal; isPatient?: boolean };

const NEVER = new AbortController().signal;

/** null where no daemon answers. @throws FalloutdError when it refuses; NoAnswer; Interrupted. */
async function answerOf<Answer extends ClientResponse<unknown, number>>(
  stateDir: string,
  ask: (daemon: DaemonClient) => Promise<Answer>,
  waiting: Waiting,
): Promise<Answer | null> {
  try {
    const response = await ask(hc<Routes>('http://daemon', { fetch: fetchFrom(stateDir, waiting) }));
    if (response.status !== 200) throw new DaemonRefused((await response.json()) as Refusal);
    return response;
  } catch (error) {
    if (error instanceof NoDaemon) return null;
    throw waiting.signal.aborted ? new Interrupted() : error;
  }
}

/** How long a daemon may take until it says that it has a request, in ms. The answer itself may take as long as a build. */
const SIGN_OF_LIFE_MS = 3_000;

/** No socket, or one that a killed daemon left behind. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ECONNREFUSED', 'ENOTSOCK']);

/** What a connection ends with that the other side closed, or did not take. */
const HANGS_UP = new Set(['ECONNRESET', 'EPIPE', 'EAGAIN']);

/** `fetch` over the first socket of a state directory that answers. It rejects with NoDaemon where none does. */
function fetchFrom(stateDir: string, waiting: Waiting): typeof fetch {
  return async (url, init) => {
    const paths = existsSync(stateDir) ? [...socketPaths(stateDir), earlierSocketPath(stateDir)] : [];
    for (const path of paths.filter((each) => isTrusted(each))) {
      const answer = await requestAt(path, new URL(url).pathname, init, waiting);
      if (answer !== null)
        return new Response(Readable.toWeb(answer) as ReadableStream, { status: answer.statusCode ?? 500 });
    }
    throw new NoDaemon();
  };
}

function notForThisUser(path: string, cause: unknown): RefusedError {
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
  { signal, isPatient = false }: Waiting,
): Promise<IncomingMessage | null> {
  // Node's server says `100 Continue` at once, however long the answer takes.
  const headers = { ...Object.fromEntries(new Headers(init.headers)), expect: '100-continue' };
  let close = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    const open = wayTo(path);
    close = open.close;
    return await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request({ socketPath: open.way, path: url, method: init.method, headers, signal }, resolve);
      sent.on('continue', () => clearTimeout(timer));
      sent.on('error', reject);
      sent.end(init.body);
      if (!isPatient) timer = setTimeout(() => sent.destroy(lifeless(path)), SIGN_OF_LIFE_MS);
    });
  } catch (error) {
    if (ABSENT.has(errorCode(error))) return null;
    throw signal.aborted || error instanceof NoAnswer ? error : unanswered(path, error);
  } finally {
    clearTimeout(timer);
    close();
  }
}

function unanswered(path: string, cause: unknown): NoAnswer | RefusedError {
  if (errorCode(cause) === 'EACCES' && whyNotOwn(dirname(path)) !== null) return notForThisUser(path, cause);
  if (cause instanceof Error && HANGS_UP.has(errorCode(cause))) return new HungUp(cause);
  const hint = 'see the owner and the mode of the socket, and of its folder';
  return new NoAnswer({ message: `the daemon cannot be asked: ${fileReason(cause)}`, file: path, hint }, { cause });
}

const lifeless = (path: string): NoAnswer =>
  new NoAnswer({
    message: `the daemon gives no sign of life (for ${SIGN_OF_LIFE_MS / 1000} s)`,
    file: path,
    hint: 'is it stopped (`kill -CONT` its process), or the machine too busy? Else end it with `kill -9` and start it again: nothing is lost',
  });
