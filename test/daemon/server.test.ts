import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
  existsSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KernelBuilds } from '../../src/build/queue.ts';
import type { Daemon } from '../../src/daemon/daemon.ts';
import { RefusedError, UsageError } from '../../src/model/errors.ts';
import { earlierSocketPath, isTrusted, socketPath, socketPaths } from '../../src/daemon/address.ts';
import { askDaemon, readDaemon, tellDaemon } from '../../src/daemon/client.ts';
import { routes, type Routes } from '../../src/daemon/routes.ts';
import { serveSocket, type Server } from '../../src/daemon/server.ts';
import type { RunEvent } from '../../src/model/event.ts';
import type { Undone } from '../../src/run/undo.ts';
import { folder } from '../helpers/target.ts';

let dir: string;
let state: string;
const servers: Server[] = [];
beforeEach(() => {
  dir = folder();
  state = join(dir, 'state');
  mkdirSync(state);
  vi.stubEnv('XDG_RUNTIME_DIR', dir);
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  vi.unstubAllEnvs();
});

type Asked = ReturnType<Parameters<typeof askDaemon>[1]>;

const live = async (stateDir: string): Promise<unknown> => askDaemon(stateDir, (daemon) => daemon.live.$get());

async function follow(onEvent: (event: RunEvent) => void, signal = new AbortController().signal): Promise<boolean> {
  return readDaemon(state, (daemon) => daemon.events.$get(), onEvent, signal);
}

async function serve(app: Pick<Hono, 'fetch'>): Promise<string> {
  return serveAt(app, socketPath(state));
}

async function serveAt(app: Pick<Hono, 'fetch'>, path: string): Promise<string> {
  const server = await serveSocket(path);
  server.answer(app);
  servers.push(server);
  return path;
}

function app(): Hono {
  const made = new Hono();
  made.get('/live', (c) => c.json({ it: 'lives' }));
  return made;
}

describe('where the daemon answers', () => {
  const hash = /[0-9a-f]{16}\.sock$/;
  const uid = userInfo().uid;
  const own = (name: string): string => {
    mkdirSync(join(dir, name), { mode: 0o700 });
    return join(dir, name);
  };

  it('is the runtime directory, one socket for each state directory', () => {
    expect(socketPath(state)).toMatch(hash);
    expect(dirname(socketPath(state))).toBe(join(dir, 'falloutd'));
    const other = own('other');
    expect(socketPath(other)).not.toBe(socketPath(state));
    symlinkSync(state, join(dir, 'link'));
    expect(socketPath(join(dir, 'link'))).toBe(socketPath(state));
    expect(socketPath(realpathSync(state))).toBe(socketPath(state));
  });

  it('without the variable is the state directory, which nobody else can take first', () => {
    const nowhere = [{}, { XDG_RUNTIME_DIR: 'relative' }, { XDG_RUNTIME_DIR: '' }, { XDG_RUNTIME_DIR: '/nowhere' }];
    for (const env of nowhere) expect(socketPath(state, env)).toBe(join(state, 'falloutd.sock'));
    symlinkSync(state, join(dir, 'link'));
    expect(socketPath(join(dir, 'link'), {})).toBe(join(state, 'falloutd.sock'));
  });

  it('is looked for in the directory that systemd made for this user as well', () => {
    const runtimeDirs = own('run');
    const service = join(dir, 'service');
    const places = { users: runtimeDirs, service };
    expect(socketPaths(state, {}, places).map(dirname)).toEqual([service, state]);
    const mine = own(`run/${uid}`);
    expect(socketPaths(state, {}, places).map(dirname)).toEqual([join(mine, 'falloutd'), service, state]);
    expect(socketPaths(state, { XDG_RUNTIME_DIR: dir }, places).map(dirname)).toEqual([
      join(dir, 'falloutd'),
      join(mine, 'falloutd'),
      service,
      state,
    ]);
  });

  it('does not depend on TMPDIR', () => {
    vi.stubEnv('TMPDIR', own('tmp'));
    expect(socketPaths(state, {}, { users: dir, service: dir }).map(dirname)).toEqual([dir, state]);
  });

  it.runIf(uid === 0)('is not a runtime directory of somebody else, as sudo leaves it in the environment', () => {
    chownSync(own('theirs'), 65534, 65534);
    const places = { users: dir, service: dir };
    expect(socketPaths(state, { XDG_RUNTIME_DIR: join(dir, 'theirs') }, places).map(dirname)).toEqual([dir, state]);
  });

  it('may have a path of more than 108 bytes', async () => {
    const deep = join(state, 'x'.repeat(200), 'y'.repeat(200));
    mkdirSync(deep, { recursive: true });
    for (const env of [{ XDG_RUNTIME_DIR: own('é'.repeat(60)) }, {}]) {
      const path = await serveAt(app(), socketPath(deep, env));
      expect(Buffer.byteLength(path)).toBeGreaterThan(108);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      vi.stubEnv('XDG_RUNTIME_DIR', env.XDG_RUNTIME_DIR);
      expect(await live(deep)).toEqual({ it: 'lives' });
      await servers.pop()?.close();
      expect(existsSync(path)).toBe(false);
    }
  });

  it('a command in another environment finds the daemon', async () => {
    vi.stubEnv('XDG_RUNTIME_DIR', undefined);
    vi.stubEnv('TMPDIR', dir);
    await serve(app());
    vi.stubEnv('XDG_RUNTIME_DIR', own('shell'));
    vi.stubEnv('TMPDIR', '/var/tmp');
    expect(await live(state)).toEqual({ it: 'lives' });
  });

  it('a daemon of 0.1.0 that still runs is found in /tmp', async () => {
    await serveAt(app(), earlierSocketPath(state));
    expect(await live(state)).toEqual({ it: 'lives' });
  });

  it.runIf(uid === 0)('what answers in a folder of somebody else is not asked', async () => {
    const path = await serve(app());
    chownSync(dirname(path), 65534, 65534);
    expect(await live(state)).toBeNull();
  });
});

describe("the machine's service", () => {
  const inFolder = (mode: number): { service: string; users: string } => {
    const service = join(dir, 'service');
    mkdirSync(service);
    chmodSync(service, mode);
    return { service, users: dir };
  };

  it('answers in the folder that systemd made for it, and only there', () => {
    const places = inFolder(0o755);
    const { service } = places;
    expect(dirname(socketPath(state, { RUNTIME_DIRECTORY: service, XDG_RUNTIME_DIR: dir }, places))).toBe(service);
    // Of another unit, as a terminal's.
    expect(dirname(socketPath(state, { RUNTIME_DIRECTORY: join(dir, 'other') }, places))).toBe(state);
  });

  it.runIf(userInfo().uid === 0)('is asked by others, where only root can have made its folder', () => {
    const places = inFolder(0o755);
    const path = join(places.service, 'a.sock');
    chownSync(places.service, 65534, 65534);
    expect(isTrusted(path, places)).toBe(true);
    expect(isTrusted(path)).toBe(false);
    chmodSync(dir, 0o777);
    expect(isTrusted(path, places)).toBe(false);
    chmodSync(dir, 0o700);
    chownSync(dir, 65534, 65534);
    expect(isTrusted(path, places)).toBe(false);
  });

  it.runIf(userInfo().uid === 0)('admits a group, and takes that back', async () => {
    const { service } = inFolder(0o755);
    const path = await serveAt(app(), join(service, 'a.sock'));
    const [server] = servers;
    const [name, , gid] = readFileSync('/etc/group', 'utf8').trimEnd().split('\n').at(-1)?.split(':') ?? [];
    expect(Number(gid)).toBeGreaterThan(0);
    server?.admit(name ?? '');
    const { gid: group, mode } = statSync(path);
    expect([group, mode & 0o777]).toEqual([Number(gid), 0o660]);
    server?.admit(null);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('refuses a group that there is not, and one whose members cannot come to the socket', async () => {
    const path = await serve(app());
    const [server] = servers;
    expect(() => server?.admit('no-such-group')).toThrow(UsageError);
    expect(() => server?.admit('root')).toThrow(RefusedError);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});

describe('serveSocket', () => {
  it('answers only this user', async () => {
    const path = await serve(app());
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    expect(await live(state)).toEqual({ it: 'lives' });
  });

  it('takes the place of a socket that a killed daemon left', async () => {
    const path = socketPath(state);
    mkdirSync(dirname(path));
    const child = spawn(
      process.execPath,
      ['-e', 'require("node:net").createServer().listen(process.argv[1], () => console.log("up"))', path],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(existsSync(path)).toBe(true);
    expect(await live(state)).toBeNull();
    await serve(app());
    expect(await live(state)).toEqual({ it: 'lives' });
  });

  it('takes its socket away at the end', async () => {
    const path = socketPath(state);
    await serve(app());
    await servers.pop()?.close();
    expect(existsSync(path)).toBe(false);
    expect(await live(state)).toBeNull();
  });

  it('lets requests wait until somebody answers them', async () => {
    const server = await serveSocket(socketPath(state));
    servers.push(server);
    const asked = live(state);
    expect(await Promise.race([asked, sleep(50, 'nothing yet')])).toBe('nothing yet');
    server.answer(app());
    expect(await asked).toEqual({ it: 'lives' });
  });

  it('answers beside any number of connections that send nothing, and ends with them', async () => {
    const path = await serve(app());
    const silent = Array.from({ length: 400 }, () => connect(path).on('error', () => undefined));
    const closed = silent.map(async (socket) => once(socket, 'close'));
    expect(await live(state)).toEqual({ it: 'lives' });
    await servers.pop()?.close();
    await Promise.all(closed);
  });

  it('ends with a request that never becomes complete', async () => {
    const path = await serve(app());
    const slow = connect(path).resume();
    slow.write('POST /live HTTP/1.1\r\nHost: d\r\nContent-Length: 100\r\n\r\nx');
    await sleep(50);
    const closed = once(slow, 'close');
    await servers.pop()?.close();
    await closed;
  });

  it('fails where there can be no socket', async () => {
    writeFileSync(join(dir, 'file'), '');
    await expect(serveSocket(join(dir, 'file', 'a.sock'))).rejects.toThrow();
  });
});

describe('the client', () => {
  it('gets nothing where nobody answers', async () => {
    expect(await live(state)).toBeNull();
    expect(await live(join(dir, 'no-state'))).toBeNull();
    expect(await follow(() => undefined)).toBe(false);
  });

  it('fails, and does not hang, where somebody else hangs up', async () => {
    const path = socketPath(state);
    mkdirSync(dirname(path));
    const rude = createServer((socket) => socket.destroy()).listen(path);
    await once(rude, 'listening');
    await expect(live(state)).rejects.toThrow();
    rude.close();
    await once(rude, 'close');
  });
});

describe('routes', () => {
  const UNDONE: Undone = { target: 'host', run: 7, path: '/p', changed: true };

  type Loop = NonNullable<ReturnType<Daemon['loop']>>;

  function fake(): {
    app: Routes;
    calls: unknown[];
    tell: (event: RunEvent) => void;
    listeners: Set<(event: RunEvent) => void>;
    failing: { error: Error | null };
  } {
    const calls: unknown[] = [];
    const listeners = new Set<(event: RunEvent) => void>();
    const failing: { error: Error | null } = { error: null };
    const call = (...what: unknown[]): void => {
      if (failing.error !== null) throw failing.error;
      calls.push(what);
    };
    const loop = {
      hold: (kind: string) => call('hold', kind),
      resume: () => call('resume'),
      retry: () => call('retry'),
    } as unknown as Loop;
    const daemon = {
      loop: (name: string) => (name === 'host' ? loop : null),
      live: () => ({ host: { state: 'idle' } }),
    } as unknown as Daemon;
    const app = routes({
      daemon: async () => Promise.resolve(daemon),
      kernels: {} as unknown as KernelBuilds,
      follow: (follower) => {
        listeners.add(follower);
        return () => listeners.delete(follower);
      },
      statuses: async () => Promise.resolve([]),
      undo: async (_, run) => {
        call('undo', run);
        return Promise.resolve({ ...UNDONE, late: [] });
      },
      tidy: async (_, plan) => {
        call('tidy', plan);
        return Promise.resolve({ done: null, late: [] });
      },
    });
    return { app, calls, tell: (event) => listeners.forEach((listener) => listener(event)), listeners, failing };
  }

  it('tells what each target does', async () => {
    await serve(fake().app);
    expect(await live(state)).toEqual({ host: { state: 'idle' } });
  });

  it('tidies what was agreed to', async () => {
    const { app, calls } = fake();
    await serve(app);
    const json = { how: 'remove' as const, withImplied: true, plan: 'abc', only: ['3:7:/host/patches.nix'] };
    const param = { target: 'host' };
    const answer = await askDaemon(state, (daemon) => daemon.targets[':target'].tidy.$post({ param, json }));
    expect([answer, calls]).toEqual([{ done: null, late: [] }, [['tidy', json]]]);
  });

  it('pauses, resumes, retries and undoes', async () => {
    const { app, calls } = fake();
    await serve(app);
    for (const what of ['pause', 'resume', 'retry'] as const)
      expect(await tellDaemon({ stateDir: state }, { name: 'host' }, what)).toEqual({});
    const undo = async (run: number | null): Promise<unknown> =>
      askDaemon(state, (daemon) => daemon.targets[':target'].undo.$post({ param: { target: 'host' }, json: { run } }));
    expect(await undo(7)).toEqual({ ...UNDONE, late: [] });
    expect(await undo(null)).toEqual({ ...UNDONE, late: [] });
    expect(calls).toEqual([['hold', 'paused'], ['resume'], ['retry'], ['undo', 7], ['undo', null]]);
  });

  it('passes on what is refused, with its exit code', async () => {
    const { app, failing } = fake();
    await serve(app);
    await expect(tellDaemon({ stateDir: state }, { name: 'nobody' }, 'pause')).rejects.toMatchObject({
      exitCode: 2,
      problem: { message: expect.stringContaining('`nobody`') as string, hint: 'it serves host' },
    });
    failing.error = new RefusedError({ message: 'host is held', hint: 'resume' });
    await expect(tellDaemon({ stateDir: state }, { name: 'host' }, 'retry')).rejects.toMatchObject({
      exitCode: 4,
      problem: { message: 'host is held', hint: 'resume' },
    });
    failing.error = new Error('a fault of ours');
    await expect(tellDaemon({ stateDir: state }, { name: 'host' }, 'retry')).rejects.toMatchObject({
      exitCode: 70,
      problem: { message: 'a fault of ours' },
    });
  });

  it('says of a route that it is not known, as to a newer command', async () => {
    await serve(fake().app);
    // A newer client has routes that these types do not.
    type Newer = Record<'future' | 'live', { $get: () => Asked; $post: () => Asked }>;
    const newer = async (ask: (daemon: Newer) => Asked): Promise<unknown> =>
      askDaemon(state, async (daemon) => ask(daemon as unknown as Newer));
    await expect(newer(async (daemon) => daemon.future.$get())).rejects.toMatchObject({
      problem: { message: expect.stringContaining('/future') as string },
    });
    await expect(newer(async (daemon) => daemon.live.$post())).rejects.toMatchObject({ exitCode: 70 });
  });

  it('answers 400 to a body that is no JSON or says something else, and 413 to one of more than a megabyte', async () => {
    const { app, calls } = fake();
    const post = async (what: string, body?: string): Promise<[number, unknown]> => {
      const response = await app.request(`/targets/host/${what}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body }),
      });
      return [response.status, await response.json()];
    };
    const refusal = { problem: { message: expect.any(String) as string }, exitCode: 70 };
    for (const bad of ['{ "run": ', '[]', '{}', '{ "run": "7" }', '{ "run": 1.5 }', 'null', undefined])
      expect(await post('undo', bad)).toEqual([400, refusal]);
    expect(await post('build', '{ "whenStable": 1 }')).toEqual([400, refusal]);
    expect(await post('undo', JSON.stringify({ run: 7, padding: ' '.repeat(2 << 20) }))).toEqual([413, refusal]);
    expect(await post('pause', ' '.repeat(2 << 20))).toEqual([413, refusal]);
    expect(calls).toEqual([]);
  });

  it('gives a follower every event, until that leaves or the daemon ends', async () => {
    const { app, tell, listeners } = fake();
    await serve(app);
    const event = (run: number): RunEvent => ({
      kind: 'run-started',
      run,
      target: 'host',
      cause: 'save',
      patchesFile: '/p',
    });
    const leaving = new AbortController();
    const seen: RunEvent[] = [];
    const followed = follow((e) => {
      seen.push(e);
      if (seen.length === 2) leaving.abort();
    }, leaving.signal);
    await vi.waitUntil(() => listeners.size === 1);
    tell(event(1));
    tell(event(2));
    expect(await followed).toBe(true);
    expect(seen).toEqual([event(1), event(2)]);
    await vi.waitUntil(() => listeners.size === 0);

    const until = follow(() => undefined);
    await vi.waitUntil(() => listeners.size === 1);
    await servers.pop()?.close();
    expect(await until).toBe(true);
  });
});
