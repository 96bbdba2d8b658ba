import { Hono, type Context, type TypedResponse } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { streamText } from 'hono/streaming';
import { validator } from 'hono/validator';
import { z } from 'zod';
import type { KernelAnswer, KernelBuilds } from '../build/queue.ts';
import { FalloutdError, UsageError } from '../model/errors.ts';
import type { RunEvent } from '../model/event.ts';
import type { LateWrite } from '../model/lateWrite.ts';
import type { Problem } from '../model/problem.ts';
import type { TargetStatus } from '../report/data/documentSchemas.ts';
import type { Tidied } from '../run/tidyTarget.ts';
import type { Undone } from '../run/undo.ts';
import type { Daemon } from './daemon.ts';
import type { TargetLoop, TidyPlan } from './targetLoop.ts';

/** What the routes serve. It stays when the configuration changes; only the daemon is replaced. */
export type Serving = {
  /** The daemon of the configuration in force; resolves when it has started. Another may replace it after the turn in which it resolves. */
  daemon: () => Promise<Daemon>;
  readonly kernels: KernelBuilds;
  /** Calls `follower` with every event from now on, of this daemon and the next; returns what ends that. */
  follow: (follower: (event: RunEvent) => void) => () => void;
  /** Where the targets stand, for who may ask but not read the database. */
  statuses: () => Promise<TargetStatus[]>;
  /** `late`: what a program wrote meanwhile to the file that was replaced. */
  undo: (loop: TargetLoop, run: number | null) => Promise<Undone & { late: LateWrite[] }>;
  /** `done` is null after an interruption. */
  tidy: (loop: TargetLoop, plan: TidyPlan) => Promise<{ done: Tidied | null; late: LateWrite[] }>;
};

/** The routes as the client sees them: `client.ts` takes paths, bodies and answers from this type. */
export type Routes = ReturnType<typeof routes>;

/** The body of every answer that is not 200. */
export type Refusal = { problem: Problem; exitCode: number };

/** The exit code for what is neither a refusal nor the user's fault (EX_SOFTWARE of sysexits.h). */
const SOFTWARE_ERROR = 70;

const MAX_BODY_BYTES = 1 << 20;

const tidyPlan = z.object({
  how: z.enum(['comment', 'remove']),
  withImplied: z.boolean(),
  plan: z.string(),
  only: z.array(z.string()).exactOptional(),
});

/** What the daemon answers to the commands. */
export function routes(serving: Serving) {
  const loopOf = async (c: Context<object, '/targets/:target/*'>): Promise<TargetLoop> => {
    const daemon = await serving.daemon();
    const name = c.req.param('target');
    const loop = daemon.loop(name);
    if (loop === null)
      throw new UsageError({
        message: `the daemon serves no target \`${name}\``,
        hint: `it serves ${Object.keys(daemon.live()).join(', ')}`,
      });
    return loop;
  };
  const done =
    (act: (loop: TargetLoop) => Promise<void> | void) => async (c: Context<object, '/targets/:target/*'>) => {
      await act(await loopOf(c));
      return json(c, {});
    };
  return new Hono()
    .onError(refuse)
    .notFound((c) => {
      // A newer command may ask an older daemon.
      const message = `the daemon does not know ${c.req.method} ${c.req.path}`;
      const hint = 'is it an older falloutd? Restart it';
      return c.json({ problem: { message, hint }, exitCode: SOFTWARE_ERROR } satisfies Refusal, 404);
    })
    .use(
      bodyLimit({
        maxSize: MAX_BODY_BYTES,
        onError: () => {
          throw new HTTPException(413, { message: `a request has more than ${MAX_BODY_BYTES} bytes` });
        },
      }),
    )
    .get('/live', async (c) => json(c, (await serving.daemon()).live()))
    .get('/status', async (c) => json(c, { targets: await serving.statuses() }))
    .get('/events', (c) =>
      jsonLines<RunEvent>(c, async (write, left) => {
        const stop = serving.follow((event) => void write(event));
        await left;
        stop();
      }),
    )
    .post(
      '/targets/:target/pause',
      done((loop) => loop.hold('paused')),
    )
    .post(
      '/targets/:target/resume',
      done((loop) => loop.resume()),
    )
    .post(
      '/targets/:target/retry',
      done((loop) => loop.retry()),
    )
    .post('/targets/:target/undo', body(z.object({ run: z.int().nullable() })), async (c) =>
      json(c, await serving.undo(await loopOf(c), c.req.valid('json').run)),
    )
    .post('/targets/:target/tidy', body(tidyPlan), async (c) =>
      json(c, await serving.tidy(await loopOf(c), c.req.valid('json'))),
    )
    .post('/targets/:target/build', body(z.object({ whenStable: z.boolean() })), async (c) =>
      followBuild(c, serving, await loopOf(c), c.req.valid('json')),
    )
    .post(
      '/targets/:target/cancel',
      done(async ({ target }) => serving.kernels.cancel(target.name)),
    );
}

/** Asks for a kernel build. Answers first what was decided, then the events until the build has ended. */
async function followBuild(c: Context, serving: Serving, loop: TargetLoop, options: { whenStable: boolean }) {
  const job = await serving.kernels.request(
    { target: loop.target, state: loop.live().state, converge: () => loop.trigger('command') },
    options,
  );
  return jsonLines<KernelAnswer>(c, async (write, left) => {
    const stop = serving.follow((event) => {
      if (job.state === 'waiting' || concerns(event, loop.target.name)) void write(event);
    });
    void write({ kind: 'accepted', state: job.state, build: job.build });
    const ended = await Promise.race([job.done.then((build) => ({ build })), left]);
    stop();
    if (ended !== undefined) await write({ kind: 'ended', build: ended.build });
  });
}

function refuse(error: Error, c: Context): Response {
  const [refusal, status]: [Refusal, 400 | 409 | 413 | 500] =
    error instanceof FalloutdError
      ? [{ problem: error.problem, exitCode: error.exitCode }, 409]
      : [
          { problem: { message: error.message }, exitCode: SOFTWARE_ERROR },
          error instanceof HTTPException ? (error.status as 400 | 413) : 500,
        ];
  return c.json(refusal, status);
}

/** Reads a request's JSON body; answers 400 when it is not JSON, or not what `schema` describes. */
function body<T>(schema: z.ZodType<T>) {
  return validator('json', (value: unknown): T => {
    const read = schema.safeParse(value);
    if (!read.success) throw new HTTPException(400, { message: z.prettifyError(read.error) });
    return read.data;
  });
}

/** An answer that the client gets as a `T`. By itself Hono turns `key?: V` into `key?: V | undefined`. */
function json<T extends object>(c: Context, value: T): Response & TypedResponse<T, 200, 'json'> {
  return c.json(value, 200) as Response & TypedResponse<T, 200, 'json'>;
}

/** An answer of JSON lines, each a `Line`, until `tell` ends; `left` resolves when the client has gone. */
function jsonLines<Line>(
  c: Context,
  tell: (write: (line: Line) => Promise<unknown>, left: Promise<undefined>) => Promise<void>,
): Response & TypedResponse<Line, 200, 'lines'> {
  const response = streamText(c, async (stream) => {
    const left = new Promise<undefined>((resolve) => stream.onAbort(() => resolve(undefined)));
    await tell(async (line) => stream.writeln(JSON.stringify(line)), left);
  });
  return response as Response & TypedResponse<Line, 200, 'lines'>;
}

function concerns(event: RunEvent, target: string): boolean {
  if (event.kind === 'build-progress') return event.target === target;
  return (event.kind === 'build-started' || event.kind === 'build-finished') && event.build.target === target;
}
