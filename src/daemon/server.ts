import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { streamText } from 'hono/streaming';
import type { Daemon } from './daemon.ts';
import { FalloutdError, RefusedError, UsageError } from '../model/errors.ts';
import type { KernelAnswer } from '../build/queue.ts';
import type { TargetLoop } from './targetLoop.ts';
import type { RunEvent } from '../model/event.ts';
import { isOwn } from './address.ts';

export type Server = { close: () => Promise<void> };

/** What stands behind the socket. It stays when the configuration changes; the daemon is another one then. */
export type Serving = {
  /** The daemon of the configuration in force; resolves when it has begun. */
  daemon: () => Promise<Daemon>;
  /** Calls `follower` with every event from now on, of this daemon and the next; gives what ends that. */
  follow: (follower: (event: RunEvent) => void) => () => void;
  undo: (loop: TargetLoop, run: number | null) => Promise<unknown>;
};

/** What the daemon answers: the routes that the commands ask (JSON; errors as `{problem, exitCode}`). */
export function routes(serving: Serving): Hono {
  const app = new Hono();
  const loopOf = async (name: string): Promise<TargetLoop> => {
    const daemon = await serving.daemon();
    const loop = daemon.loop(name);
    if (loop === null)
      throw new UsageError({
        message: `the daemon serves no target \`${name}\``,
        hint: `it serves ${Object.keys(daemon.live()).join(', ')}`,
      });
    return loop;
  };
  app.onError((error, c) => {
    if (error instanceof FalloutdError) return c.json({ problem: error.problem, exitCode: error.exitCode }, 409);
    return c.json({ problem: { message: error.message }, exitCode: 70 }, 500);
  });
  // A newer command may ask for what this daemon does not know yet.
  app.notFound((c) =>
    c.json(
      {
        problem: {
          message: `the daemon does not know ${c.req.method} ${c.req.path}`,
          hint: 'is it an older falloutd? Start it anew',
        },
        exitCode: 70,
      },
      404,
    ),
  );
  app.get('/live', async (c) => c.json((await serving.daemon()).live()));
  app.get('/events', (c) =>
    streamText(c, async (stream) => {
      const stop = serving.follow((event) => void stream.writeln(JSON.stringify(event)));
      await new Promise<void>((resolve) => stream.onAbort(resolve));
      stop();
    }),
  );
  app.post('/targets/:target/pause', async (c) => {
    await (await loopOf(c.req.param('target'))).hold('paused');
    return c.json({});
  });
  app.post('/targets/:target/resume', async (c) => {
    (await loopOf(c.req.param('target'))).resume();
    return c.json({});
  });
  app.post('/targets/:target/retry', async (c) => {
    (await loopOf(c.req.param('target'))).retry();
    return c.json({});
  });
  app.post('/targets/:target/undo', async (c) => {
    const { run } = await c.req.json<{ run: number | null }>();
    return c.json(await serving.undo(await loopOf(c.req.param('target')), run));
  });
  // Answers with JSON lines: first what was decided, then the events until the build has ended.
  app.post('/targets/:target/build', async (c) => {
    const loop = await loopOf(c.req.param('target'));
    const { whenStable } = await c.req.json<{ whenStable: boolean }>();
    const { kernels } = await serving.daemon();
    const job = await kernels.request(
      { target: loop.target, state: loop.live().state, converge: () => loop.trigger('command') },
      { whenStable },
    );
    return streamText(c, async (stream) => {
      const write = (line: KernelAnswer): void => void stream.writeln(JSON.stringify(line));
      const stop = serving.follow((event) => {
        if (job.state === 'waiting' || concerns(event, loop.target.name)) write(event);
      });
      write({ kind: 'accepted', state: job.state, build: job.build });
      const ended = await Promise.race([
        job.done.then((build) => ({ build })),
        new Promise<null>((resolve) => stream.onAbort(() => resolve(null))),
      ]);
      stop();
      if (ended !== null)
        await stream.writeln(JSON.stringify({ kind: 'ended', build: ended.build } satisfies KernelAnswer));
    });
  });
  app.post('/targets/:target/cancel', async (c) => {
    const { target } = await loopOf(c.req.param('target'));
    await (await serving.daemon()).kernels.cancel(target.name);
    return c.json({});
  });
  return app;
}

function concerns(event: RunEvent, target: string): boolean {
  if (event.kind === 'build-progress') return event.target === target;
  return (event.kind === 'build-started' || event.kind === 'build-finished') && event.build.target === target;
}

/**
 * Answers on a Unix socket that only this user may open. A socket that a killed daemon left behind is replaced: the
 * caller holds the lock of the state directory, so no other daemon can be behind it.
 * @throws RefusedError when the socket's folder is not this user's own.
 */
export async function serveSocket(app: Hono, path: string): Promise<Server> {
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
