/** Two users of one machine, each with a falloutd: neither can read, answer, block or steer the other's. Real processes under two uids. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { earlierSocketPath } from '../../src/daemon/address.ts';
import { falloutd, startFalloutd } from '../helpers/command.ts';
import { documentIn } from '../helpers/documentSchema.ts';
import {
  copyHost,
  environmentOf,
  giveTo,
  makeHost,
  SOMEBODY,
  SOMEBODY_ELSE,
  whyNoOtherUser,
} from '../helpers/hostileHost.ts';

const PATIENT = { interval: 50, timeout: 60_000 };
const reason = whyNoOtherUser();

/** The user whose falloutd it is, and the one who wants something of it. */
const [OWNER, OTHER] = [SOMEBODY, SOMEBODY_ELSE];

let base: string;
/** The owner's host, and a folder where everybody may make files, as in /tmp. */
let host: string;
let shared: string;
let env: Record<string, string>;

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'falloutd-users-'));
  chmodSync(base, 0o755);
  makeHost(join(base, 'model'));
});
afterAll(() => rmSync(base, { recursive: true }));

beforeEach(() => {
  host = mkdtempSync(join(base, 'host-'));
  chmodSync(host, 0o755);
  copyHost(join(base, 'model'), host);
  // Falloutd makes it.
  rmSync(join(host, 'state'), { recursive: true });
  giveTo(OWNER, host);
  shared = mkdtempSync(join(base, 'shared-'));
  chmodSync(shared, 0o1777);
  env = environmentOf(host);
});

const state = (): string => join(host, 'state');
/** The runtime directory of the machine's own falloutd; a test makes it where there is none. */
const SERVICE = '/run/falloutd';

/** A group of this machine that neither user has by itself: its line of /etc/group. */
const groupOfOthers = (): string[] =>
  readFileSync('/etc/group', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([, , gid]) => Number(gid) > 0) ?? [];

const asOwner = { uid: OWNER };
const asOther = { uid: OTHER };

type As = { uid: number; gid?: number; cwd?: string; env?: Record<string, string> };
const command = async (args: string[], { uid, ...more }: As) =>
  await falloutd(args, { cwd: join(host, 'host'), uid, ...more, env: { ...env, ...more.env } });

/** A line of JavaScript as the other user; what it throws is its answer. */
async function other(script: string, ...args: string[]): Promise<string> {
  const code = `try { ${script} } catch (error) { console.log(error.code) }`;
  const node = await execa(process.execPath, ['--require', 'fs', '--require', 'net', '--eval', code, ...args], {
    cwd: base,
    uid: OTHER,
    gid: OTHER,
  });
  return node.stdout;
}

const started: (Promise<unknown> & { kill: (signal: NodeJS.Signals) => unknown })[] = [];
afterEach(async () => {
  for (const process of started.splice(0)) {
    process.kill('SIGTERM');
    await process;
  }
});

/** The owner's daemon, once it has said that it cannot build this host. */
async function daemon(): Promise<{ running: ReturnType<typeof startFalloutd> }> {
  const running = startFalloutd(['watch'], { cwd: join(host, 'host'), env, ...asOwner });
  started.push(running);
  let output = '';
  running.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await vi.waitUntil(() => output.includes('"outcome":{'), PATIENT);
  return { running };
}

const SCRIPT_OF_A_FAKE = `
const server = require('node:http').createServer((request, response) => {
  console.log('asked');
  response.end(JSON.stringify({ host: { state: 'held' } }));
});
server.listen(process.argv[1], () => { require('node:fs').chmodSync(process.argv[1], 0o777); console.log('listens'); });
`;

/** A daemon of the other user's making on a socket; it prints `asked` for each request. */
async function fakeDaemon(socket: string): Promise<() => string> {
  const running = execa(process.execPath, ['--eval', SCRIPT_OF_A_FAKE, socket], {
    uid: OTHER,
    gid: OTHER,
    reject: false,
  });
  started.push(running);
  let output = '';
  running.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await vi.waitUntil(() => output.includes('listens'), PATIENT);
  return () => output;
}

describe.skipIf(reason !== null)(`the other user (${reason ?? 'two uids without an account'})`, () => {
  it('reads nothing: neither database, lock nor socket, nor with falloutd itself', async () => {
    await daemon();
    const names = readdirSync(state());
    expect(names).toEqual(expect.arrayContaining(['falloutd.db', 'lock.db', 'falloutd.sock']));
    expect(await other('fs.readdirSync(process.argv[1])', state())).toBe('EACCES');
    for (const name of names) {
      expect(await other('fs.readFileSync(process.argv[1])', join(state(), name))).toBe('EACCES');
      // Also where the folder were open.
      expect(lstatSync(join(state(), name)).mode & 0o077).toBe(0);
    }
    for (const words of [['status'], ['history'], ['show'], ['lost']]) {
      const said = await command([...words, '--state', state()], asOther);
      expect(said).toMatchObject({ code: 4, stdout: '' });
      expect(said.stderr).toMatch(/only the user that runs falloutd here may read the history/);
    }
  });

  it('steers nothing: a command for the owner’s state directory is refused, and their daemon goes on', async () => {
    const { running } = await daemon();
    const before = readFileSync(join(host, 'host/fallout.nix'));
    const config = join(shared, 'falloutd.toml');
    writeFileSync(config, readFileSync(join(host, 'host/falloutd.toml')));
    for (const words of [
      ['pause'],
      ['resume'],
      ['retry'],
      ['undo'],
      ['once'],
      ['watch'],
      ['build'],
      ['predict'],
      ['preflight'],
      ['init', '--remove', '--yes'],
    ]) {
      const { code, stderr } = await command([...words, '--config', config], asOther);
      expect([4, 5]).toContain(code);
      expect(stderr).toMatch(/permission denied|belongs to another user|only the user that runs falloutd here/);
    }
    expect(
      await other(
        'net.connect(process.argv[1]).on("error", (e) => console.log(e.code))',
        join(state(), 'falloutd.sock'),
      ),
    ).toBe('EACCES');
    expect(await other('process.kill(process.argv[1])', String(running.pid))).toBe('EPERM');
    const { stdout } = await command(['status', '--json'], asOwner);
    expect(JSON.parse(stdout)).toMatchObject({ targets: [{ target: 'host', hold: null }] });
    expect(readFileSync(join(host, 'host/fallout.nix'))).toEqual(before);
  });

  it.skipIf(existsSync(SERVICE))(
    'reads where the targets stand as a member of the group that the service admits, and nothing else',
    async () => {
      const [group = '', , gid] = groupOfOthers();
      writeFileSync(
        join(host, 'host/falloutd.toml'),
        `socket-group = "${group}"\n${readFileSync(join(host, 'host/falloutd.toml'), 'utf8')}`,
      );
      mkdirSync(SERVICE, { mode: 0o755 });
      giveTo(OWNER, SERVICE);
      try {
        const running = startFalloutd(['watch'], {
          cwd: join(host, 'host'),
          env: { ...env, RUNTIME_DIRECTORY: SERVICE },
          uid: OWNER,
          gid: Number(gid),
        });
        started.push(running);
        let output = '';
        running.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
        await vi.waitUntil(() => output.includes('"outcome":{'), PATIENT);
        const member = { uid: OTHER, gid: Number(gid), cwd: base };
        const said = await command(['status', '--state', state()], member);
        expect(said).toMatchObject({ code: 0, stderr: '' });
        const own = await command(['status', '--state', state()], asOwner);
        expect(said.stdout.split('\n')[0]).toBe(own.stdout.split('\n')[0]);
        const { stdout } = await command(['status', '--json', '--state', state()], member);
        expect(documentIn('status', stdout)).toMatchObject({ targets: [{ target: 'host', live: { state: 'idle' } }] });
        for (const word of ['history', 'lost']) {
          const refused = await command([word, '--state', state()], member);
          expect(refused).toMatchObject({ code: 4, stdout: '' });
          expect(refused.stderr).toContain('`falloutd status` is for the members of its `socket-group`, too');
        }
        expect(await command(['status', '--state', state()], asOther)).toMatchObject({ code: 4, stdout: '' });
      } finally {
        for (const process of started.splice(0)) {
          process.kill('SIGTERM');
          await process;
        }
        rmSync(SERVICE, { recursive: true });
      }
    },
  );

  it('answers nothing: a socket of theirs is not asked, wherever it stands', async () => {
    await command(['once'], asOwner);
    // Where falloutd 0.1.0 answered, and in a runtime directory that `su` left in the environment.
    vi.spyOn(process, 'getuid').mockReturnValue(OWNER);
    const earlier = earlierSocketPath(state());
    vi.restoreAllMocks();
    const runtime = join(shared, 'run');
    await other(
      'fs.mkdirSync(process.argv[1], { recursive: true }), fs.mkdirSync(process.argv[2], { recursive: true })',
      dirname(earlier),
      join(runtime, 'falloutd'),
    );
    try {
      const name = earlier.slice(dirname(earlier).length + 1);
      const fakes = [await fakeDaemon(earlier), await fakeDaemon(join(runtime, 'falloutd', name))];
      const options = { ...asOwner, env: { XDG_RUNTIME_DIR: runtime } };
      const status = await command(['status'], options);
      expect(status).toMatchObject({ code: 0, stdout: expect.not.stringContaining('held') as string });
      expect(await command(['pause'], options)).toMatchObject({ code: 0 });
      expect((await command(['status'], options)).stdout).toContain('paused');
      for (const asked of fakes) expect(asked()).not.toContain('asked');
    } finally {
      rmSync(dirname(earlier), { recursive: true });
    }
  });

  it.each([
    ['a lock', 'lock.db', 'file'],
    ['a database', 'falloutd.db', 'file'],
    ['a link to a file of the owner', 'falloutd.db', 'link'],
    ['a link in place of the lock', 'lock.db', 'link'],
  ])('put %s first in a folder that is open to all: refused by name, and left as it is', async (_, name, kind) => {
    const place = join(shared, name);
    const target = join(host, 'host/patches.nix');
    const before = readFileSync(target);
    await other(
      kind === 'file' ? 'fs.writeFileSync(process.argv[1], "")' : 'fs.symlinkSync(process.argv[2], process.argv[1])',
      place,
      target,
    );
    for (const word of ['once', 'watch', 'undo']) {
      const said = await command([word, '--state', shared], asOwner);
      expect(said).toMatchObject({ code: 4 });
      expect(said.stderr).toContain('belongs to another user');
    }
    expect(lstatSync(place).uid).toBe(OTHER);
    expect(readFileSync(target)).toEqual(before);
  });

  it('blocks nothing: what they hold of the names in /tmp and of the owner’s runtime directory stops no start', async () => {
    vi.spyOn(process, 'getuid').mockReturnValue(OWNER);
    const squatted = dirname(earlierSocketPath(shared));
    vi.restoreAllMocks();
    await other('fs.writeFileSync(process.argv[1], "")', squatted);
    try {
      const { running } = await daemon();
      const { stdout } = await command(['pause'], asOwner);
      expect(stdout).toContain('paused');
      running.kill('SIGTERM');
      expect(await running).toMatchObject({ exitCode: 0 });
    } finally {
      rmSync(squatted);
    }
  });

  it('runs nothing as the owner: hooks and Nix arguments of their falloutd.toml are not used', async () => {
    const marker = join(shared, 'marker');
    const text = `${readFileSync(join(host, 'host/falloutd.toml'), 'utf8')}
[hooks]
on-blocked = "touch ${marker}"
`;
    await other('fs.writeFileSync(process.argv[1], process.argv[2])', join(shared, 'falloutd.toml'), text);
    const folder = join(host, 'open');
    mkdirSync(folder);
    symlinkSync(join(shared, 'falloutd.toml'), join(folder, 'falloutd.toml'));
    giveTo(OWNER, folder);
    for (const cwd of [shared, folder]) {
      const said = await command(['once'], { ...asOwner, cwd });
      expect(said).toMatchObject({ code: 4 });
      expect(said.stderr).toMatch(/falloutd\.toml: not used: belongs to user 54322/);
    }
    expect(existsSync(marker)).toBe(false);
  });
});
