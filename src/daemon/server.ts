import { chmodSync, chownSync, lstatSync, mkdirSync, unlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { dirname } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { RefusedError } from '../model/errors.ts';
import { groupId } from '../system/groups.ts';
import { whyUnwritable } from '../system/writable.ts';
import { wayTo, whyNotOwn } from './address.ts';

export type Server = {
  /** Requests wait until this says who answers them. */
  answer: (app: Pick<Hono, 'fetch'>) => void;
  /**
   * Lets the members of a group ask, too; with null, only this user.
   * @throws UsageError for a group that there is not; RefusedError where its members cannot come to the socket.
   */
  admit: (group: string | null) => void;
  close: () => Promise<void>;
};

/** Far below the 1,024 files that a process may usually open: falloutd needs some to start Nix. */
const MAX_CONNECTIONS = 256;

/** How many connections may be open without a request; one more closes the oldest, so that whoever asks gets through. */
const MAX_SILENT = 64;

/** How long a request may take to arrive, in ms. */
const REQUEST_MS = 30_000;

/**
 * Listens on a Unix socket that only this user may open, until it admits others. A socket that a killed daemon left behind is replaced: the
 * caller holds the lock of the state directory, so no other daemon can be behind it.
 * @throws RefusedError when the socket's folder is not this user's own, or there can be no socket; InfrastructureError when
 * the disk fails.
 */
export async function serveSocket(path: string): Promise<Server> {
  const folder = dirname(path);
  await unlessRefused(folder, 'make', () => {
    if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) mkdirSync(folder, { mode: 0o700 });
  });
  const reason = whyNotOwn(folder);
  if (reason !== null)
    throw new RefusedError({
      message: `${folder} ${reason}: falloutd opens its socket only where nobody else can write`,
      hint: REMEDY,
    });
  return await unlessRefused(path, 'answer on', async () => {
    removeSocket(path);
    return await listen(path);
  });
}

const REMEDY = 'remove it, `chmod go-w` it, or set XDG_RUNTIME_DIR to a folder of your own';

async function unlessRefused<T>(path: string, verb: string, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const { message, hint = REMEDY } = whyUnwritable(path, error, verb);
    throw new RefusedError({ message, hint }, { cause: error });
  }
}

function removeSocket(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) unlinkSync(path);
}

async function listen(path: string): Promise<Server> {
  let answer: Server['answer'] = () => undefined;
  const app = new Promise<Pick<Hono, 'fetch'>>((resolve) => (answer = resolve));
  const respond = getRequestListener(async (request) => (await app).fetch(request));
  const server = createServer({ requestTimeout: REQUEST_MS }, (...exchange) => void respond(...exchange));
  server.maxConnections = MAX_CONNECTIONS;
  limitSilent(server);
  const { way, close } = wayTo(path);
  try {
    // The folder keeps others out also in the moment before the mode is set.
    await new Promise<void>((resolve, reject) => server.on('error', reject).listen(way, resolve));
    chmodSync(path, 0o600);
  } catch (error) {
    server.close();
    close();
    throw error;
  }
  return {
    answer,
    admit: (group) => admit(path, group),
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      close();
      removeSocket(path);
    },
  };
}

function admit(path: string, group: string | null): void {
  if (group === null) {
    chmodSync(path, 0o600);
    return;
  }
  const gid = groupId(group);
  const folder = dirname(path);
  if ((lstatSync(folder).mode & 0o001) === 0)
    throw new RefusedError({
      message: `\`socket-group\`: nobody else can come to the socket in ${folder}`,
      hint: 'run it as a service of the machine, whose unit has RuntimeDirectory=falloutd',
    });
  try {
    chownSync(path, -1, gid);
  } catch (cause) {
    const hint = `the user that runs it has to be a member of \`${group}\``;
    throw new RefusedError({ message: `\`socket-group\`: ${(cause as Error).message}`, hint }, { cause });
  }
  chmodSync(path, 0o660);
}

function limitSilent(server: ReturnType<typeof createServer>): void {
  const silent = new Set<Socket>();
  server.on('connection', (socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
    const [oldest] = silent;
    if (silent.size > MAX_SILENT) oldest?.destroy();
  });
  server.on('request', ({ socket }) => silent.delete(socket));
}
