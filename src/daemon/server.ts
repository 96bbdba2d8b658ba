import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { RefusedError } from '../model/errors.ts';
import { isOwn } from './address.ts';

export type Server = { close: () => Promise<void> };

/**
 * Answers on a Unix socket that only this user may open. A socket that a killed daemon left behind is replaced: the
 * caller holds the lock of the state directory, so no other daemon can be behind it.
 * @throws RefusedError when the socket's folder is not this user's own.
 */
export async function serveSocket(app: Pick<Hono, 'fetch'>, path: string): Promise<Server> {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!isOwn(folder)) {
    throw new RefusedError({
      message: `${folder} belongs to somebody else, or others may write in it`,
      hint: 'set XDG_RUNTIME_DIR to a folder of your own',
    });
  }
  rmSync(path, { force: true });
  const server = createAdaptorServer({ fetch: app.fetch });
  // The folder keeps others out also in the moment before the mode is set.
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  chmodSync(path, 0o600);
  return {
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      });
      rmSync(path, { force: true });
    },
  };
}
